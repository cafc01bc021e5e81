"""Answers as people see them: drawn, paced, ended."""

import asyncio
import itertools

import pytest

from bot.chat.events import FunctionCalled, FunctionReturned, TextDelta
from bot.slack.reply.draft import Cards
from bot.slack.reply.reply import Reply
from storage import StorageError
from tests.slack.conftest import Desk


def say(reply: Reply, *texts: str) -> None:
    for text in texts:
        reply.draw(TextDelta(text))


async def test_short_answer_is_one_start_and_one_stop(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "Hello ")
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.startStream")))
    say(reply, "world.")

    sent = await desk.ended(reply.finish())

    assert desk.slack.methods == ["chat.startStream", "chat.stopStream"]
    assert desk.slack.texts == ["Hello world."]
    assert sent == desk.slack.messages[0].ts


async def test_first_text_is_sent_without_time_passing(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    await desk.slack.settle()
    before = desk.clock.now()

    say(reply, "Hi")
    await desk.slack.settle()

    assert desk.slack.texts == ["Hi"]
    assert desk.clock.now() == before
    await desk.ended(reply.finish())


async def test_later_text_is_paced_and_whole(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    words = [f"word{n} " for n in range(40)]
    for word in words:
        say(reply, word)
        await desk.slack.settle()
        desk.clock.advance(0.1)
    await desk.ended(reply.finish())

    appended = desk.slack.said("chat.appendStream")
    times = [call.at for call in appended]
    assert 4 <= len(times) <= 7
    assert all(b - a >= 0.6 for a, b in itertools.pairwise(times))
    assert desk.slack.texts == ["".join(words).rstrip()]


async def test_every_stream_call_names_recipient_or_ts_and_uses_chunks(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.ended(reply.finish("note"))

    start = desk.slack.said("chat.startStream")[0].args
    stop = desk.slack.said("chat.stopStream")[0].args
    assert (start["recipient_user_id"], start["recipient_team_id"]) == ("U0ANN", "T2")
    assert start["chunks"] == [{"type": "markdown_text", "text": "Hello"}]
    assert "markdown_text" not in start
    assert stop["metadata"]["event_payload"] == {"key": "msg:T1:C1:1.000000:0"}
    assert stop["session_status"] == "active"
    assert stop["blocks"][0]["elements"][0]["text"] == "note"


async def test_function_is_a_card_from_call_to_result(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "current_time", "Current time"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    assert desk.slack.messages[0].cards["c1"]["status"] == "in_progress"

    reply.draw(FunctionReturned("c1", "current_time", False, "no such zone"))
    say(reply, "Sorry.")
    await desk.ended(reply.finish())

    card = desk.slack.messages[0].cards["c1"]
    assert (card["status"], card["title"]) == ("error", "Current time")
    assert card["output"] == "no such zone"
    assert desk.slack.texts == ["Sorry."]


def test_a_line_tells_how_a_call_failed() -> None:
    cards = Cards()
    cards.returned(FunctionReturned("c1", "pay", False, "timed out"))

    assert cards.block(over=False)["elements"][0]["text"] == ":warning: pay: timed out"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("word", ["outcome unknown", "stopped"])
async def test_a_call_that_the_end_cuts_off_is_shown_as_that(
    desk: Desk, word: str, stream: bool
) -> None:
    if not stream:
        desk.slack.refuse("chat.startStream", "unknown_method")
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "pay", "Pay out"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))

    await desk.ended(reply.stop() if word == "stopped" else reply.fail("It took too long."))

    (message,) = desk.slack.messages
    if stream:
        assert message.cards["c1"]["title"] == f"Pay out: {word}"
        assert message.cards["c1"]["status"] == "complete"
    else:
        assert message.blocks[-1]["elements"][0]["text"] == f":warning: Pay out: {word}"


async def test_a_call_that_has_ended_right_before_a_stop_is_shown_as_ended(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "pay", "Pay out"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    reply.draw(FunctionReturned("c1", "pay", True, ""))

    await desk.ended(reply.stop())

    assert desk.slack.messages[0].cards["c1"]["status"] == "complete"


async def test_first_words_after_a_card_do_not_wait_for_the_pace(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "calculate", "Calculate"))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    before = desk.clock.now()

    reply.draw(FunctionReturned("c1", "calculate", True, ""))
    say(reply, "42 ")
    await desk.slack.settle()

    assert desk.slack.texts == ["42 "]
    assert desk.clock.now() == before
    await desk.ended(reply.finish())


async def test_text_before_and_after_a_function_is_two_paragraphs(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "Let me look.")
    reply.draw(FunctionCalled("c1", "f", "F"))
    reply.draw(FunctionReturned("c1", "f", True, "done"))
    say(reply, "\n\n", "Found it.")
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["Let me look.\n\nFound it."]


async def test_whole_answer_at_once_is_one_post(desk: Desk) -> None:
    reply = desk.reply()
    say(reply, "All of it.")

    await desk.ended(reply.finish())

    post = desk.slack.said("chat.postMessage")[0].args
    assert desk.slack.methods == ["chat.postMessage"]
    assert (post["unfurl_links"], post["unfurl_media"]) == (False, False)
    assert post["text"] == "All of it."
    assert post["blocks"] == [{"type": "markdown", "text": "All of it."}]
    assert post["metadata"]["event_payload"] == {"key": "msg:T1:C1:1.000000:0"}
    assert post["client_msg_id"]


async def test_status_is_shown_at_once_and_ends_with_the_stream(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    await desk.slack.wait(lambda: bool(desk.slack.said("agents.sessions.setStatus")))
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.ended(reply.finish())

    statuses = [call.args["status"] for call in desk.slack.said("agents.sessions.setStatus")]
    assert statuses == ["processing"]
    assert desk.slack.said("chat.stopStream")[0].args["session_status"] == "active"


async def test_status_is_cleared_by_itself_where_no_stream_was(desk: Desk) -> None:
    reply = desk.reply(is_dm=False)
    reply.start()
    await desk.slack.wait(lambda: bool(desk.slack.said("assistant.threads.setStatus")))
    await desk.ended(reply.fail("That did not work."))

    sessions = [call.args["status"] for call in desk.slack.said("agents.sessions.setStatus")]
    lines = [call.args["status"] for call in desk.slack.said("assistant.threads.setStatus")]
    assert sessions == ["processing", "active"]
    assert lines == ["is thinking…", ""]
    assert desk.slack.texts == ["That did not work."]


async def test_status_that_arrives_late_is_cleared(desk: Desk) -> None:
    desk.slack.holding["agents.sessions.setStatus"] = asyncio.Event()
    reply = desk.reply()
    reply.start()
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    ending = asyncio.create_task(reply.finish())
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.stopStream")))
    desk.slack.holding.pop("agents.sessions.setStatus").set()
    await desk.ended(ending)

    assert desk.slack.calls[-1].args["status"] == "active"


async def test_status_that_an_earlier_run_has_left_is_cleared_where_ours_was_refused(
    desk: Desk,
) -> None:
    desk.slack.refuse("agents.sessions.setStatus", "ratelimited")
    reply = desk.reply()
    await reply.resume([])
    reply.start()
    await desk.slack.wait(lambda: bool(desk.slack.said("agents.sessions.setStatus")))
    await desk.ended(reply.fail("That did not work."))

    assert desk.slack.said("agents.sessions.setStatus")[-1].args["status"] == "active"


async def test_refused_status_does_not_hurt_and_is_not_asked_again(desk: Desk) -> None:
    desk.slack.refuse("agents.sessions.setStatus", "unknown_method", times=9)
    for _ in range(2):
        reply = desk.reply()
        reply.start()
        say(reply, "Hello")
        await desk.ended(reply.finish())

    assert len(desk.slack.said("agents.sessions.setStatus")) == 1
    assert desk.slack.texts == ["Hello", "Hello"]


async def test_failure_keeps_the_partial_text_and_closes_its_fence(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "See:\n```py\nx = 1")
    await desk.slack.wait(lambda: bool(desk.slack.messages))

    await desk.ended(reply.fail("The model broke off."))

    assert desk.slack.texts == ["See:\n```py\nx = 1\n```\n\nThe model broke off."]
    assert not desk.slack.messages[0].streaming


async def test_stop_posts_nothing_more_than_the_end(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "One ")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    say(reply, "two three")

    await desk.ended(reply.stop())

    assert desk.slack.texts == ["One "]
    assert "chunks" not in desk.slack.said("chat.stopStream")[0].args
    assert reply.text == "One "


async def test_stop_before_any_text_posts_nothing(desk: Desk) -> None:
    desk.slack.refuse("chat.startStream", "unknown_method")
    reply = desk.reply()
    reply.start()
    reply.draw(FunctionCalled("c1", "pay", "Pay out"))
    await desk.slack.settle()

    await desk.ended(reply.stop())

    assert desk.slack.messages == []


async def test_stopped_by_user_ends_all_writing(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "One ")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    desk.slack.refuse("chat.appendStream", "stopped_by_user")
    say(reply, "two ")
    await desk.slack.wait(lambda: reply.stopped_by_user)
    say(reply, "three ")
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One "]
    assert "chat.postMessage" not in desk.slack.methods
    assert desk.slack.calls[-1].args["status"] == "active"


async def test_cancelled_finish_still_closes_the_stream(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    task = asyncio.create_task(reply.finish())
    await asyncio.sleep(0)
    task.cancel()
    await desk.slack.wait(task.done)

    assert task.cancelled()
    assert not desk.slack.messages[0].streaming


async def test_mentions_are_quiet_in_what_is_sent(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "<!chan", "nel> <@U0BOB> <@U0ANN>", " @he", "re")
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["@\u2060channel @Bob <@U0ANN> @\u2060here"]


async def test_the_first_name_of_a_person_counts_and_an_id_is_none(desk: Desk) -> None:
    reply = desk.reply()
    reply.introduce({"U0BOB": "Robert", "U0EVE": "U0EVE"})
    reply.introduce({"U0EVE": "Eve"})
    reply.start()
    say(reply, "<@U0BOB> and <@U0EVE>")
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["@Bob and @Eve"]


async def test_post_row_stands_before_the_call_and_is_final_after(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.posts.log))
    assert desk.slack.methods == []
    desk.posts.hold = asyncio.Event()
    ending = asyncio.ensure_future(reply.finish())
    await desk.slack.wait(lambda: bool(desk.slack.said("chat.stopStream")))
    await desk.slack.settle()
    assert not ending.done()
    desk.posts.hold.set()
    await desk.ended(ending)
    ts = desk.slack.messages[0].ts
    assert desk.posts.log == [("begin", 0, "stream"), ("sent", 0, ts)]
    assert [post.ts for post in reply.journal.finals] == [ts]


async def test_answers_that_could_not_be_stored_hold_no_streams(desk: Desk) -> None:
    desk.posts.error = StorageError("no")
    for _ in range(40):
        reply = desk.reply()
        reply.start()
        say(reply, "Hello")
        with pytest.raises(StorageError):
            await desk.ended(reply.finish())
        desk.clock.advance(60)
    desk.posts.error = None
    desk.budget.refused("chat.stopStream", 0.0)  # from now on no more than Slack promises
    reply = desk.reply()
    reply.start()
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.ended(reply.finish())

    assert desk.slack.methods == ["chat.startStream", "chat.stopStream"]


async def test_leaving_closes_nothing(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    say(reply, "Hello")
    await desk.slack.wait(lambda: bool(desk.slack.messages))

    await desk.ended(reply.leave())

    assert desk.slack.methods == ["chat.startStream"]
    assert desk.slack.messages[0].streaming


async def test_what_is_posted_below_waits_for_what_was_said_and_for_nothing_else(
    desk: Desk,
) -> None:
    reply = desk.reply()
    await reply.stands()
    reply.start()
    await reply.stands()

    say(reply, "Hi")
    await reply.stands()

    assert desk.slack.texts == ["Hi"]
    await desk.ended(reply.finish())
    await reply.stands()
