"""A call that was cut: what became of it is looked up, and nothing is shown twice."""

import pytest

from bot.chat.events import TextDelta
from bot.slack.calls.send import Refused
from storage.records import Post
from tests.slack.conftest import Desk

EVENT = "msg:T1:C1:1.000000"


@pytest.mark.parametrize("after_effect", [True, False])
async def test_cut_start_is_looked_up(desk: Desk, after_effect: bool) -> None:
    desk.slack.cut("chat.startStream", after_effect=after_effect)
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("One "))
    await desk.slack.wait(lambda: bool(desk.slack.said("conversations.replies")))
    reply.draw(TextDelta("two"))
    await desk.ended(reply.finish())

    assert desk.slack.texts == ["One two"]
    assert len(desk.slack.said("chat.startStream")) == 1


async def test_an_answer_that_is_stopped_while_its_start_is_looked_up_is_closed(desk: Desk) -> None:
    desk.slack.cut("chat.startStream", after_effect=True)
    desk.slack.refuse("conversations.replies", "internal_error")
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("One "))
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.ended(reply.stop())

    assert not desk.slack.messages[0].streaming


async def test_a_thread_that_was_deleted_holds_no_post(desk: Desk) -> None:
    desk.slack.cut("chat.postMessage", after_effect=False)
    desk.slack.refuse("conversations.replies", "thread_not_found")
    desk.slack.refuse("chat.postMessage", "thread_not_found")
    reply = desk.reply()
    reply.draw(TextDelta("All of it"))

    with pytest.raises(Refused):
        await desk.ended(reply.finish())


@pytest.mark.parametrize("after_effect", [True, False])
async def test_cut_post_is_looked_up(desk: Desk, after_effect: bool) -> None:
    desk.slack.cut("chat.postMessage", after_effect=after_effect)
    reply = desk.reply()
    reply.draw(TextDelta("All of it"))
    sent = await desk.ended(reply.finish())

    posts = desk.slack.said("chat.postMessage")
    assert desk.slack.texts == ["All of it"]
    assert sent == desk.slack.messages[0].ts
    assert len(posts) == (1 if after_effect else 2)
    assert len({post.args["client_msg_id"] for post in posts}) == 1


async def test_a_post_that_slack_has_before_it_shows_it_is_found_and_made_whole(desk: Desk) -> None:
    desk.slack.cut("chat.postMessage", after_effect=True)
    desk.slack.answer("conversations.replies", {"ok": True, "messages": []})
    desk.slack.refuse("chat.postMessage", "duplicate_message")
    reply = desk.reply()
    reply.draw(TextDelta("All of it"))
    sent = await desk.ended(reply.finish())

    assert desk.slack.texts == ["All of it"]
    assert sent == desk.slack.messages[0].ts


async def test_a_part_that_somebody_has_deleted_is_posted_anew(desk: Desk) -> None:
    desk.slack.refuse("chat.update", "message_not_found")
    reply = desk.reply()
    await desk.ended(reply.resume([Post(EVENT, 0, "message", "sent", "2.000000", "All")]))
    reply.draw(TextDelta("All of it"))
    await desk.ended(reply.finish())

    [post] = desk.slack.said("chat.postMessage")
    assert "client_msg_id" not in post.args  # Slack would know it, and refuse
    assert desk.slack.texts == ["All of it"]


async def test_a_post_that_was_deleted_before_it_was_found_is_made_anew(desk: Desk) -> None:
    desk.slack.refuse("chat.postMessage", "duplicate_message_not_found")
    reply = desk.reply()
    reply.draw(TextDelta("All of it"))
    await desk.ended(reply.finish())

    assert "client_msg_id" not in desk.slack.said("chat.postMessage")[-1].args
    assert desk.slack.texts == ["All of it"]
