"""/ai edit and /ai summarize as people use them: on messages, threads and files."""

from playground.openai.reply import Reply
from playground.slack import LocalSlack
from tests.commands.conftest import ANN, HELP, MENTION, Counter

BEN = "U0BEN"


def asked(counter: Counter) -> str:
    """Return the last request to the chat model."""
    return str(counter.model.requests[-1].json["messages"])


async def talk(counter: Counter) -> str:
    """Let two people talk and return the thread."""
    ts = await counter.slack.say(HELP, ANN, "Shall we launch on Friday?")
    await counter.slack.say(HELP, BEN, "Better on Monday.", ts)
    return ts


async def test_a_given_text_is_edited(counter):
    counter.model.enqueue("Please send me the report.")
    seen = await counter.run('/ai edit "Make it friendlier" --text "Send me the report."')
    assert "“Make it friendlier”" in seen.text

    await seen.press("Change it")
    await seen.becomes("Please send me the report.", "Tokens")


async def test_several_versions_are_numbered(counter):
    seen = await counter.run('/ai edit "Fix it" --text "helo wrld" --n 2')

    await seen.press("Change it")
    await seen.becomes("Version 1 of 2", "Version 2 of 2")


async def test_the_message_above_is_edited(counter):
    ts = await talk(counter)
    counter.model.enqueue("Lieber am Montag.")
    seen = await counter.write(f"{MENTION} !edit Translate into German", ts)
    assert "the newest message of this thread" in seen.text

    await seen.press("Change it")
    await seen.becomes("Lieber am Montag.")
    assert "Better on Monday." in asked(counter)


async def test_a_message_is_edited_from_its_menu(counter):
    ts = await counter.slack.say(HELP, ANN, "helo <@U0BEN> & all")
    await counter.slack.shortcut(ANN, "command.ai.edit", HELP, ts)
    await counter.slack.wait(lambda s: s.view(ANN))
    counter.model.enqueue("Hello.")

    await counter.slack.submit(ANN, {"instruction": {"input": "Fix the spelling"}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    await counter.last().press("Change it")
    await counter.slack.wait(lambda _: "Hello." in counter.last().text)

    assert "helo @ben & all" in asked(counter)


async def test_a_thread_is_summarized_with_names_and_without_commands(counter):
    ts = await talk(counter)
    counter.model.enqueue("They **launch** on Monday. <!channel>")
    seen = await counter.write(f"{MENTION} !summarize --words 50 --language German", ts)
    assert "this thread (2 messages)" in seen.text

    await seen.press("Summarize")
    await seen.becomes("They **launch** on Monday.")
    assert "ann: Shall we launch on Friday?" in asked(counter)
    assert "ben: Better on Monday." in asked(counter)
    assert "!summarize" not in asked(counter)
    assert "<!channel>" not in str(seen.message["blocks"])


async def test_a_summary_too_long_for_a_message_comes_as_a_file_too(counter):
    counter.model.enqueue("point " * 2_000)
    seen = await counter.write(f"{MENTION} !summarize --words 2000", await talk(counter))

    await seen.press("Summarize")
    await seen.becomes("point…", "summary.md")


async def test_a_thread_that_holds_a_file_is_summarized_as_a_conversation(counter):
    ts = await talk(counter)
    await counter.slack.say(HELP, BEN, "the plan", ts, files=[("plan.txt", b"Step one")])
    seen = await counter.write(f"{MENTION} !summarize", ts)

    await seen.press("Summarize")
    await seen.becomes("Tokens")
    assert "Summarize the conversation" in asked(counter)


async def test_a_thread_is_summarized_from_the_menu_of_any_of_its_messages(counter):
    ts = await talk(counter)
    reply = counter.slack.messages(HELP, ts)[-1]["ts"]
    await counter.slack.shortcut(ANN, "command.ai.summarize", HELP, reply)
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "this thread (2 messages)" in counter.last().text


async def test_a_message_of_the_channel_is_answered_where_its_person_looks(counter):
    ts = await talk(counter)
    await counter.slack.shortcut(ANN, "command.ai.summarize", HELP, ts)
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    seen = counter.last()
    assert "this thread (2 messages)" in seen.text
    assert seen.message.get("thread_ts") is None

    await seen.press("Summarize")
    await seen.becomes("Tokens")
    assert "Better on Monday." in asked(counter)


async def test_the_file_of_a_message_is_summarized(counter):
    content = "Ein Bericht über Käse.".encode("cp1252")
    ts = await counter.slack.say(HELP, ANN, "the report", files=[("report.txt", content)])
    seen = await counter.write(f"{MENTION} !summarize --file", ts)
    assert "Summarize `report.txt`" in seen.text

    await seen.press("Summarize")
    await seen.becomes("Tokens")
    assert "Käse" in asked(counter)


async def test_a_long_file_is_read_in_parts(counter):
    content = b"A sentence of the long report. " * 5_000
    ts = await counter.slack.say(HELP, ANN, "long", files=[("long.txt", content)])
    seen = await counter.write(f"{MENTION} !summarize --file", ts)
    assert "4 requests" in seen.text

    await seen.press("Summarize")
    await seen.becomes("Tokens")
    assert len(counter.model.requests) == 4


async def test_a_linked_thread_is_summarized_for_who_can_read_it(counter):
    ts = await counter.slack.say("C0GENERAL", BEN, "The price is 5.")
    link = f"https://acme.slack.com/archives/C0GENERAL/p{ts.replace('.', '')}"

    seen = await counter.run(f"/ai summarize --link {link}")

    assert "this thread (1 message)" in seen.text


async def test_a_direct_message_of_others_is_not_read(counter):
    channels = counter.slack.workspace.channels.values()
    place = next(one.id for one in channels if one.kind == "im" and BEN in one.members)
    ts = await counter.slack.say(place, BEN, "a secret")
    await counter.answered(ts, channel=place)
    link = f"https://acme.slack.com/archives/{place}/p{ts.replace('.', '')}"

    seen = await counter.run(f"/ai summarize --link {link}")

    assert "I leave it alone" in seen.text


async def test_outside_a_thread_a_form_asks_for_a_file(counter):
    await counter.slack.command("/ai summarize", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "notes.md", b"We met.")

    await counter.slack.submit(ANN, {"files": {"input": [file]}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "Summarize `notes.md`" in counter.last().text


async def test_what_is_no_text_is_told(counter):
    ts = await counter.slack.say(HELP, ANN, "x", files=[("a.txt", b"%PDF-1.7\0")])

    seen = await counter.write(f"{MENTION} !summarize --file", ts)

    assert "is no plain text" in seen.text


async def test_only_admins_may(counter):
    ts = await talk(counter)

    seen = await counter.write(f"{MENTION} !summarize", ts, user=BEN)

    assert "Only admins" in seen.text
    assert LocalSlack.bot_user not in {one["user"] for one in counter.slack.messages(HELP, ts)}


async def test_what_was_done_stands_in_the_audit(counter):
    seen = await counter.run('/ai edit "Fix it" --text "helo"')
    await seen.press("Change it")
    await seen.becomes("Tokens")

    assert "Change the text that you gave with stand-in." in (await counter.run("/ai audit")).text


async def test_without_a_text_a_form_asks_for_one(counter):
    await counter.slack.command("/ai edit Fix the spelling", ANN, HELP)
    view = await counter.slack.wait(lambda s: s.view(ANN))

    blocks = {one["block_id"]: one["element"] for one in view["blocks"]}
    assert list(blocks) == ["instruction", "text"]
    assert blocks["instruction"]["initial_value"] == "Fix the spelling"


async def test_what_a_server_does_not_count_is_not_told_as_free(counter, monkeypatch):
    monkeypatch.setattr(Reply, "usage", lambda _: None)
    seen = await counter.run('/ai edit "Fix it" --text "helo"')

    await seen.press("Change it")

    await seen.becomes("not known (OPENAI_PRICES)")
    assert "0 in" not in counter.last().text
