"""What one turn writes to storage while it runs, with its ticket and event filled in.

The writer of replies and the function registry know neither tickets nor each other's tables; these
two give them the narrow faces that they ask for (`bot.slack.journal.Posts`, `functions.Ledger`).
"""

from dataclasses import dataclass, field, replace

from functions import Line
from storage import Storage
from storage.records import Call, CallState, Post, PostKind, Ticket


@dataclass(frozen=True, slots=True)
class TurnPosts:
    """The post rows of one turn."""

    storage: Storage
    ticket: Ticket
    event: str
    _parts: dict[int, Post] = field(default_factory=dict)

    async def begin(self, part: int, kind: PostKind) -> None:
        """Store that a part is about to be posted."""
        post = self._parts[part] = Post(self.event, part, kind)
        await self.storage.posts.begin(self.ticket, post)

    async def sent(self, part: int, ts: str) -> None:
        """Store what Slack calls the message."""
        self._parts[part] = replace(self._part(part), ts=ts)
        await self.storage.posts.sent(self.ticket, self.event, part, ts)

    async def save(self, part: int, body: str) -> None:
        """Store the text shown so far."""
        await self.storage.posts.save(self.ticket, self.event, part, body)

    async def final(self, part: int, body: str) -> None:
        """Store the whole text of a part, as it shall stay."""
        await self.storage.posts.final(self.ticket, replace(self._part(part), body=body))

    def _part(self, part: int) -> Post:
        return self._parts.get(part) or Post(self.event, part, "message")


@dataclass(frozen=True, slots=True)
class TurnCalls:
    """The call ledger of one turn."""

    storage: Storage
    ticket: Ticket

    async def begin(self, line: Line) -> Line | None:
        """Write the line, or return the one that already stands under its id."""
        call = Call(
            id=line.id,
            event=line.event,
            name=line.name,
            arguments=line.arguments,
            effect=line.effect,
            key=line.key,
            user=line.user,
        )
        earlier = await self.storage.calls.begin(self.ticket, call)
        return _line(earlier) if earlier else None

    async def end(self, id: str, state: CallState, result: str) -> None:
        """Note how the call ended."""
        await self.storage.calls.end(self.ticket, id, state, result)


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
    )
