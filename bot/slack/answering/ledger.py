"""The call ledger in storage as functions ask for it, with the ticket of a turn filled in."""

from dataclasses import dataclass

from functions import File, Line
from storage import Storage
from storage.records import Attachment, Call, CallState, Ticket


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
        kept = [Attachment(one.name, one.mimetype, one.data) for one in files]
        await self.storage.calls.end(self.ticket, id, state, result, kept)


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
