"""/ai-finetunes prepare: from a table in Slack to a checked file on the model's server."""

import json

import pytest

from bot.commands.finetunes.preparing import line
from bot.commands.finetunes.report import reported
from bot.finetuning.dataset import check
from bot.finetuning.source import Source
from tests.commands.conftest import ANN, HELP
from tests.scenarios.conftest import BEN

ROWS = "".join(f"How do I reset device {n}?,Hold the button for {n} seconds.\n" for n in range(30))
TABLE = f"prompt,completion\n{ROWS}And this one?,\n".encode()


async def prepared(counter, content: bytes = TABLE, name: str = "support.csv", more: str = ""):
    """Share a table, and have it prepared in its thread."""
    ts = await counter.slack.say(HELP, ANN, "our data", files=[(name, content)])
    return await counter.write(f"<@U0BOT> !finetunes prepare {more}", ts)


async def test_a_table_is_checked_and_nothing_is_uploaded(counter):
    seen = await prepared(counter)

    assert "31, 1 of them left out" in seen.text
    assert "30 examples can be uploaded" in seen.text
    assert "line 32" in seen.text
    assert "OPENAI_PRICES" in seen.text
    assert "estimated from characters" in seen.text
    assert list(counter.model.files) == []


async def test_a_file_with_the_longest_of_names_is_prepared(counter):
    seen = await prepared(counter, name=f"{'ы' * 125}.csv")

    assert "30 examples can be uploaded" in seen.text


async def test_a_file_is_read_by_its_id_only_for_those_who_could_read_it(counter):
    counter.slack.add_channel("G0BOSS", "bosses", "group", [BEN, counter.slack.bot_user])
    await counter.slack.say("G0BOSS", BEN, "secret", files=[("pay.csv", TABLE)])
    (file,) = counter.slack.workspace.files

    refused = await counter.run(f"/ai-finetunes prepare --source {file}")
    counter.slack.workspace.channels["G0BOSS"].members.append(ANN)
    read = await counter.run(f"/ai-finetunes prepare --source {file}")

    assert "you can read that file" in refused.text
    assert "31, 1 of them left out" in read.text


async def test_the_checked_file_is_uploaded_after_a_confirmation(counter):
    seen = await prepared(counter)
    await seen.press("Upload to the model's server …")
    await counter.slack.wait(lambda _: "30 examples" in counter.last().text and asks(counter))

    await counter.last().press("Upload")
    await counter.slack.wait(lambda _: "ready to train with" in counter.last().text)

    [file] = counter.model.files
    lines = [json.loads(line) for line in file.data.splitlines()]
    assert file.filename == "support.jsonl"
    assert len(lines) == 30
    assert counter.last().buttons == ["Create a job with it …", "Look"]


def asks(counter) -> bool:
    return "Upload" in counter.last().buttons


async def test_a_share_goes_into_a_validation_file(counter):
    seen = await prepared(counter, more="--validation-share 0.1 --upload")
    assert "support.validation.jsonl" in seen.text

    await seen.press("Upload")
    await seen.becomes("ready to train with")

    assert sorted(file.filename for file in counter.model.files) == [
        "support.jsonl",
        "support.validation.jsonl",
    ]


async def test_buttons_keep_every_option(counter):
    seen = await prepared(counter, more="--system 'You are \"Acme\"; be brief.' --seed 7")

    await seen.press("Keep 10 % for validation")
    await counter.slack.wait(lambda _: "3 examples" in counter.last().text)
    await counter.last().press("Upload to the model's server …")
    await counter.slack.wait(lambda _: asks(counter))
    await counter.last().press("Upload")
    await counter.slack.wait(lambda _: "ready to train with" in counter.last().text)

    first = json.loads(next(iter(counter.model.files)).data.splitlines()[0])
    assert first["messages"][0] == {"role": "system", "content": 'You are "Acme"; be brief.'}


def test_a_line_names_what_is_not_as_usual():
    given = {"seed": 0, "max_tokens": 65_536, "system": "Be brief.", "without": [3, 9], "fix": True}

    assert line(given) == ('finetunes prepare --system "Be brief." --seed 0 --fix --without 3,9')


async def test_loss_free_changes_are_shown_and_made_when_asked(counter):
    rows = b"".join(
        b'{"messages": [{"role": "human", "content": "q%d"}, '
        b'{"role": "assistant", "content": "a"}]}\n' % n
        for n in range(12)
    )
    seen = await prepared(counter, rows, "chat.jsonl")
    assert "- human" in seen.text
    assert "+ user" in seen.text

    await seen.press("Make the loss-free changes")
    await counter.slack.wait(lambda _: "Changed (12 examples)" in counter.last().text)

    assert "12 examples can be uploaded" in counter.last().text


async def test_flagged_examples_are_named(counter):
    rows = TABLE + b"How do I kill them all and attack the people with bombs?,I will kill you.\n"
    seen = await prepared(counter, rows, more="--moderate")

    assert "Flagged by moderation" in seen.text
    assert "violence" in seen.text
    assert "31 examples judged, 1 flagged" in seen.text

    await seen.press("Leave the flagged ones out")
    await counter.slack.wait(lambda _: "30 examples can be uploaded" in counter.last().text)
    assert "32 rows" not in counter.last().text


async def test_examples_are_judged_with_the_credentials_and_the_model_for_that(stage):
    await stage.start(
        OPENAI_CREDENTIALS=json.dumps({"moderation": {"organization": "org-judges"}}),
        OPENAI_MODELS=json.dumps({"moderation": "text-moderation-latest"}),
    )

    await prepared(stage, more="--moderate")

    asked = [one for one in stage.model.requests if "moderations" in one.path]
    assert {one.json["model"] for one in asked} == {"text-moderation-latest"}
    assert {one.headers["openai-organization"] for one in asked} == {"org-judges"}


async def test_the_end_of_a_long_answer_is_judged_too(counter):
    long = "kind words " * 4000
    rows = TABLE + f"And this?,{long}I will kill you and attack them with bombs.\n".encode()

    seen = await prepared(counter, rows, more="--moderate")

    assert "violence" in seen.text


async def test_pictures_are_judged_one_by_one(counter):
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    ask = {"role": "user", "content": [{"type": "text", "text": "what?"}, image, image]}
    row = {"messages": [ask, {"role": "assistant", "content": "a cat"}]}

    seen = await prepared(counter, (json.dumps(row) + "\n").encode(), "c.jsonl", "--moderate")

    asked = [one.json["input"] for one in counter.model.requests if "moderations" in one.path]
    assert sum("example.com/a.png" in str(one) for one in asked) == 2
    assert "flags nothing (1 example judged)" in seen.text


async def test_a_moderation_that_stops_half_way_keeps_what_it_found(counter):
    rows = TABLE + b"How do I kill them all and attack the people with bombs?,I will kill you.\n"
    rows += b"".join(b"question %d,answer %d\n" % (n, n) for n in range(100))
    counter.model.enqueue(status=400, on="POST moderations")

    seen = await prepared(counter, rows, more="--moderate")

    assert "Moderation stopped there. The server did not take this request." in seen.text
    assert "Error" not in seen.text


async def test_nothing_more_is_judged_once_the_server_has_failed(counter):
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    ask = {"role": "user", "content": [{"type": "text", "text": "what?"}, *[image] * 9]}
    row = {"messages": [ask, {"role": "assistant", "content": "a cat"}]}
    counter.model.enqueue(status=400, on="POST moderations")

    await prepared(counter, (json.dumps(row) + "\n").encode(), "c.jsonl", "--moderate")

    assert 0 < sum("moderations" in one.path for one in counter.model.requests) < 9


async def test_the_result_comes_as_files(counter):
    seen = await prepared(counter, more="--as-file")

    assert "support.jsonl" in seen.text
    assert "report.txt" in seen.text


async def test_a_slash_command_opens_a_form(counter):
    await counter.slack.command("/ai-finetunes prepare", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "support.csv", TABLE)

    await counter.slack.submit(ANN, {"files": {"input": [file]}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "30 examples can be uploaded" in counter.last().text


async def test_a_message_shortcut_prepares_its_file(counter):
    ts = await counter.slack.say(HELP, ANN, "our data", files=[("support.csv", TABLE)])

    await counter.slack.shortcut(ANN, "command.finetunes.prepare", HELP, ts)
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "30 examples can be uploaded" in counter.last().text


async def test_columns_of_other_names_are_asked_for(counter):
    other = TABLE.replace(b"prompt,completion", b"Ask us,We say")
    seen = await prepared(counter, other)
    assert "'Ask us'" in seen.text

    await seen.press("Read it otherwise")
    await counter.slack.wait(lambda s: s.view(ANN))
    assert "name yours with “Prompt column” and" in str(counter.slack.view(ANN)["blocks"])
    columns = {"prompt_column": "Ask us", "completion_column": "We say"}
    await counter.slack.submit(ANN, {name: {"input": text} for name, text in columns.items()})
    await counter.slack.wait(lambda _: "30 examples can be uploaded" in counter.last().text)

    assert "Upload to the model's server …" in counter.last().buttons


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "No row of this can be trained with"), (b"\x00\x01\x02 no table", "is not a text file")],
)
async def test_what_is_no_table_is_told_in_a_sentence(counter, content, told):
    assert told in (await prepared(counter, content)).text


async def test_an_unknown_kind_of_finding_is_refused(counter):
    seen = await prepared(counter, more="--leave-out dublicate")

    assert "no kind of finding" in seen.text


def test_what_training_costs_is_said_for_each_priced_model():
    report = check(Source("t.jsonl", b'{"prompt": "a", "completion": "b"}\n' * 30))

    [figures, *_] = reported(report, (30, 0), 100_000, 3, {"mini": 5.0, "large": 25.0})

    assert ("Cost", "about $1.50 for mini, about $7.50 for large") in figures.pairs
