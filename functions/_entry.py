"""What the registry holds: anything that can be offered to the model and called, of any origin."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions._context import Context
from functions._permission import refusal
from functions._rules import Rules

DOUBT = " It may have taken effect nevertheless: do not repeat it unasked."


@dataclass(frozen=True, slots=True)
class Entry(ABC):
    """One function on offer: its options, and its entry of OpenAI's `tools`."""

    rules: Rules
    tool: dict[str, Any]

    @property
    def name(self) -> str:
        """Return the name under which the model calls it."""
        return self.rules.name

    @property
    @abstractmethod
    def origin(self) -> str:
        """Tell people where it comes from: a module, or the host that it asks."""

    @property
    @abstractmethod
    def definition(self) -> str:
        """Tell what decides, beside the arguments, what a call does; an approval is bound to it."""

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Return the values, by parameter, that `read` leaves to the function itself."""
        return {}

    @property
    def is_async(self) -> bool:
        """Tell whether its work is a coroutine."""
        return True

    @property
    def doubt(self) -> str:
        """Return what to say of a call whose end is not known."""
        return "" if self.rules.effect == "read" else DOUBT

    def refusal(self, context: Context) -> str | None:
        """Say why this person may not call it here, or None if they may."""
        return refusal(self.name, self.rules.who, self.rules.where, context)

    @abstractmethod
    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the checked values and, as JSON, what was given; or raise `Refused`."""

    @abstractmethod
    def work(self, values: dict[str, Any], context: Context) -> Callable[[], Any]:
        """Return the call, ready to be run."""
