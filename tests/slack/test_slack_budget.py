"""The shared write budget: never above the figures once Slack has objected, never starving."""

import asyncio

import pytest

from bot.slack.calls.budget import DOCUMENTED, Budget, Limit
from tests.slack.conftest import HandClock

STRICT = {
    "chat.startStream": Limit(3, holds="chat.stopStream"),
    "chat.stopStream": Limit(3),
    "chat.appendStream": Limit(10, pause=0.6),
    "chat.postMessage": Limit(1, 1.0, per_channel=True),
}


@pytest.fixture
def strict(clock: HandClock) -> Budget:
    return Budget(clock, STRICT)


async def spin() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_calls_in_any_minute_stay_inside_the_figure(strict: Budget, clock: HandClock) -> None:
    taken = []
    for _ in range(600):
        if strict.try_take("chat.appendStream"):
            taken.append(clock.now())
        clock.advance(0.5)

    assert len(taken) == 50
    assert all(sum(t <= u < t + 60 for u in taken) <= 10 for t in taken)


def test_start_leaves_room_for_its_stop(strict: Budget, clock: HandClock) -> None:
    assert [strict.try_take("chat.startStream") for _ in range(4)] == [True, True, True, False]
    clock.advance(61)
    assert not strict.try_take("chat.startStream")  # three stops are still owed

    strict.redeem("chat.stopStream")
    assert not strict.try_take("chat.startStream")  # the stop was made just now

    clock.advance(61)
    assert strict.try_take("chat.startStream")


def test_two_calls_fit_again_once_the_others_are_over(strict: Budget, clock: HandClock) -> None:
    assert [strict.try_take("chat.appendStream") for _ in range(10)] == [True] * 10
    clock.advance(61)

    assert strict.try_take("chat.appendStream", count=2)


def test_two_calls_are_not_taken_where_there_is_room_for_one(strict: Budget) -> None:
    for _ in range(9):
        strict.try_take("chat.appendStream")

    assert not strict.try_take("chat.appendStream", count=2)
    assert strict.try_take("chat.appendStream")


def test_forgone_stop_frees_a_start(strict: Budget, clock: HandClock) -> None:
    for _ in range(3):
        strict.try_take("chat.startStream")
    clock.advance(61)
    strict.forgo("chat.stopStream")

    assert strict.try_take("chat.startStream")


async def test_cancelled_start_holds_no_stop(strict: Budget, clock: HandClock) -> None:
    for _ in range(3):
        strict.try_take("chat.startStream")
        strict.redeem("chat.stopStream")
    for _ in range(3):
        waiting = asyncio.create_task(strict.take("chat.startStream"))
        await spin()
        waiting.cancel()
        await asyncio.wait({waiting})
    clock.advance(61)

    assert strict.try_take("chat.startStream")


def test_channels_have_a_budget_each(strict: Budget) -> None:
    assert strict.try_take("chat.postMessage", "C1")
    assert not strict.try_take("chat.postMessage", "C1")
    assert strict.try_take("chat.postMessage", "C2")


def test_channels_share_what_slack_counts_for_the_workspace(strict: Budget) -> None:
    taken = [strict.try_take("chat.appendStream", f"C{number}") for number in range(11)]

    assert taken == [True] * 10 + [False]


async def test_waiting_calls_get_their_turn_in_order(strict: Budget, clock: HandClock) -> None:
    done: list[tuple[int, float]] = []

    async def post(number: int) -> None:
        assert await strict.take("chat.postMessage", "C1")
        done.append((number, clock.now() - 1000))

    tasks = [asyncio.create_task(post(n)) for n in range(4)]
    for _ in range(8):
        await spin()
        clock.advance(0.5)
    await asyncio.gather(*tasks)

    assert done == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)]


async def test_impatient_call_is_told_at_once(strict: Budget, clock: HandClock) -> None:
    for _ in range(3):
        strict.try_take("chat.startStream")

    assert not await strict.take("chat.startStream", patience=0.3)
    assert clock.now() == 1000.0


async def test_cancelled_wait_gives_its_slot_back(strict: Budget, clock: HandClock) -> None:
    strict.try_take("chat.postMessage", "C1")
    waiting = asyncio.create_task(strict.take("chat.postMessage", "C1"))
    await spin()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    clock.advance(1)
    assert strict.try_take("chat.postMessage", "C1")


async def test_refusal_pauses_the_method_for_all(clock: HandClock) -> None:
    budget = Budget(clock)
    budget.refused("chat.appendStream", 7.0)

    assert not budget.try_take("chat.appendStream")
    assert budget.try_take("chat.update")
    clock.advance(6)
    assert not budget.try_take("chat.appendStream")
    clock.advance(1)
    assert budget.try_take("chat.appendStream")


async def test_refusal_pauses_those_that_wait_for_their_turn(
    strict: Budget, clock: HandClock
) -> None:
    while strict.try_take("chat.appendStream"):
        pass
    waiting = asyncio.create_task(strict.take("chat.appendStream"))
    await spin()
    clock.advance(50)
    strict.refused("chat.appendStream", 30)
    clock.advance(11)
    await spin()
    assert not waiting.done()

    clock.advance(20)
    assert await waiting


async def test_refused_channel_does_not_pause_others(clock: HandClock) -> None:
    budget = Budget(clock)
    budget.refused("chat.postMessage", 7.0, "C1")

    assert not budget.try_take("chat.postMessage", "C1")
    assert budget.try_take("chat.postMessage", "C2")


def test_probing_grows_with_success_only(clock: HandClock) -> None:
    budget = Budget(clock)
    first = sum(budget.try_take("chat.startStream") for _ in range(100))
    for _ in range(first):
        budget.answered("chat.startStream")
    second = sum(budget.try_take("chat.startStream") for _ in range(100))

    assert first == DOCUMENTED["chat.startStream"].calls + 8
    assert second == 16


def test_refusal_ends_probing_for_ten_minutes(clock: HandClock) -> None:
    budget = Budget(clock)
    for _ in range(21):
        budget.try_take("chat.startStream")
    budget.refused("chat.startStream", 30)
    for _ in range(20):
        budget.redeem("chat.stopStream")
    clock.advance(61)

    assert sum(budget.try_take("chat.startStream") for _ in range(100)) == 20
    clock.advance(600)
    assert budget.try_take("chat.startStream")


async def test_waiting_probe_goes_on_when_another_succeeds(clock: HandClock) -> None:
    budget = Budget(clock)
    while budget.try_take("chat.startStream"):
        pass
    waiting = asyncio.create_task(budget.take("chat.startStream", patience=0.3))
    await spin()
    assert not waiting.done()

    budget.answered("chat.startStream")

    assert await waiting


async def test_probe_that_does_not_get_its_turn_is_given_up_in_time(clock: HandClock) -> None:
    budget = Budget(clock)
    while budget.try_take("chat.startStream"):
        pass
    waiting = asyncio.create_task(budget.take("chat.startStream", patience=0.3))
    await spin()

    clock.advance(0.3)

    assert not await waiting


@pytest.mark.parametrize(("streams", "seconds"), [(1, 0.6), (5, 3.0), (50, 30.0)])
def test_more_open_streams_wait_longer_each(clock: HandClock, streams: int, seconds: float) -> None:
    budget = Budget(clock)
    for _ in range(streams):
        budget.share("chat.appendStream")

    assert budget.interval("chat.appendStream") == pytest.approx(seconds)


def test_paused_feature_is_off_until_then(clock: HandClock) -> None:
    budget = Budget(clock)
    budget.switch_off("chat.startStream", 300, "C1")
    budget.switch_off("chat.update", 100)
    assert budget.is_off("chat.startStream", "C1")
    assert not budget.is_off("chat.startStream", "C2")
    assert budget.is_off("chat.update", "C2")
    clock.advance(301)
    assert not budget.is_off("chat.startStream", "C1")


def test_idle_channels_are_forgotten(clock: HandClock) -> None:
    budget = Budget(clock)
    for n in range(5_000):
        budget.try_take("chat.postMessage", f"C{n}")
        clock.advance(0.01)

    assert len(budget._windows) <= 2_001


def test_calls_of_the_last_minute_are_not_forgotten_with_idle_channels(clock: HandClock) -> None:
    budget = Budget(clock)
    for _ in range(90):
        budget.try_take("chat.appendStream")
    for n in range(3_000):
        budget.try_take("chat.postMessage", f"C{n}")
        clock.advance(0.01)

    assert sum(budget.try_take("chat.appendStream") for _ in range(100)) == 10
