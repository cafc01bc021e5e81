"""A function made ready for the model: its signature read, its arguments modelled, its tool entry.

Made once, when a registry takes the function in; from then on nothing about it is looked up.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import CodeType
from typing import Any

from functions._context import Context
from functions._declaring.function import Function
from functions._declaring.schema import Schema, strict_obstacle
from functions._declaring.signature import read
from functions._declaring.validation import prepare
from functions._entry import Entry
from functions._errors import DeclarationError
from functions._results.plain import bounded, clean
from functions._rules import Rules

PREFIX = "functions_in_"  # of the packages that folders are imported as
DESCRIPTION_LIMIT = 1024
SAID = 300


def _codes(call: Any) -> Iterator[CodeType]:
    """Yield the code of a callable, and of what it is wrapped around."""
    while call is not None:
        code = getattr(call, "__code__", None) or getattr(type(call).__call__, "__code__", None)
        if isinstance(code, CodeType):
            yield code
        call = call.func if isinstance(call, partial) else getattr(call, "__wrapped__", None)


def _spelt(code: CodeType) -> list[Any]:
    """Write code so that it is the same in every process, wherever in its file it stands."""
    return [code.co_code.hex(), code.co_names, [_constant(one) for one in code.co_consts]]


def _constant(value: Any) -> Any:
    if isinstance(value, CodeType):
        return _spelt(value)
    return repr(sorted(map(repr, value)) if isinstance(value, frozenset) else value)


def declare(function: Function[..., Any]) -> Entry:
    """Make a function ready, or refuse it with a sentence for its author."""
    if not isinstance(function, Function):
        raise DeclarationError(f"{function!r} is not declared: put @function on it.")
    rules = function.rules
    try:
        signature = read(function.wrapped, function.names)
        if len(signature.shown) == len(signature.parameters):  # it sees no `context.dry_run`
            rules = replace(rules, dry_run=False)
        arguments = prepare(signature, function.module, function.names)
        tool = tool_of(rules, signature.summary, arguments.schema)
    except DeclarationError as error:
        raise DeclarationError(f"{rules.name}: {error}") from error
    except Exception as error:  # an annotation or default may be of any class and raise anything
        said = clean(f"{type(error).__name__}: {error}").partition("\n")[0][:SAID]
        raise DeclarationError(f"{rules.name}: its types cannot be read: {said}") from error

    def run(values: dict[str, Any], context: Context) -> Any:
        positional, named = signature.bind(values, context)
        return function.wrapped(*positional, **named)

    package, _, file = function.module.rpartition(".")
    code = [_spelt(one) for one in _codes(function.wrapped)]
    return Entry(
        rules=rules,
        tool=tool,
        origin=f"{file}.py" if package.startswith(PREFIX) else function.module,
        definition=json.dumps([function.module, tool, code]),
        read=arguments.read,
        run=run,
        function=function,
        defaults=signature.defaults,
        is_async=signature.is_async,
    )


def tool_of(rules: Rules, summary: str, schema: Schema) -> dict[str, Any]:
    """Return the entry of OpenAI's `tools`, strict where that loses nothing."""
    description = rules.description or summary or rules.title
    entry: dict[str, Any] = {
        "name": rules.name,
        "description": bounded(description, DESCRIPTION_LIMIT),
        "parameters": schema,
    }
    obstacle = strict_obstacle(schema)
    if rules.strict and obstacle:
        raise DeclarationError(
            f"strict=True would change what it takes: {obstacle}. Make every parameter required "
            "and of a plain type, or leave strict out."
        )
    if rules.strict is not False and obstacle is None:
        entry["strict"] = True
    return {"type": "function", "function": entry}
