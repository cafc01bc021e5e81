"""Where commands work: direct messages, threads that the bot knows, and where they must not."""

import json

import pytest

from storage.records import Act
from tests.commands.conftest import ANN, HELP, MENTION
from tests.scenarios.conftest import BEN


def direct(counter) -> str:
    channels = counter.slack.workspace.channels.values()
    return next(one.id for one in channels if one.kind == "im" and ANN in one.members)


async def test_a_direct_message_needs_no_mention(counter):
    place = direct(counter)
    await counter.slack.say(place, ANN, "!models list stand-in")
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "stand-in-small" in counter.last().text
    assert counter.last().message["channel"] == place


async def test_commands_of_the_root_need_no_name(counter):
    seen = await counter.write("!status")

    assert "Default model" in seen.text


async def test_at_the_top_of_a_channel_nothing_is_answered_in_a_thread_without_replies(counter):
    seen = await counter.write("!status")
    assert "thread_ts" not in seen.message

    ts = await counter.slack.say(HELP, ANN, "hm")
    await counter.slack.say(HELP, BEN, "yes", thread_ts=ts)
    seen = await counter.write("<@U0BOT> \u200f！status", ts)
    assert seen.message["thread_ts"] == ts


async def test_an_unknown_word_is_no_question_to_the_model(counter):
    seen = await counter.write("!flies list")

    assert "did you mean `files`" in seen.text
    assert counter.model.requests == []


async def test_an_exclamation_is_no_command(counter):
    answer = await counter.answer("!! wow")

    assert answer


async def test_people_in_a_foreign_thread_are_left_alone(counter):
    ts = await counter.slack.say("C0GENERAL", ANN, "hello everybody")
    for line in ("!status", "!important", "!files are missing", "!flies list"):
        await counter.slack.say("C0GENERAL", ANN, line, ts)
    await counter.run("/ai status")

    assert len(counter.slack.ephemerals(ANN)) == 1


@pytest.mark.parametrize("line", ["!files list", "!ai files list", "!ai-files list", "!files"])
async def test_a_command_that_is_named_in_full_is_taken_in_any_thread(counter, line):
    ts = await counter.slack.say("C0GENERAL", ANN, "hello everybody")

    seen = await counter.write(line, ts, channel="C0GENERAL")

    assert "files" in seen.text.lower()
    assert seen.message["thread_ts"] == ts


async def test_a_command_in_a_thread_is_not_read_as_its_past(counter):
    ts = await counter.slack.say("C0GENERAL", ANN, "the launch is on Friday")
    await counter.write(f"{MENTION} !models list stand-in", ts, channel="C0GENERAL")
    await counter.slack.say("C0GENERAL", ANN, f"{MENTION} when is it?", ts)
    await counter.answered(ts, channel="C0GENERAL")

    assert "launch" in str(counter.asked())
    assert "!models" not in str(counter.asked())


async def test_a_command_does_not_make_the_bot_part_of_a_thread(counter):
    ts = await counter.slack.say("C0GENERAL", ANN, "our own matter")
    await counter.write(f"{MENTION} !models list stand-in", ts, channel="C0GENERAL")
    await counter.slack.say("C0GENERAL", ANN, "just between us", ts)
    await counter.run("/ai status", channel=HELP)

    assert counter.replies(ts, "C0GENERAL") == []


async def test_a_large_file_comes_into_the_direct_messages_where_it_was_asked(counter):
    file = counter.model.files.add("a.jsonl", "fine-tune", b'{"a": 1}\n' * 900)
    await counter.slack.say(direct(counter), ANN, f"!files content {file.id}")
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "is here" in counter.last().text


async def test_a_form_from_a_message_opens_by_a_button(counter):
    seen = await counter.write("!files upload")

    await seen.press("Upload files")
    await counter.slack.wait(lambda s: s.view(ANN))
    assert counter.slack.view(ANN)["title"]["text"] == "Upload files"


async def test_an_act_that_a_restart_interrupted_is_not_done_again(counter):
    file = counter.model.files.add("a.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")
    button = next(b for b in seen.buttons_shown() if b["text"]["text"] == "Delete")
    act = Act(json.loads(button["value"])["id"], "T0LOCAL", ANN, HELP, "files delete", "")
    await counter.bot.storage.audit.begin(act)  # as a process that died right after did

    await seen.press("Delete")
    await seen.becomes("I was interrupted in the middle of this")

    assert len(list(counter.model.files)) == 1
    assert "interrupted" in (await counter.run("/ai audit --failed")).text


async def test_what_works_on_a_threads_files_needs_no_mention_there(counter):
    ts = await counter.slack.say("C0GENERAL", ANN, "look", files=[("a.png", b"\x89PNG\r\n\x1a\n")])

    seen = await counter.write("!image edit a hat", ts, channel="C0GENERAL")

    assert "*Change `a.png`" in seen.text
    assert seen.message["thread_ts"] == ts
