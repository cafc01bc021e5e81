"""Follows fine-tuning jobs until they have ended and their models answer.

What is followed stands in storage, so a restart loses nothing; each watch is claimed before it is
looked at, so that however many processes run, one of them asks the server. The look of it is the
board's business: the watcher knows neither Slack nor SQL. `bot.finetuning.follower` does what one
watch needs.
"""

import asyncio
import contextlib
import logging

from bot.finetuning.follower import LEASE_MS, Follower
from bot.tasks import pause
from storage import StorageError

logger = logging.getLogger(__name__)

_IDLE_S = 30.0
_AT_ONCE = 4


class Watcher:
    """Follows jobs; one for the process."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._watches = follower.watches
        self._news = asyncio.Event()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._looks: set[asyncio.Task[None]] = set()

    def nudge(self) -> None:
        """Say that there is something new to follow."""
        self._news.set()

    async def run(self) -> None:
        """Follow what is in storage, until cancelled; others may go on then."""
        try:
            while True:
                await self._follow()
        finally:
            await self.leave()

    async def _follow(self) -> None:
        self._news.clear()
        try:
            due = await self._watches.next_due()
            wait = _IDLE_S
            if due is not None:
                wait = min(wait, (due - self._follower.clock()) / 1000)
            if wait <= 0:
                await self.look_at_due()
                return
        except Exception:
            logger.exception("watches_not_read")
            wait = _IDLE_S
        await pause(self._follower.sleep, wait, self._news)

    async def leave(self) -> None:
        """End what is being looked at, and let others go on."""
        looks = list(self._looks)
        for task in looks:
            task.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        with contextlib.suppress(StorageError):
            await self._watches.leave()

    async def look_at_due(self) -> None:
        """Look at everything that is due, a few at a time."""
        while True:
            await self._gate.acquire()
            try:
                watch = await self._watches.claim(LEASE_MS)
            except BaseException:
                self._gate.release()
                raise
            if watch is None:
                self._gate.release()
                return
            task = asyncio.create_task(self._follower.look(watch), name=f"watch {watch.job}")
            self._looks.add(task)
            task.add_done_callback(self._looked)

    async def settled(self) -> None:
        """Wait until no look is going on."""
        while self._looks:
            await asyncio.wait(set(self._looks))

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looks.discard(task)
        self._gate.release()
        self._news.set()
        if not task.cancelled() and (error := task.exception()):
            logger.error("look_failed", exc_info=error, extra={"task": task.get_name()})
