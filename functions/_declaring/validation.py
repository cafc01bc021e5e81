"""Check arguments against a signature with one pydantic model of neutral field names.

The fields are called f0, f1, ... and carry the parameter's name as alias, so that no legal name
(`schema`, `copy`, `model_config`, `_from`) meets a name of pydantic's. Types are checked as JSON
has them: the text "5" is not a number.

Arguments are held to the schema that the model was shown, too. pydantic is laxer than its own
schemas in a few places: `true` passes for `Literal[1]`, an object for a named tuple, `"0"` for a
date, a list with repeats for a set, `"1_000"` for a decimal, a second name for a field, `"%"` for
base64. It takes more forms of dates than the formats of JSON Schema name.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import (
    PydanticInvalidForJsonSchema,
    PydanticSchemaGenerationError,
    PydanticUserError,
)
from pydantic_core import SchemaError, to_jsonable_python

from functions._arguments import DEPTH_LIMIT, BadArguments, parse
from functions._callables import unbound
from functions._declaring.schema import (
    Schema,
    branching,
    generate,
    holds_secret,
    takes_decimal,
    takes_more,
)
from functions._declaring.signature import EMPTY, Parameter, Signature
from functions._errors import DeclarationError
from functions._faults import Faults, add, tell
from functions._jsonschema import formats
from functions._jsonschema.check import Checker, Formats
from functions._jsonschema.closing import without_nulls

TRIES = 1024
UNUSABLE = (
    *(PydanticUserError, PydanticSchemaGenerationError, SchemaError),
    *(TypeError, NameError),
)
CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False, protected_namespaces=())
BEFORE = ("function-before", "function-wrap")  # kinds of pydantic's core schemas
CLASS = re.compile(r"<class '(?:[^']*\.)?(\w+)'>")
KEPT = ("date", "date-time", "time", "uuid", "ipv4", "ipv6")  # of which pydantic takes more forms
FORMATS: Formats = {name: formats.FORMATS[name] for name in KEPT} | {
    name: (re.compile(pattern, re.ASCII | re.DOTALL).fullmatch, f"{noun} such as {example}")
    for name, pattern, noun, example in (
        ("duration", r"[+-]?P.+", "a duration", "PT1H30M"),
        ("base64", r"[A-Za-z0-9+/\s]*+={0,2}\s*", "base64", "SGVsbG8="),
        ("base64url", r"[\w+/\s-]*+={0,2}\s*", "base64", "SGVsbG8="),
    )
}


class Arguments:
    """The arguments of one function: their model, their schema and the way back to its names."""

    def __init__(
        self, model: type[BaseModel], fields: Mapping[str, Parameter], schema: Schema
    ) -> None:
        self.schema = schema
        self._model = model
        self._fields = fields
        self._checker = Checker(schema, FORMATS)
        self._extra: Literal["forbid"] | None = None if takes_more(schema) else "forbid"
        self._depth = _depth(schema)
        self._exact = takes_decimal(schema)
        self._reshapes = _reshapes(model.__pydantic_core_schema__)

    def read(self, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the values by parameter name, and as JSON what counts of the text.

        A null where none is allowed means: not given.

        Raises:
            BadArguments: they are wrong; its text tells every fault.
        """
        given, clean = parse(text, self._depth, exact=self._exact)
        found, faults = self._validated(given, clean)
        if faults and b"null" in clean:
            given = without_nulls(given, [self.schema], self._checker)
            clean = json.dumps(given, ensure_ascii=False).encode()
            found, faults = self._validated(given, clean)
        if found is None or faults:
            raise BadArguments(tell(faults))
        named = {
            one.name: getattr(found, field)
            for field, one in self._fields.items()
            if field in found.model_fields_set or one.default is EMPTY
        }
        return {**named, **(found.model_extra or {})}, clean.decode()

    def accepts(self, shown: str, value: Any) -> bool:
        """Say whether one value alone is accepted, whatever else may be missing."""
        _, faults = self._validated(*parse(json.dumps({shown: value})))
        return not any(path[:1] == (shown,) for path in faults)

    def _validated(
        self, given: dict[str, Any], clean: bytes, *, strict: bool = True
    ) -> tuple[BaseModel | None, Faults]:
        faults = self._checker.faults(given)
        try:
            found = self._model.model_validate_json(
                clean, strict=strict, extra=self._extra, by_alias=True, by_name=False
            )
        except ValidationError as error:
            if strict and not faults and self._reshapes:
                return self._validated(given, clean, strict=False)
            add(faults, error, given)
            return None, faults
        return found, faults


def prepare(signature: Signature, module: str, names: Mapping[str, Any]) -> Arguments:
    """Build the model of a signature, or refuse it with a sentence for its author."""
    shown = [one.shown for one in signature.shown]
    for name in shown:
        if shown.count(name) > 1:
            raise DeclarationError(f"two of its parameters are both shown as {name}: rename one.")
    fields = {f"f{number}": one for number, one in enumerate(signature.shown)}
    build = partial(_build, module, names)
    try:
        model = build(fields, signature.rest)
        schema = generate(model)
    except UNUSABLE as error:
        raise DeclarationError(_blame(fields, build) or _reason(error)) from error
    for one in fields.values():
        if one.shown not in schema["properties"]:
            raise DeclarationError(
                f"the parameter {one.name} cannot be used: its type is not that of a value."
            )
    _describe_rest(schema, signature)
    arguments = Arguments(model, fields, schema)
    for one in fields.values():
        _add_default(arguments, one)
    return arguments


def _describe_rest(schema: Schema, signature: Signature) -> None:
    """Say of further keys what they are for, and which cannot be."""
    if signature.rest is None:
        return
    values = schema["additionalProperties"]
    if signature.rest.description and isinstance(values, dict):
        schema["additionalProperties"] = {**values, "description": signature.rest.description}
    if signature.taken:
        schema["propertyNames"] = {"not": {"enum": list(signature.taken)}}


def _depth(schema: Schema) -> int:
    """Return how deep arguments may be nested so that trying out unions stays bounded."""
    members = branching(schema)
    return DEPTH_LIMIT if members == 1 else max(int(math.log(TRIES, members)), 4)


def _reshapes(schema: Any) -> bool:
    """Tell whether code of an author's goes before a check of pydantic's own.

    What it is given and gives are objects of Python, of which a strict check takes no text for a
    date and no list for a set: such arguments, which fit the schema, are checked leniently then.
    """
    if isinstance(schema, list | tuple):
        return any(map(_reshapes, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") in BEFORE:
        call = unbound(schema["function"]["function"])
        if not str(getattr(call, "__module__", "")).startswith("pydantic."):
            return True
    return any(_reshapes(inner) for name, inner in schema.items() if name != "serialization")


def _build(
    module: str,
    names: Mapping[str, Any],
    fields: Mapping[str, Parameter],
    rest: Parameter | None = None,
) -> type[BaseModel]:
    definitions: dict[str, Any] = {field: _field(one) for field, one in fields.items()}
    config = CONFIG
    if rest is not None:
        config = {**CONFIG, "extra": "allow"}
        definitions["__pydantic_extra__"] = dict[str, rest.annotation]  # type: ignore[name-defined]
    model: type[BaseModel] = create_model(
        "Arguments", __config__=config, __module__=module, **definitions
    )
    model.model_rebuild(_types_namespace=dict(names))
    return model


def _field(one: Parameter) -> tuple[Any, Any]:
    """Give a parameter's type and its field; its default stays with the function itself."""
    rules: dict[str, Any] = {} if one.default is EMPTY else {"default": None}  # for: not given
    return one.annotation, Field(alias=one.shown, description=one.description or None, **rules)


def _add_default(arguments: Arguments, one: Parameter) -> None:
    """Show the default to the model if it can be written as JSON and is itself accepted."""
    if one.shown is None or one.default is EMPTY:
        return
    rule = arguments.schema["properties"][one.shown]
    rule.pop("default", None)
    if one.default is not None and holds_secret(rule, arguments.schema):
        return
    with suppress(Exception):  # one that JSON cannot hold is not shown, whatever its class raises
        value = to_jsonable_python(one.default)
        if arguments.accepts(one.shown, value):
            rule["default"] = value


def _blame(fields: Mapping[str, Parameter], build: Callable[..., type[BaseModel]]) -> str | None:
    """Find the parameter that cannot be used by trying each alone."""
    for one in fields.values():
        try:
            generate(build({"f0": one}))
        except UNUSABLE as error:
            return f"the parameter {one.name} cannot be used: {_reason(error)}"
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, PydanticInvalidForJsonSchema):
        if not error.message.startswith("Cannot generate"):  # our own words
            return f"{error.message}."
        reason = "what it takes cannot be described as JSON"
    elif isinstance(error, SchemaError):  # it tells from outside inwards
        return str(error).rsplit("\n", 1)[-1].strip()
    elif isinstance(error, PydanticSchemaGenerationError):
        unknown = str(error).partition(" schema for ")[2].partition(". Set `arb")[0]
        named = CLASS.sub(r"\1", unknown)
        reason = f"what it takes ({named}) cannot be described as JSON"
    else:
        return str(error).partition("\n")[0].rstrip(".") + "."
    return (
        f"{reason}. Use types that JSON can hold (str, int, float, bool, list, dict, "
        "Literal, Enum, dates, dataclasses, TypedDict, pydantic models) and make the object inside "
        "the function."
    )
