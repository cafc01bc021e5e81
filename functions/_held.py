"""What functions without Python behind them have in common: a JSON Schema, and work elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from functions._context import Context
from functions._errors import DeclarationError
from functions._faults import Faults
from functions._function import Rules
from functions._jsonschema.arguments import read
from functions._jsonschema.check import Checker
from functions._permission import refusal

DOUBT = " It may have taken effect nevertheless: do not repeat it unasked."


@dataclass(frozen=True, slots=True)
class Held:
    """One such function on offer; its kind adds where it comes from and what it does."""

    rules: Rules
    tool: dict[str, Any]
    checker: Checker

    @property
    def name(self) -> str:
        """Return the name under which the model calls it."""
        return self.rules.name

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Return nothing: what was not given is filled in where the arguments are read."""
        return {}

    @property
    def is_async(self) -> bool:
        """Tell that its work is a coroutine."""
        return True

    def refusal(self, context: Context) -> str | None:
        """Say why this person may not call it here, or None if they may."""
        return refusal(self.name, self.rules.who, self.rules.where, context)

    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the checked values and the arguments as clean JSON, or raise `Refused`."""
        return read(self.name, text, self.checker, self.further_faults)

    def further_faults(self, values: dict[str, Any]) -> Faults:
        """Return faults of the arguments that no schema tells of."""
        return {}

    @property
    def doubt(self) -> str:
        """Return what to say of a call whose end is not known."""
        return "" if self.rules.effect == "read" else DOUBT


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Begin what is refused inside the block with the function's name."""
    try:
        yield
    except DeclarationError as error:
        text = str(error).removeprefix(f"{name}: ")
        raise DeclarationError(f"{name}: {text}") from None
