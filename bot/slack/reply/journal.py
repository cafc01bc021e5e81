"""The record of what a reply posts, written behind it and in order.

Only the intent to post must be stored before the call; everything else follows without holding up
the answer. `settled` waits for all of it, so that the turn's own commit comes last. What could not
be stored on the way stands in that commit, too: until then a crash has a little more to look up.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from storage.errors import Lost
from storage.records import PostKind

logger = logging.getLogger(__name__)


class Posts(Protocol):
    """`storage.posts` with the turn's ticket and event bound."""

    async def begin(self, part: int, kind: PostKind) -> None:
        """Store that a part is about to be posted."""

    async def sent(self, part: int, ts: str) -> None:
        """Store the message's ts."""

    async def save(self, part: int, body: str) -> None:
        """Store the text shown so far."""

    async def final(self, part: int, body: str) -> None:
        """Store the whole text of a part, as it shall stay."""

    async def known(self) -> set[str]:
        """Return the ts of all messages of answers in this thread."""


class Journal:
    """Write to `posts` one after the other."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts
        self._waiting: deque[Callable[[], Awaitable[None]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self.lost: Lost | None = None  # another process answers here now

    def check(self) -> None:
        """Raise `Lost` where another process answers here now."""
        if self.lost is not None:
            raise self.lost

    async def begin(self, part: int, kind: PostKind) -> None:
        """Store an intent, after all that came before it.

        Raises:
            StorageError: It is not stored; `Lost` where another process answers here now.
        """
        await self.settled()
        try:
            await self._posts.begin(part, kind)
        except Lost as lost:
            self.lost = lost
            raise

    def sent(self, part: int, ts: str) -> None:
        """Store a message's ts soon."""
        self._add(lambda: self._posts.sent(part, ts))

    def save(self, part: int, body: str) -> None:
        """Store the text so far soon."""
        self._add(lambda: self._posts.save(part, body))

    def final(self, part: int, body: str) -> None:
        """Store soon the whole text of a part, as it shall stay."""
        self._add(lambda: self._posts.final(part, body))

    async def known(self) -> set[str]:
        """Return the ts of all messages that are known to be a part of an answer in this thread.

        Raises:
            Lost: Another process answers here now.
        """
        await self.settled()
        return await self._posts.known()

    async def settled(self) -> None:
        """Wait until everything is stored, or could not be.

        Raises:
            Lost: Another process answers here now.
        """
        if self._task is not None:
            await asyncio.shield(self._task)
        self.check()

    def _add(self, write: Callable[[], Awaitable[None]]) -> None:
        self._waiting.append(write)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="journal")

    async def _work(self) -> None:
        while self._waiting:
            try:
                await self._waiting.popleft()()
            except Lost as lost:
                self.lost = lost
            except Exception as error:
                logger.warning("post_not_stored", extra={"reason": type(error).__name__})
