"""What functions without Python behind them have in common: a JSON Schema, and work elsewhere."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from functions._context import Context
from functions._declaring.declared import tool_of
from functions._declaring.schema import Schema
from functions._entry import Entry, Values
from functions._errors import DeclarationError
from functions._faults import Faults
from functions._held.arguments import read
from functions._held.definition import Definition
from functions._held.headers import check_secret
from functions._jsonschema.check import Checker
from functions._rules import Rules


def held(
    function: Definition,
    rules: Rules,
    schema: Schema,
    run: Callable[[Values, Context], Awaitable[Any]],
    *,
    origin: str,
    further: Callable[[Values], Faults] | None = None,
    off: str = "",
) -> Entry:
    """Return a function as it is offered, or refuse it with a sentence for whoever registers it.

    `run` makes a call; `further` looks for faults of the arguments that no schema tells of.
    """
    if not function.description.strip():
        raise DeclarationError("it needs a description, for the model to know when to call it.")
    if function.secret is not None:
        check_secret(function.secret)
    return Entry(
        rules=rules,
        tool=tool_of(rules, function.description, schema),
        origin=origin,
        definition=function.dump(),
        read=partial(read, checker=Checker(schema), further=further),
        run=run,
        function=function,
        off=off,
    )


def problem(declare: Callable[[], Entry]) -> str:
    """Return why a function cannot be made ready; "" if it can."""
    try:
        declare()
    except DeclarationError as error:
        return str(error)
    return ""
