"""One time limit for many waits: each ends in its own time, and nothing else is cancelled."""

import asyncio

import pytest

from bot.timelimit import TimeLimit


async def last(limit: TimeLimit, seconds: float) -> str:
    with limit.begin():
        await asyncio.sleep(seconds)
    return "ended"


async def test_what_takes_too_long_raises_a_timeout() -> None:
    with pytest.raises(TimeoutError):
        await last(TimeLimit(0.01), 30.0)


async def test_each_has_the_whole_time_from_its_own_beginning() -> None:
    limit = TimeLimit(0.3)

    async def later() -> str:
        await asyncio.sleep(0.2)
        return await last(limit, 0.15)

    first, second = await asyncio.gather(last(limit, 30.0), later(), return_exceptions=True)

    assert isinstance(first, TimeoutError)
    assert second == "ended"


async def test_those_that_begin_after_a_pause_have_a_limit_too() -> None:
    limit = TimeLimit(0.02)
    await last(limit, 0.0)
    await asyncio.sleep(0.05)

    with pytest.raises(TimeoutError):
        await last(limit, 30.0)


async def test_a_cancellation_from_outside_stays_one() -> None:
    task = asyncio.create_task(last(TimeLimit(30.0), 30.0))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failure_inside_is_passed_on() -> None:
    with pytest.raises(ValueError, match="inside"), TimeLimit(30.0).begin():
        raise ValueError("inside")


async def test_after_a_timeout_the_task_goes_on() -> None:
    with pytest.raises(TimeoutError):
        await last(TimeLimit(0.01), 30.0)

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_shorter_limit_inside_leaves_the_longer_one_alone() -> None:
    with TimeLimit(30.0).begin():
        with pytest.raises(TimeoutError):
            await last(TimeLimit(0.01), 30.0)
        await asyncio.sleep(0)
