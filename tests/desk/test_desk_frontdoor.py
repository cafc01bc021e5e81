"""Commands come in by every door, run once, and are answered where only their person sees it."""

import asyncio

import pytest

from tests.commands.conftest import ANN, HELP, MENTION


async def test_a_slash_command_is_answered_to_its_person_alone(counter):
    seen = await counter.run("/ai-models list stand-in")

    assert "stand-in-small" in seen.text
    assert counter.slack.messages(HELP) == []


async def test_the_root_command_reaches_the_others_by_name(counter):
    seen = await counter.run("/ai models list stand-in")

    assert "stand-in-small" in seen.text


async def test_the_same_works_as_a_message_in_a_thread(counter):
    ts = await counter.ask("hello")
    await counter.answered(ts)

    seen = await counter.write("!models list stand-in", ts)

    assert "stand-in-small" in seen.text
    assert seen.message["thread_ts"] == ts


async def test_a_message_command_never_reaches_the_model(counter):
    await counter.write("!models list stand-in")
    ts = await counter.ask("and now?")
    await counter.answered(ts)

    assert "!models" not in str(counter.asked())


async def test_a_message_command_does_not_wait_behind_an_answer(counter):
    ts = await counter.ask("hello")
    await counter.answered(ts)
    gate = asyncio.Event()
    counter.model.enqueue("late", hold=gate, after=0)
    await counter.slack.say(HELP, ANN, "a slow one", ts)

    seen = await counter.write("!models list stand-in", ts)
    still = counter.said(ts)
    gate.set()

    assert "stand-in-small" in seen.text
    assert "late" not in str(still)


async def test_a_typo_is_answered_with_what_was_meant(counter):
    seen = await counter.run("/ai-models lst")

    assert "There is no `lst` here; did you mean `list`" in seen.text
    await seen.press("Run what you meant")
    await counter.slack.wait(lambda s: any("27 models" in str(m) for m in s.ephemerals(ANN)))


async def test_an_event_that_comes_twice_runs_once(counter):
    await counter.slack.say(HELP, ANN, f"{MENTION} !status")
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    event = counter.slack.events("app_mention")[0]
    counter.slack.redeliver(event.payload["event_id"])
    await counter.run("/ai status")

    assert len(counter.slack.ephemerals(ANN)) == 2


async def test_help_finds_by_word(counter):
    seen = await counter.run("/ai help shutdown")

    assert "/ai-models list" in seen.text


async def test_a_misspelt_search_leads_to_what_was_meant(counter):
    seen = await counter.run("/ai help imgae")

    await seen.press("Help on image")
    await counter.slack.wait(lambda s: "/ai image edit" in counter.last().text)


async def test_a_search_for_what_nobody_can_mean_leads_nowhere(counter):
    seen = await counter.run("/ai help nonsense zzz")

    assert "Nothing here has to do with _nonsense zzz_." in seen.text
    assert not seen.buttons


@pytest.mark.parametrize("line", ["/ai", "/ai help", "/ai --help"])
async def test_everything_is_told_on_help(counter, line):
    seen = await counter.run(line)

    assert "What you can ask me to do" in seen.text
    assert "/ai-models" in seen.text


async def test_help_on_a_word_is_short_and_leads_to_more(counter):
    seen = await counter.run("/ai help image")

    assert "/ai image [PROMPT...] [OPTIONS]" in seen.text
    assert "/ai help" not in seen.text
    assert "More on image edit" in seen.buttons

    await seen.press("More on image edit")
    await seen.becomes("--output-format", "*Examples*")


async def test_help_on_a_sub_command_is_its_own(counter):
    seen = await counter.run("/ai help image vary")

    assert "*Examples*" in seen.text
    assert "For admins. It costs money" in seen.text


async def test_a_slip_in_a_command_of_many_options_is_answered_in_short(counter):
    seen = await counter.run("/ai image a red fox --format gif")

    assert "Try:  `/ai image a red fox --output-format gif`" in seen.text
    assert "Usage:  `/ai image [PROMPT...] [OPTIONS]`" in seen.text
    assert "Options:  `/ai image --help`" in seen.text
    assert counter.model.requests == []


async def test_help_that_is_pressed_in_a_thread_tells_what_can_be_written_there(counter):
    ts = await counter.ask("hello")
    await counter.answered(ts)
    seen = await counter.write("!help imgae", ts)

    await seen.press("Help on image")
    await counter.slack.wait(lambda s: "!image edit" in counter.last().text)

    assert "/ai image" not in counter.last().text
