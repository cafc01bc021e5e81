"""Waiting for many items in a row with one timer."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from bot.openai.wire.patience import Patience


async def gated(*gates: asyncio.Event) -> AsyncIterator[bytes]:
    for gate in gates:
        await gate.wait()
        yield b"x"


def opened() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


def soon(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def cancelled(work: Coroutine[Any, Any, None], waiting: asyncio.Event) -> None:
    """Cancel a task from outside as soon as it waits, and await it."""
    task = asyncio.create_task(work)
    await waiting.wait()
    task.cancel()
    await task


async def test_an_item_that_is_late_raises_a_timeout() -> None:
    patience = Patience()

    with pytest.raises(TimeoutError):
        await patience.wait(anext(gated(asyncio.Event())), soon(0.01))


async def test_each_item_has_its_own_time() -> None:
    patience, late = Patience(), asyncio.Event()
    items = gated(opened(), late)
    asyncio.get_running_loop().call_later(0.05, late.set)

    assert await patience.wait(anext(items), soon(0.02)) == b"x"
    assert await patience.wait(anext(items), soon(5.0)) == b"x"
    patience.end()


async def test_no_time_runs_out_between_two_waits() -> None:
    patience, later = Patience(), asyncio.Event()
    await patience.wait(anext(gated(opened())), soon(0.01))

    asyncio.get_running_loop().call_later(0.03, later.set)
    await later.wait()


async def test_a_shorter_wait_after_a_longer_one_is_kept() -> None:
    patience = Patience()
    items = gated(opened(), asyncio.Event())
    await patience.wait(anext(items), soon(50.0))

    with pytest.raises(TimeoutError):
        await patience.wait(anext(items), soon(0.01))


async def test_cancelling_from_outside_stays_cancelling() -> None:
    patience, waiting = Patience(), asyncio.Event()

    async def wait() -> None:
        waiting.set()
        await patience.wait(anext(gated(asyncio.Event())), soon(50.0))

    with pytest.raises(asyncio.CancelledError):
        await cancelled(wait(), waiting)
    patience.end()


async def test_cancelling_from_outside_stays_cancelling_where_time_runs_out_meanwhile() -> None:
    patience, waiting = Patience(), asyncio.Event()

    async def winds_up() -> None:
        try:
            waiting.set()
            await asyncio.Event().wait()
        finally:
            with pytest.raises(asyncio.CancelledError):  # the time is up
                await asyncio.Event().wait()

    with pytest.raises(asyncio.CancelledError):
        await cancelled(patience.wait(winds_up(), soon(0.02)), waiting)


async def test_cancelling_from_outside_stays_cancelling_after_a_timeout() -> None:
    patience, waiting = Patience(), asyncio.Event()

    async def wait() -> None:
        with pytest.raises(TimeoutError):
            await patience.wait(anext(gated(asyncio.Event())), soon(0.01))
        waiting.set()
        await patience.wait(anext(gated(asyncio.Event())), soon(50.0))

    with pytest.raises(asyncio.CancelledError):
        await cancelled(wait(), waiting)
    patience.end()


async def test_a_timeout_around_it_stays_its_own() -> None:
    patience = Patience()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01) as around:
            await patience.wait(anext(gated(asyncio.Event())), soon(50.0))

    assert around.expired()
    patience.end()


async def test_after_a_timeout_the_task_goes_on() -> None:
    with pytest.raises(TimeoutError):
        await Patience().wait(anext(gated(asyncio.Event())), soon(0.01))

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
