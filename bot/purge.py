"""Removes conversations in which nothing has happened for as many days as the settings keep them.

What answers took in tokens is kept for a month at least, for `/ai status` sums that up. Once at
start and then every hour, thread by thread, so that nobody who writes meanwhile waits.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

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


async def purge(
    storage: Storage,
    days: int,
    clock: WallClock,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Remove what is older, until cancelled; what is half done then goes on at the next start."""
    kept_ms, retention = days * _DAY_MS, storage.retention
    while True:
        try:
            now = clock()
            removed = await retention.purge(now - kept_ms)
            await retention.purge_usage(now - max(kept_ms, _MONTH_MS))
        except Exception:
            logger.exception("purge_failed")
        else:
            logger.info("conversations_purged", extra={"removed": removed})
        await sleep(_PAUSE_S)
