"""What functions without Python behind them have in common: a JSON Schema, and work elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from functions._entry import Entry
from functions._errors import DeclarationError
from functions._faults import Faults
from functions._jsonschema.arguments import read
from functions._jsonschema.check import Checker


@dataclass(frozen=True, slots=True)
class Held(Entry):
    """One such function on offer; its kind adds where it comes from and what it does."""

    checker: Checker

    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the checked values and the arguments as clean JSON, or raise `Refused`."""
        return read(self.name, text, self.checker, self.further_faults)

    def further_faults(self, values: dict[str, Any]) -> Faults:
        """Return faults of the arguments that no schema tells of."""
        return {}


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Begin what is refused inside the block with the function's name."""
    try:
        yield
    except DeclarationError as error:
        text = str(error).removeprefix(f"{name}: ")
        raise DeclarationError(f"{name}: {text}") from None
