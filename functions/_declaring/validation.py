"""Check arguments against a signature with one pydantic model of neutral field names.

The fields are called f0, f1, ... and carry the parameter's name as alias, so that no legal name
(`schema`, `copy`, `model_config`, `_from`) meets a name of pydantic's. Types are checked as JSON
has them: the text "5" is not a number.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import (
    PydanticInvalidForJsonSchema,
    PydanticSchemaGenerationError,
    PydanticUserError,
)
from pydantic.fields import FieldInfo
from pydantic_core import SchemaError, to_jsonable_python

from functions._arguments import DEPTH_LIMIT, BadArguments, parse
from functions._declaring.conform import checker
from functions._declaring.rest import Rest
from functions._declaring.schema import (
    Schema,
    branching,
    generate,
    holds_secret,
    takes_decimal,
    takes_more,
)
from functions._declaring.signature import ABSENT, EMPTY, Parameter, Signature
from functions._errors import DeclarationError
from functions._faults import Faults, add, tell
from functions._jsonschema.check import Checker
from functions._jsonschema.closing import without_nulls

TRIES = 1024
UNUSABLE = (
    *(PydanticUserError, PydanticSchemaGenerationError, SchemaError),
    *(TypeError, NameError),
)
CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False, protected_namespaces=())


class Refused(Exception):
    """Carry the text that tells the model what is wrong with its arguments."""


def parsed(
    name: str, text: str | bytes | None, depth: int, *, exact: bool = False
) -> tuple[dict[str, Any], bytes]:
    """Return the arguments of a call as an object and as clean JSON, or raise `Refused`."""
    try:
        return parse(text, depth, exact=exact)
    except BadArguments as error:
        raise Refused(f"{name} was not run. {error}") from None


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one function: their model, their schema and the way back to its names."""

    model: type[BaseModel]
    fields: Mapping[str, Parameter]
    schema: Schema
    checker: Checker
    extra: Literal["forbid"] | None
    depth: int
    exact: bool

    def read(self, name: str, text: str | bytes | None) -> tuple[dict[str, Any], str]:
        """Return the values by parameter name, and as JSON what counts of the text.

        A null where none is allowed means: not given.

        Raises:
            Refused: they are wrong; its text tells every fault.
        """
        given, clean = parsed(name, text, self.depth, exact=self.exact)
        found, faults = self._validated(given, clean)
        if faults and b"null" in clean:
            given = without_nulls(given, [self.schema], self.checker)
            clean = json.dumps(given, ensure_ascii=False).encode()
            found, faults = self._validated(given, clean)
        if found is None or faults:
            raise Refused(tell(name, faults))
        named = {
            one.name: getattr(found, field)
            for field, one in self.fields.items()
            if field in found.model_fields_set or not _has_own_default(one)
        }
        return {**named, **(found.model_extra or {})}, clean.decode()

    @property
    def defaults(self) -> dict[str, Any]:
        """Return the value of each parameter that need not be given, by its own name."""
        own = (one for one in self.fields.values() if _has_own_default(one))
        return {one.name: one.default for one in own if one.default is not ABSENT}

    def accepts(self, shown: str, value: Any) -> bool:
        """Say whether one value alone is accepted, whatever else may be missing."""
        _, faults = self._validated(*parse(json.dumps({shown: value})))
        return not any(path[:1] == (shown,) for path in faults)

    def _validated(self, given: dict[str, Any], clean: bytes) -> tuple[BaseModel | None, Faults]:
        faults = self.checker.faults(given)
        try:
            found = self.model.model_validate_json(
                clean, strict=True, extra=self.extra, by_alias=True, by_name=False
            )
        except ValidationError as error:
            add(faults, error, given)
            return None, faults
        return found, faults


def prepare(signature: Signature, module: str, names: Mapping[str, Any]) -> Arguments:
    """Build the model of a signature, or refuse it with a sentence for its author."""
    _refuse_twice(signature)
    fields = {f"f{number}": one for number, one in enumerate(signature.shown)}
    try:
        model = _build(fields, module, names, signature.rest)
        schema = generate(model)
    except UNUSABLE as error:
        raise DeclarationError(_blame(fields, module, names) or _reason(error)) from error
    for one in fields.values():
        if one.shown not in schema["properties"]:
            raise DeclarationError(
                f"the parameter {one.name} cannot be used: its type is not that of a value."
            )
    if signature.rest is not None:
        signature.rest.describe(schema)
    extra: Literal["forbid"] | None = None if takes_more(schema) else "forbid"
    arguments = Arguments(
        model, fields, schema, checker(schema), extra, _depth(schema), takes_decimal(schema)
    )
    for one in fields.values():
        _add_default(arguments, one)
    return arguments


def _depth(schema: Schema) -> int:
    """Return how deep arguments may be nested so that trying out unions stays bounded."""
    members = branching(schema)
    return DEPTH_LIMIT if members == 1 else max(int(math.log(TRIES, members)), 4)


def _build(
    fields: Mapping[str, Parameter], module: str, names: Mapping[str, Any], rest: Rest | None = None
) -> type[BaseModel]:
    definitions: dict[str, Any] = {field: _field(one) for field, one in fields.items()}
    config = CONFIG
    if rest is not None:
        config = {**CONFIG, "extra": "allow"}
        definitions["__pydantic_extra__"] = dict[str, rest.annotation]  # type: ignore[name-defined]
    model: type[BaseModel] = create_model(
        "Arguments", __config__=config, __module__=module or __name__, **definitions
    )
    model.model_rebuild(_types_namespace=dict(names)) if names else model.model_rebuild()
    return model


def _field(one: Parameter) -> tuple[Any, Any]:
    """Give a parameter's type and its field; a plain default stays with the function itself."""
    annotation = one.annotation
    own = one.default if isinstance(one.default, FieldInfo) else None
    if own is not None:
        annotation = Annotated[annotation, own]
    rules: dict[str, Any] = {
        "alias": one.shown,
        "validation_alias": one.shown,
        "description": one.description or None,
    }
    if _has_own_default(one):
        rules["default"] = None  # stands for: not given
    return annotation, Field(**rules)


def _refuse_twice(signature: Signature) -> None:
    shown = [one.shown for one in signature.shown]
    twice = next((name for name in shown if shown.count(name) > 1), None)
    if twice:
        raise DeclarationError(f"two of its parameters are both shown as {twice}: rename one.")


def _add_default(arguments: Arguments, one: Parameter) -> None:
    """Show the default to the model if it can be written as JSON and is itself accepted."""
    if one.shown is None or not _has_own_default(one):
        return
    rule = arguments.schema["properties"][one.shown]
    rule.pop("default", None)
    if one.default is not None and holds_secret(rule, arguments.schema):
        return
    try:
        value = to_jsonable_python(one.default)
        accepted = arguments.accepts(one.shown, value)
    except Exception:  # a default that JSON cannot hold is not shown, whatever its class raises
        return
    if accepted:
        rule["default"] = value


def _has_own_default(one: Parameter) -> bool:
    return one.default is not EMPTY and not isinstance(one.default, FieldInfo)


def _blame(fields: Mapping[str, Parameter], module: str, names: Mapping[str, Any]) -> str | None:
    """Find the parameter that cannot be used by trying each alone."""
    for one in fields.values():
        try:
            generate(_build({"f0": one}, module, names))
        except UNUSABLE as error:
            return f"the parameter {one.name} cannot be used: {_reason(error)}"
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, PydanticInvalidForJsonSchema):
        reason = error.message
    elif isinstance(error, SchemaError):  # it tells from outside inwards
        return str(error).rsplit("\n", 1)[-1].strip()
    else:
        reason = str(error).split("\n", 1)[0].partition(". Set `arb")[0]
    return (
        f"{reason.rstrip('.')}. Use types that JSON can hold (str, int, float, bool, list, dict, "
        "Literal, Enum, dates, dataclasses, TypedDict, pydantic models) and make the object inside "
        "the function."
    )
