"""A thread that another process answers in now: nothing more is written there."""

import pytest

from bot.chat.events import TextDelta
from storage.errors import Lost
from tests.slack.conftest import Desk
from tests.slack.test_slack_faults import begun


async def test_owner_that_lost_its_thread_writes_no_more(desk: Desk) -> None:
    reply = await begun(desk, "One ")
    desk.posts.error = Lost("another owner")
    for n in range(8):
        reply.draw(TextDelta(f"w{n} "))
        await desk.slack.settle()
        desk.clock.advance(0.7)
    calls = len(desk.slack.calls)
    assert "w6" not in desk.slack.texts[0]
    with pytest.raises(Lost):
        await desk.ended(reply.finish())

    assert len(desk.slack.calls) == calls
    assert "chat.stopStream" not in desk.slack.methods


async def test_owner_that_lost_its_thread_at_the_end_does_not_close(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("One."))
    await desk.slack.wait(lambda: desk.posts.log == [("begin", 0, "stream")])
    desk.posts.error = Lost("another owner")
    await desk.slack.wait(lambda: bool(desk.slack.messages))
    await desk.slack.settle()
    with pytest.raises(Lost):
        await desk.ended(reply.finish())

    assert desk.slack.methods == ["chat.startStream"]


async def test_owner_that_lost_its_thread_before_its_first_words_leaves_the_status_alone(
    desk: Desk,
) -> None:
    desk.posts.error = Lost("another owner")
    reply = desk.reply()
    reply.start()
    await desk.slack.settle()
    told = list(desk.slack.calls)
    reply.draw(TextDelta("One."))
    with pytest.raises(Lost):
        await desk.ended(reply.finish())

    assert desk.slack.calls == told
