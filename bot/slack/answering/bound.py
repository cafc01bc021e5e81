"""What one turn writes to storage while it runs, with its ticket and event filled in.

The writer of replies and the function registry know neither tickets nor each other's tables; here
are the narrow faces that they ask for (`journal.Posts`, `functions.Ledger`).
"""

import asyncio
import contextlib
from dataclasses import dataclass, field, replace

from functions import File, Line
from storage import Storage
from storage.records import Attachment, Call, CallState, Message, Post, PostKind, Ticket

HEAD_START_S = 0.005  # the request to the model goes first: people notice that, and this not


@dataclass(eq=False, repr=False)
class TurnPosts:
    """The post rows of one turn.

    The first row is stored together with the question (`open`), and what is final is only
    collected here: it is stored with the end of the turn (`finals`), in one commit.
    """

    storage: Storage
    ticket: Ticket
    event: str
    _parts: dict[int, Post] = field(init=False, default_factory=dict)
    _final: set[int] = field(init=False, default_factory=set)
    _opening: asyncio.Task[None] | None = field(init=False, default=None)
    _needed: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def open(self, question: Message) -> asyncio.Task[None]:
        """Store soon the question and that an answer is about to be posted; returns the write."""
        self._parts[0] = Post(self.event, 0, "stream")
        self._opening = asyncio.create_task(self._open(question), name="open turn")
        return self._opening

    async def _open(self, question: Message) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START_S):
                await self._needed.wait()
        await self.storage.posts.begin(self.ticket, self._parts[0], [question])

    @property
    def finals(self) -> list[Post]:
        """Return the parts that stand in Slack as they shall stay."""
        return [self._parts[part] for part in sorted(self._final)]

    async def begin(self, part: int, kind: PostKind) -> None:
        """Store that a part is about to be posted."""
        if part == 0 and self._opening:
            self._needed.set()
            await asyncio.shield(self._opening)
            return
        post = self._parts[part] = Post(self.event, part, kind)
        await self.storage.posts.begin(self.ticket, post)

    async def sent(self, part: int, ts: str) -> None:
        """Store the message's ts, once."""
        if self._part(part).ts == ts:
            return
        self._parts[part] = replace(self._part(part), ts=ts)
        await self.storage.posts.sent(self.ticket, self.event, part, ts)

    async def save(self, part: int, body: str) -> None:
        """Store the text shown so far."""
        await self.storage.posts.save(self.ticket, self.event, part, body)

    async def final(self, part: int, body: str) -> None:
        """Take note of the whole text of a part, as it shall stay."""
        self._parts[part] = replace(self._part(part), body=body)
        self._final.add(part)

    async def known(self) -> set[str]:
        """Return the ts of all messages of answers in this thread."""
        return await self.storage.posts.known(self.ticket.thread)

    def _part(self, part: int) -> Post:
        return self._parts.get(part) or Post(self.event, part, "message")


@dataclass(frozen=True, slots=True)
class TurnCalls:
    """The call ledger of one turn, or of a command that tries a call."""

    storage: Storage
    ticket: Ticket

    async def begin(self, line: Line) -> Line | None:
        """Write the line, or return the one that already stands under its id."""
        earlier = await self.storage.calls.begin(self.ticket, _call(line))
        return _line(earlier) if earlier else None

    async def earlier(self, id: str) -> Line | None:
        """Return the line that stands under an id, or None."""
        found = await self.storage.calls.get(id)
        return _line(found) if found else None

    async def end(self, id: str, state: CallState, result: str, files: tuple[File, ...]) -> None:
        """Note how the call ended, and keep its files."""
        await self.storage.calls.end(self.ticket, id, state, result, _attachments(files))


def _call(line: Line) -> Call:
    return Call(
        id=line.id,
        event=line.event,
        name=line.name,
        arguments=line.arguments,
        effect=line.effect,
        key=line.key,
        user=line.user,
    )


def _line(call: Call) -> Line:
    return Line(
        id=call.id,
        event=call.event,
        name=call.name,
        arguments=call.arguments,
        effect=call.effect,
        key=call.key,
        user=call.user,
        state=call.state,
        result=call.result,
        files=tuple(File(one.name, one.data, one.mimetype) for one in call.attachments),
    )


def _attachments(files: tuple[File, ...]) -> list[Attachment]:
    return [Attachment(one.name, one.mimetype, one.data) for one in files]
