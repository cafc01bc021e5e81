"""Removes conversations in which nothing has happened for as many days as the settings keep them.

What answers took in tokens is kept for a month at least, for `/ai status` sums that up. Once at
start and then every hour, thread by thread, so that nobody who writes meanwhile waits.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from storage import Storage
from storage.engine import WallClock

logger = logging.getLogger(__name__)

_PAUSE_S = 3600.0
_DAY_MS = 86_400_000
_MONTH_MS = 31 * _DAY_MS


def no_later(clock: WallClock, told: int) -> WallClock:
    """Return a clock that never runs ahead of one by which it is `told` now.

    By a clock that has jumped ahead everything would be old.
    """
    began = time.monotonic()
    return lambda: min(clock(), told + int((time.monotonic() - began) * 1000))


@dataclass(eq=False, repr=False)
class Purge:
    """The task that removes what is old; without `days` there is none."""

    storage: Storage
    days: int | None
    clock: WallClock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _task: asyncio.Task[None] | None = field(init=False, default=None)

    def start(self) -> None:
        """Begin, where the settings say how long conversations are kept."""
        if self.days is not None:
            self._task = asyncio.create_task(self._run(self.days * _DAY_MS), name="purge")

    async def leave(self) -> None:
        """End; what is half done goes on at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self, kept_ms: int) -> None:
        while True:
            try:
                now, retention = self.clock(), self.storage.retention
                removed = await retention.purge(now - kept_ms)
                await retention.purge_usage(now - max(kept_ms, _MONTH_MS))
            except Exception:
                logger.exception("purge_failed")
            else:
                logger.info("conversations_purged", extra={"removed": removed})
            await self.sleep(_PAUSE_S)
