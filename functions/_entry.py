"""What the registry holds: anything that can be offered to the model and called, of any origin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions._context import Context
from functions._rules import Rules

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One function on offer: its options, and its entry of OpenAI's `tools`.

    `origin` tells people where it comes from: a module, or the host that it asks. `definition` is
    what decides, beside the arguments, what a call does; an approval is bound to it. `read` takes
    the arguments as text and returns the checked values and, as JSON, what was given, or raises
    `BadArguments`. `run` makes the call, and returns a coroutine if it `is_async`. `defaults` are
    the values, by parameter, that `read` leaves to the function itself. `function` is what an
    author or an admin wrote; `off` says why nobody may call it now.
    """

    rules: Rules
    tool: dict[str, Any]
    origin: str
    definition: str
    read: Callable[[str | bytes | None], tuple[Values, str]]
    run: Callable[[Values, Context], Any]
    function: Any
    defaults: Mapping[str, Any] = field(default_factory=dict)
    is_async: bool = True
    off: str = ""

    @property
    def name(self) -> str:
        """Return the name under which the model calls it."""
        return self.rules.name
