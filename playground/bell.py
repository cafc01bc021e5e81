"""Wakes those who wait for a change; costs nothing while nobody waits."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

_LOOK_AGAIN = 0.05  # seconds

T = TypeVar("T")


class Bell:
    """Rings for everybody who waits at this moment."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Wake the waiting."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def rung(self, seconds: float | None = None) -> None:
        """Wait for the next ring, or so many seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await asyncio.wait([future], timeout=seconds)

    async def until(self, look: Callable[[], T], seconds: float) -> T:
        """Wait until there is something to see; look at each ring, and now and then."""
        async with asyncio.timeout(seconds):
            while not (seen := look()):
                await self.rung(_LOOK_AGAIN)
            return seen
