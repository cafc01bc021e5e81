"""The functions of one turn: the registry seen through who asks and where.

Joins two rooms that do not know each other: the turn's `Tools` and the `functions` registry.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.events import FunctionProgress, TurnEvent
from bot.chat.turn import Outcome
from functions import Context, Registry
from storage.records import ToolCall

_SHOWN = 60  # characters of an argument


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

    def title(self, call: ToolCall) -> str:
        """Return the function's title with the arguments of this call, in one short line."""
        title = self.registry.title(call.name)
        given = _given(call.arguments)
        return f"{title} ({given})" if given else title

    async def call(self, call: ToolCall, step: int, index: int) -> Outcome:
        """Run one call with the rights of the person who asked."""

        async def report(text: str) -> None:
            self.draw(FunctionProgress(call.id, text))

        context = replace(self.context.for_call(self.event, step, index), report=report)
        result = await self.registry.call(call.name, call.arguments, context)
        return Outcome(result.text, result.ok, result.note)


def _given(arguments: str) -> str:
    """Return a call's arguments for people: values alone, a long one cut."""
    try:
        values = json.loads(arguments or "{}")
        if not isinstance(values, dict):
            return ""
        texts = [one if isinstance(one, str) else json.dumps(one) for one in values.values()]
    except (ValueError, RecursionError):
        return ""
    return ", ".join(text if len(text) <= _SHOWN else text[:_SHOWN] + "…" for text in texts)
