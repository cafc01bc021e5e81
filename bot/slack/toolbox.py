"""The functions of one turn: the registry seen through who asks and where.

Joins three rooms that do not know each other: the turn's `Tools`, the `functions` registry, and the
call ledger in storage, whose writes carry the turn's ticket.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.events import FunctionProgress, TurnEvent
from bot.chat.turn import Outcome
from functions import Context, Registry
from functions.ledger import Line
from storage import Storage
from storage.records import Call, Ticket, ToolCall


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What one turn may call; `draw` shows progress to people."""

    registry: Registry
    context: Context
    event: str
    draw: Callable[[TurnEvent], None]

    def offered(self) -> list[dict[str, Any]]:
        """Return OpenAI's `tools` entries for the person who asked."""
        return self.registry.tools(self.context)

    def title(self, name: str) -> str:
        """Return what people call this function."""
        return self.registry.title(name)

    async def call(self, call: ToolCall, step: int, index: int) -> Outcome:
        """Run one call with the rights of the person who asked."""

        async def report(text: str) -> None:
            self.draw(FunctionProgress(call.id, text))

        context = replace(self.context.for_call(self.event, step, index), report=report)
        result = await self.registry.call(call.name, call.arguments, context)
        return Outcome(result.text, result.ok, result.note)


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """The call ledger of one turn, in storage."""

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

    async def end(self, id: str, state: str, result: str) -> None:
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
