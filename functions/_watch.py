"""Look at the files once in a while; read what changed in a thread, and wait only so long for it.

A file that hangs when it is imported holds up nobody: after the patience turns go on with what
there was, and no further look is begun until that one has ended.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from functions._sources import Change

logger = logging.getLogger(__name__)

EVERY = 0.2
PATIENCE = 2.0


class Watch:
    """Call `read` when something is `stale`, which is asked at most five times a second.

    `tell` gets what it found out.
    """

    def __init__(
        self,
        stale: Callable[[], bool],
        read: Callable[[], Change],
        tell: Callable[[Change], None],
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._stale = stale
        self._read = read
        self._tell = tell
        self._clock = clock
        self._patience = patience
        self._began: float | None = None
        self._running: asyncio.Future[Change] | None = None

    async def look(self) -> None:
        """Take up changes, or go on without when that takes too long."""
        now = self._clock()
        if self._running is None and (self._began is None or now - self._began >= EVERY):
            self._began = now
            self._running = self._start() if self._stale() else None
        if self._running is not None and self._began is not None:
            left = self._began + self._patience - now
            if left > 0:
                await asyncio.wait({self._running}, timeout=left)

    def _start(self) -> asyncio.Future[Change]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Change] = loop.create_future()

        def body() -> None:
            try:
                change = self._read()
            except BaseException:  # whatever a file has raised, the next look must be possible
                logger.exception("functions_not_looked_at")
                change = Change()
            try:
                loop.call_soon_threadsafe(self._done, future, change)
            except RuntimeError:  # the loop has been closed meanwhile
                logger.info("functions_looked_at_too_late")

        threading.Thread(target=body, name="functions on disk", daemon=True).start()
        return future

    def _done(self, future: asyncio.Future[Change], change: Change) -> None:
        self._running = None
        if not future.done():
            future.set_result(change)
        if change:
            self._tell(change)
