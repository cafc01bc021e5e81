"""What functions without Python behind them have in common: a JSON Schema, and work elsewhere.

The parameters are given as a schema, which is admitted first; arguments are held to it.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from functions._arguments import BadArguments, parse
from functions._context import Context
from functions._declaring.declared import tool_of
from functions._declaring.schema import Schema, spell_out
from functions._entry import Entry, Values
from functions._errors import DeclarationError
from functions._faults import Faults, tell
from functions._held.definition import Definition
from functions._held.headers import check_secret
from functions._jsonschema.check import Checker
from functions._jsonschema.closing import close, filled, loosened, without_nulls
from functions._jsonschema.dialect import parameters
from functions._jsonschema.rules import admit, refuse_size
from functions._jsonschema.tree import pointed, subschemas

DEPTH = 32
AROUND = {"$ref", "$defs", "definitions", "$schema", "title", "description"}
OUTER = ("anyOf", "oneOf", "allOf", "not", "enum", "$ref")


def held(
    function: Definition,
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
    rules = function.rules()
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


def read(
    text: str | bytes | None,
    checker: Checker,
    further: Callable[[dict[str, Any]], Faults] | None = None,
) -> tuple[dict[str, Any], str]:
    """Return the checked values and, as JSON, what counts of the arguments.

    `further` looks for faults that no schema tells of.

    Raises:
        BadArguments: they are wrong; its text tells every fault.
    """
    given, _ = parse(text, DEPTH)
    given = without_nulls(given, [checker.root], checker)
    values = filled(given, checker)
    faults = checker.faults(values) or (further(values) if further else {})
    if faults:
        raise BadArguments(tell(faults))
    return values, json.dumps(given, ensure_ascii=False)


def admitted(schema: dict[str, Any], *, loosely: bool = False) -> dict[str, Any]:
    """Return the schema as it is shown to the model and enforced: an object without other keys.

    `loosely` leaves out what cannot be enforced, where whoever wrote it checks the rest.

    Raises:
        DeclarationError: it is no schema that we, and models, can follow; its text says why.
    """
    refuse_size(schema)
    try:
        schema = parameters(schema)
        schema = loosened(schema) if loosely else schema
    except RecursionError:
        raise DeclarationError("the schema is nested too deep.") from None
    admit(schema)
    schema = _opened(schema)
    _refuse_shape(schema)
    made = _shown(schema)
    unnamed = [name for name in made.get("required", ()) if name not in made["properties"]]
    if unnamed and made.get("additionalProperties") is False:
        raise DeclarationError(
            f"the schema requires {unnamed[0]} and does not describe it, so no call could be right."
        )
    return made


def _opened(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema refers to if it does nothing else, as pydantic's of a tree does."""
    whole = pointed(schema, schema.get("$ref", "#"))
    if not isinstance(whole, dict) or not schema.keys() <= AROUND:
        return schema
    return {**whole, **{word: one for word, one in schema.items() if word != "$ref"}}


def _refuse_shape(schema: dict[str, Any]) -> None:
    """Refuse what models do not take as the parameters of a function."""
    if schema.get("type", "object") != "object":
        raise DeclarationError("the schema of the parameters must be of the type object.")
    outer = next((word for word in OUTER if word in schema), None)
    if outer:
        raise DeclarationError(
            f"the schema of the parameters has {outer} at the top, which models do not take: put "
            "it inside of a parameter."
        )


def _shown(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with all that goes without saying."""
    made = {"type": "object", "properties": {}, **schema}
    made.pop("$schema", None)
    close(made)
    checker = Checker(made)
    for rule in made["properties"].values():
        default = rule.get("default") if isinstance(rule, dict) else None
        if default is not None and not checker.accepts(default, rule):
            del rule["default"]  # which would be shown, and never be sent
    inner = list(subschemas(made))
    if not any("unevaluatedItems" in node for node in inner):  # to which `items` would matter
        for node in inner:
            spell_out(node)
    return made
