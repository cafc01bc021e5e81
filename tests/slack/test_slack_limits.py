"""Many answers under Slack's own limits: all arrive, hardly later than without limits."""

import asyncio
import statistics

import pytest

from bot.chat.events import TextDelta
from bot.slack.reply.reply import Reply
from tests.slack.conftest import Desk

_WORDS = 20


async def ask(desk: Desk, number: int, took: list[float]) -> None:
    """Answer one question in 2 s, in a thread of its own."""
    asked = desk.clock.now()
    reply = desk.reply(thread_ts=f"{number}.0", event=f"e{number}", is_dm=False)
    reply.start()
    for word in range(_WORDS):
        await desk.clock.sleep(2 / _WORDS)
        reply.draw(TextDelta(f"q{number}w{word} "))
    await reply.finish()
    took.append(desk.clock.now() - asked)


async def load(desk: Desk, questions: int, gap: float) -> float:
    """Ask questions at a steady pace and return the median time of an answer."""
    took: list[float] = []
    tasks = []
    for number in range(questions):
        tasks.append(asyncio.create_task(ask(desk, number, took)))
        await spend(desk, gap)
    while not all(task.done() for task in tasks):
        await spend(desk, 0.1)
    await asyncio.gather(*tasks)
    return statistics.median(took)


async def spend(desk: Desk, seconds: float) -> None:
    for _ in range(round(seconds / 0.1)):
        await desk.slack.settle()
        desk.clock.advance(0.1)


def whole(desk: Desk, questions: int) -> bool:
    expected = [" ".join(f"q{n}w{w}" for w in range(_WORDS)) for n in range(questions)]
    return sorted(desk.slack.texts) == sorted(expected)


async def test_question_every_two_seconds_is_answered_in_time(desk: Desk) -> None:
    desk.slack.limits.on = True

    median = await load(desk, 45, 2.0)

    assert whole(desk, 45)
    assert median <= 2.3 * 1.3
    assert desk.slack.refused == ["chat.startStream"]


@pytest.mark.parametrize("on", [False, True])
async def test_burst_in_one_channel_arrives_whole(desk: Desk, on: bool) -> None:
    desk.slack.limits.on = on

    await load(desk, 70, 0.0)

    assert whole(desk, 70)
    assert len(desk.slack.refused) <= 40


@pytest.mark.parametrize(("method", "refused"), [("chat.appendStream", 0), ("chat.update", 3)])
async def test_answers_that_have_ended_slow_nobody_down(
    desk: Desk, method: str, refused: int
) -> None:
    desk.slack.refuse("chat.startStream", "restricted_action", times=refused)
    pause = desk.budget.interval(method)
    for _ in range(3):
        reply = desk.reply()
        reply.start()
        reply.draw(TextDelta("Good. "))
        await desk.slack.wait(lambda: bool(desk.slack.texts))
        await desk.ended(reply.finish())

    assert desk.budget.interval(method) == pause


async def queued(desk: Desk) -> Reply:
    """Return a reply of which "Hello" is shown; "world." waits until calls may be made again."""
    reply = desk.reply()
    reply.start()
    reply.draw(TextDelta("Hello "))
    await desk.slack.wait(lambda: bool(desk.slack.texts))
    while desk.budget.try_take("chat.appendStream"):
        pass
    reply.draw(TextDelta("world. "))
    return reply


async def test_a_stop_waits_for_no_turn_in_the_queue_of_calls(desk: Desk) -> None:
    reply = await queued(desk)
    for _ in range(3):
        desk.clock.advance(1.0)
        await desk.slack.settle()
    before = desk.clock.now()

    await desk.ended(reply.stop())

    assert desk.slack.texts == ["Hello "]
    assert desk.clock.now() - before < 5


async def test_a_text_that_waits_for_its_turn_in_the_queue_is_shown_then(desk: Desk) -> None:
    reply = await queued(desk)
    for _ in range(70):
        desk.clock.advance(1.0)
        await desk.slack.settle()

    assert desk.slack.texts == ["Hello world. "]
    await desk.ended(reply.finish())


async def test_a_status_is_cleared_however_often_slack_asks_to_wait(desk: Desk) -> None:
    reply = desk.reply()
    reply.start()
    await desk.slack.wait(lambda: bool(desk.slack.said("agents.sessions.setStatus")))
    desk.slack.limit("agents.sessions.setStatus", 1, times=40)
    await desk.ended(reply.fail("That did not work."))

    assert desk.slack.said("agents.sessions.setStatus")[-1].args["status"] == "active"
    assert len(desk.slack.said("agents.sessions.setStatus")) == 42
