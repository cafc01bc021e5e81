"""Time as the writing side needs it: a seam, so that tests need no real waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol


class Timer(Protocol):
    """A call that was ordered for later and can be called off."""

    def cancel(self) -> None:
        """Call it off."""


class Clock(Protocol):
    """Monotonic time, waiting, and calls ordered for later."""

    def now(self) -> float:
        """Return seconds that only ever grow."""

    def later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` in `delay` seconds."""

    async def sleep(self, delay: float) -> None:
        """Wait `delay` seconds."""


async def wait(bell: asyncio.Event, seconds: float, clock: Clock) -> None:
    """Wait for a bell, at most so long."""
    timer = clock.later(seconds, bell.set)
    try:
        await bell.wait()
    finally:
        timer.cancel()


class LoopClock:
    """The running event loop's own time; `sleep` waits without holding it up."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep

    def now(self) -> float:
        """Return the loop's monotonic time."""
        return asyncio.get_running_loop().time()

    def later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Order a call on the loop."""
        return asyncio.get_running_loop().call_later(delay, callback)

    async def sleep(self, delay: float) -> None:
        """Wait `delay` seconds."""
        await self._sleep(delay)
