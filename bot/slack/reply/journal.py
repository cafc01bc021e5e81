"""The rows of what one turn posts, written behind it and in order.

Only the intent to post must be stored before the call; everything else follows without holding up
the answer. `settled` waits for all of it, so that the turn's own commit comes last. That commit
also has what could not be stored on the way: until then a crash has a little more to look up.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.slack.calls.place import Place
from storage.errors import Lost
from storage.posts import Posts
from storage.records import Message, Post, PostKind

logger = logging.getLogger(__name__)

_HEAD_START_S = 0.005  # the request to the model goes first: people notice that, and this not


@dataclass(eq=False, repr=False)
class Journal:
    """Write the rows of one answer, one after the other."""

    posts: Posts
    place: Place
    lost: Lost | None = field(init=False, default=None)  # another process answers here now
    _parts: dict[int, Post] = field(init=False, default_factory=dict)
    _opening: asyncio.Task[None] | None = field(init=False, default=None)
    _needed: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _waiting: deque[Callable[[], Awaitable[None]]] = field(init=False, default_factory=deque)
    _task: asyncio.Task[None] | None = field(init=False, default=None)

    def open(self, question: Message) -> asyncio.Task[None]:
        """Store soon, in one commit, the question and that an answer is about to be posted.

        Returns the write.
        """
        first = self._parts[0] = Post(self.place.event, 0, "stream")
        self._opening = asyncio.create_task(self._open(first, question), name="open turn")
        return self._opening

    async def _open(self, first: Post, question: Message) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEAD_START_S):
                await self._needed.wait()
        await self.posts.begin(self.place.ticket, first, [question])

    def check(self) -> None:
        """Raise `Lost` where another process answers here now."""
        if self.lost is not None:
            raise self.lost

    async def begin(self, part: int, kind: PostKind) -> None:
        """Store that a part is about to be posted, after all that came before it.

        Raises:
            StorageError: It is not stored; `Lost` where another process answers here now.
        """
        await self.settled()
        try:
            if part == 0 and self._opening:
                self._needed.set()
                await asyncio.shield(self._opening)
                return
            self._parts[part] = Post(self.place.event, part, kind)
            await self.posts.begin(self.place.ticket, self._parts[part])
        except Lost as lost:
            self.lost = lost
            raise

    def sent(self, part: int, ts: str) -> None:
        """Store a message's ts soon, once."""
        if self._part(part).ts != ts:
            self._parts[part] = replace(self._part(part), ts=ts)
            self._add(lambda: self.posts.sent(self.place.ticket, self.place.event, part, ts))

    def save(self, part: int, body: str) -> None:
        """Store the text so far soon, for a restart to complete."""
        self._add(lambda: self.posts.save(self.place.ticket, self.place.event, part, body))

    def final(self, part: int) -> None:
        """Note that a part shall stay as it is, which is stored with the turn's end."""
        self._parts[part] = replace(self._part(part), state="final")

    @property
    def finals(self) -> list[Post]:
        """Return the parts that stand in Slack as they shall stay."""
        return [post for _, post in sorted(self._parts.items()) if post.state == "final"]

    async def known(self) -> set[str]:
        """Return the ts of all messages that are known to be a part of an answer in this thread.

        Raises:
            Lost: Another process answers here now.
        """
        await self.settled()
        return await self.posts.known(self.place.ticket.thread)

    async def settled(self) -> None:
        """Wait until everything is stored, or could not be.

        Raises:
            Lost: Another process answers here now.
        """
        if self._task is not None:
            await asyncio.shield(self._task)
        self.check()

    def _part(self, part: int) -> Post:
        return self._parts.get(part) or Post(self.place.event, part, "message")

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
