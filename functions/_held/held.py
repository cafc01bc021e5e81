"""What functions without Python behind them have in common: a JSON Schema, and work elsewhere."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from functions._context import Context
from functions._declaring.declared import tool_of
from functions._declaring.schema import Schema
from functions._entry import Entry
from functions._errors import DeclarationError
from functions._faults import Faults
from functions._held.arguments import read
from functions._held.definition import Definition
from functions._held.headers import check_secret
from functions._jsonschema.check import Checker
from functions._rules import Rules


@dataclass(frozen=True, slots=True)
class Held(Entry):
    """One such function on offer; its kind adds where it comes from and what it does."""

    checker: Checker
    function: Definition

    @property
    def definition(self) -> str:
        """Tell what decides, beside the arguments, what a call does; an approval is bound to it."""
        return self.function.dump()

    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the checked values and, as JSON, what was given; or raise `Refused`."""
        return read(self.name, text, self.checker, self.further_faults)

    def further_faults(self, values: dict[str, Any]) -> Faults:
        """Return faults of the arguments that no schema tells of."""
        return {}

    def work(self, values: dict[str, Any], context: Context) -> Callable[[], Any]:
        """Return the call, ready to be run."""
        return partial(self.run, values, context)

    @abstractmethod
    async def run(self, values: dict[str, Any], context: Context) -> Any:
        """Make the call."""


def offer(
    function: Definition, schema: Schema, *, dry_run: bool = False
) -> tuple[Rules, dict[str, Any], Checker]:
    """Return the rules of a function, its entry of `tools` and what its arguments are held to."""
    if not function.description.strip():
        raise DeclarationError("it needs a description, for the model to know when to call it.")
    if function.secret is not None:
        check_secret(function.secret)
    rules = function.rules(dry_run=dry_run)
    return rules, tool_of(rules, function.description, schema), Checker(schema)


def problem(declare: Callable[[], Entry]) -> str:
    """Return why a function cannot be made ready; "" if it can."""
    try:
        declare()
    except DeclarationError as error:
        return str(error)
    return ""
