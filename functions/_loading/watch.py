"""Look at the files once in a while; read what changed in a thread, and wait only so long for it.

A file that hangs when it is imported holds up nobody: after the patience turns go on with what
there was, and no further look is begun until that one has ended.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from functions._calling.beside import Ended, Raised, beside

logger = logging.getLogger(__name__)

EVERY = 0.2
PATIENCE = 2.0


@dataclass(slots=True, eq=False)
class Watch:
    """Call `read` when something is `stale`, which is asked at most five times a second.

    `tell` is called when it has found something new.
    """

    stale: Callable[[], bool]
    read: Callable[[], bool]
    tell: Callable[[], None]
    clock: Callable[[], float] = time.monotonic
    patience: float = PATIENCE
    _began: float = field(default=-math.inf, init=False)
    _running: asyncio.Future[Ended] | None = field(default=None, init=False)

    async def look(self) -> None:
        """Take up changes, or go on without when that takes too long."""
        now = self.clock()
        if self._running is None and now - self._began >= EVERY:
            self._began = now
            if self.stale():
                self._running = beside("functions on disk", self.read)
                self._running.add_done_callback(self._done)
        left = self._began + self.patience - now
        if self._running is not None and left > 0:
            await asyncio.wait({self._running}, timeout=left)

    def _done(self, future: asyncio.Future[Ended]) -> None:
        self._running = None
        ended = future.result()
        if isinstance(ended, Raised):  # whatever a file has raised, the next look must be possible
            logger.error("functions_not_looked_at", exc_info=ended.error)
        elif ended.value:
            self.tell()
