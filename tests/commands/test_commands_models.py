"""/ai-models as people use it."""

import json

from bot.openai.models import ModelDeleted, Models
from playground.openai.cards import ModelCard
from tests.commands.conftest import ANN, HELP, MENTION

TUNED = "ft:stand-in:acme::a1"


def tuned(counter, name: str = TUNED) -> None:
    """Give the server a fine-tuned model of our own."""
    card = ModelCard(name, owned_by="acme", does=frozenset({"chat", "completions"}))
    counter.model.models.add(card, ready_at=0)


async def test_shutdown_dates_come_with_the_days_left(counter):
    seen = await counter.run("/ai-models list --ending --sort shutdown")

    assert "2027-01-14" in seen.text
    assert " d\n" in seen.text


async def test_a_server_that_tells_times_in_milliseconds_has_its_models_listed(counter):
    counter.model.models.add(ModelCard("elsewhere", created=1_767_225_600_000), ready_at=0)

    assert "elsewhere" in (await counter.run("/ai-models list")).text
    assert "elsewhere" in (await counter.run("/ai-models info elsewhere")).text


async def test_only_fine_tuned_models(counter):
    tuned(counter)

    seen = await counter.run("/ai-models list --fine-tuned")

    assert TUNED in seen.text
    assert "1 of 28 models" in seen.text


async def test_a_model_that_is_not_there_is_answered_with_the_nearest(counter):
    seen = await counter.run("/ai-models info stand-in-smal")

    assert "Did you mean `stand-in-small`" in seen.text


async def test_a_test_shows_answer_latency_and_tokens(stage):
    await stage.start(OPENAI_PRICES='{"stand-in": {"input": 1, "output": 10}}')
    stage.model.enqueue("Three rivers.")
    seen = await stage.run('/ai-models test stand-in "Name three rivers"')
    assert "Name three rivers" in seen.text

    await seen.press("Ask")
    await seen.becomes("Three rivers.", "First words after", "Tokens", "$0.00")


async def test_nothing_is_asked_before_it_is_confirmed(counter):
    await counter.run("/ai-models test stand-in hello")

    assert counter.model.requests == []


async def test_a_model_is_tried_with_a_prompt_of_ones_own(counter):
    seen = await counter.run("/ai-models info stand-in")
    await seen.press("Try it …")
    view = await counter.slack.wait(lambda s: s.view(ANN))
    assert "Say ok." in str(view)

    await counter.slack.submit(ANN, {"prompt": {"input": "Name three rivers."}})
    await counter.slack.wait(lambda _: "Ask" in counter.last().buttons)
    assert "Name three rivers." in counter.last().text
    await counter.last().press("Ask")

    await counter.last().becomes("Whole answer after")
    assert counter.model.requests[-1].json["messages"][-1]["content"] == "Name three rivers."


async def test_two_models_side_by_side(counter):
    counter.model.enqueue("from the first", when=lambda r: r["model"] == "stand-in")
    counter.model.enqueue("from the second", when=lambda r: r["model"] == "stand-in-small")
    seen = await counter.run("/ai-models compare stand-in stand-in-small Who are you?")

    await seen.press("Ask both")
    await seen.becomes("from the first", "from the second", "ms an answer")


async def test_a_model_that_fails_beside_another_says_so_plainly(counter):
    counter.model.enqueue("an answer", when=lambda r: r["model"] == "stand-in")
    seen = await counter.run("/ai-models compare stand-in nothing Who are you?")

    await seen.press("Ask both")
    await seen.becomes("an answer", "It says model_not_found.")


async def test_a_file_of_prompts_is_compared(counter):
    odd = b'{"messages": ["three?"]}\n' + b"[" * 100_000
    ts = await counter.slack.say(HELP, ANN, "prompts", files=[("p.txt", b"one?\ntwo?\n" + odd)])
    seen = await counter.write(f"{MENTION} !models compare stand-in stand-in-small", ts)
    assert "4 prompts each" in seen.text

    await seen.press("Ask both")
    await seen.becomes("one?", "two?", "compare.csv")


async def test_a_file_of_prompts_is_read_in_its_encoding(counter):
    files = [("p.txt", "Käse?\nMüsli?".encode("cp1252"))]
    ts = await counter.slack.say(HELP, ANN, "prompts", files=files)

    seen = await counter.write(f"{MENTION} !models compare stand-in stand-in-small", ts)

    assert "The first is “Käse?”" in seen.text


async def test_a_set_of_prompts_can_be_pasted_from_a_slash_command(counter):
    await counter.slack.command("/ai-models compare stand-in stand-in-small", ANN, HELP)
    view = await counter.slack.wait(lambda s: s.view(ANN))
    assert "share a text file" in str(view)

    await counter.slack.submit(ANN, {"each": {"input": 'one?\n\n{"prompt": "two?"}'}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    assert "2 prompts each" in counter.last().text
    await counter.last().press("Ask both")

    await counter.last().becomes("one?", "two?", "compare.csv")


async def test_help_tells_how_a_set_of_prompts_comes_in(counter):
    seen = await counter.run("/ai-models compare --help")

    assert "a form opens for a set of prompts" in seen.text
    assert "!models compare FIRST SECOND" in seen.text


async def test_a_completion_sends_its_parameters(counter):
    tuned(counter)
    seen = await counter.run(
        f'/ai-models complete {TUNED} "Label:\\n" --max-tokens 20 --temperature 0 '
        "--stop END,STOP --n 2 --logprobs 2 --seed 7"
    )
    await seen.press("Complete")
    await seen.becomes("Text 1 of 2", "Text 2 of 2", "Tokens")

    sent = next(r.json for r in counter.model.requests if r.path.endswith("/completions"))
    assert sent["prompt"] == "Label:\n"
    assert sent["stop"] == ["END", "STOP"]
    assert (sent["n"], sent["logprobs"], sent["seed"]) == (2, 2, 7)


async def test_a_wrong_number_is_refused_before_anything_is_sent(counter):
    seen = await counter.run("/ai-models complete x hello --temperature 3")

    assert "`temperature`" in seen.text
    assert "Usage:" in seen.text


async def test_a_model_is_deleted_by_typing_its_name(counter):
    tuned(counter)
    seen = await counter.run(f"/ai-models delete {TUNED}")
    await seen.press("Delete …")
    await counter.slack.wait(lambda s: s.view(ANN))

    wrong = await counter.slack.submit(ANN, {"typed": {"input": "ft:other"}})
    assert wrong.answer["response_action"] == "errors"
    await counter.slack.submit(ANN, {"typed": {"input": TUNED}})
    await seen.becomes("is deleted")

    assert TUNED not in counter.model.models.cards


async def test_a_model_that_the_server_keeps_still_answers(counter, monkeypatch):
    async def kept(self, model):
        return ModelDeleted(id=model, deleted=False)

    monkeypatch.setattr(Models, "delete", kept)
    tuned(counter)
    await counter.bot.storage.choices.save("T0LOCAL", "model", TUNED, ANN)
    seen = await counter.run(f"/ai-models delete {TUNED}")
    await seen.press("Delete …")
    await counter.slack.wait(lambda s: s.view(ANN))
    await counter.slack.submit(ANN, {"typed": {"input": TUNED}})
    await seen.becomes("did not delete")

    assert await counter.bot.storage.choices.all("T0LOCAL", "model") == {"T0LOCAL": TUNED}


async def test_a_base_model_is_not_deleted(counter):
    seen = await counter.run("/ai-models delete stand-in")

    assert "not a fine-tuned model of yours" in seen.text


async def test_a_chosen_model_answers_from_the_next_message_on(counter):
    seen = await counter.run("/ai-models use stand-in-small")
    await seen.press("Use it")
    await seen.becomes("answers everywhere")

    await counter.answer("hello")

    assert json.loads(counter.model.requests[-1].body)["model"] == "stand-in-small"


async def test_a_channel_may_have_a_model_of_its_own(counter):
    seen = await counter.run("/ai-models use stand-in-small --here", channel="C0GENERAL")
    await seen.press("Use it")
    await seen.becomes("answers in this channel")

    await counter.answer("hello")

    assert json.loads(counter.model.requests[-1].body)["model"] == "stand-in"
    status = await counter.run("/ai status")
    assert "Channels with a model of their own:\n  #general: stand-in-small" in status.text


async def test_a_choice_is_taken_back(counter):
    seen = await counter.run("/ai-models use stand-in-small")
    await seen.press("Use it")
    await seen.becomes("answers everywhere")
    seen = await counter.run("/ai-models use --reset")
    await seen.press("Go back")
    await seen.becomes("Back to what counts otherwise")

    await counter.answer("hello")

    assert json.loads(counter.model.requests[-1].body)["model"] == "stand-in"


async def test_a_choice_here_tells_what_is_chosen_for_all_and_is_not_taken_back_unless_made(
    counter,
):
    seen = await counter.run("/ai-models use stand-in-small")
    await seen.press("Use it")
    await seen.becomes("answers everywhere")

    seen = await counter.run("/ai-models use --reset --here")
    assert "No model was chosen in this channel; it is `stand-in-small` that answers." in seen.text
    seen = await counter.run("/ai-models use stand-in --here")
    assert "Until now it is `stand-in-small`." in seen.text


async def test_a_long_completion_comes_in_full_as_a_file(counter):
    seen = await counter.run("/ai-models complete stand-in-base Once --max-tokens 2000")
    await seen.press("Complete")
    await seen.becomes("text.txt")


async def test_the_names_of_tuned_models_are_not_cut_to_one_line(counter):
    tuned(counter, TUNED + "x" * 30)

    seen = await counter.run("/ai-models list --fine-tuned")

    [table] = [block for block in seen.message["blocks"] if block["type"] == "table"]
    assert [one["is_wrapped"] for one in table["column_settings"]] == [True, *[False] * 4]


async def test_from_a_models_details_it_is_tried_used_and_deleted(counter):
    tuned(counter)

    assert (await counter.run(f"/ai-models info {TUNED}")).buttons == [
        "Try it …",
        "Use it in this channel …",
        "Delete …",
    ]
    assert "Delete …" not in (await counter.run("/ai-models info stand-in")).buttons


async def test_what_the_server_does_not_know_is_told_in_its_own_words(counter):
    seen = await counter.run("/ai-files info file-nope")

    assert "No such File object: file-nope" in seen.text


async def test_a_host_that_tells_no_models_lets_them_be_chosen_by_name(counter):
    counter.model.switches.lack("models")

    assert "has no list of models" in (await counter.run("/ai-models info stand-in")).text
    seen = await counter.run("/ai-models use stand-in-small")
    assert "does not tell which models it has" in seen.text
    await seen.press("Use it")
    await seen.becomes("answers everywhere")


async def test_a_host_without_completions_says_which_operation_it_lacks(counter):
    counter.model.switches.lack("completions")

    seen = await counter.run("/ai-models complete stand-in-base hello")
    await seen.press("Complete")
    await seen.becomes("This server has no completions")


async def test_a_chat_model_is_not_said_to_be_gone_because_it_continues_no_prompt(counter):
    seen = await counter.run("/ai-models complete stand-in hello")
    await seen.press("Complete")

    done = await seen.becomes("This model does not do that")
    assert "Did you mean to use v1/chat/completions?" in done.text
