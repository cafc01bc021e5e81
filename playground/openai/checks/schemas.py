"""Checks of a function's `parameters`, and the stricter ones of `strict: true`."""

from collections.abc import Iterator
from typing import Any

from playground.openai.errors import ApiError, bad_request

MAX_DEPTH = 10
MAX_PROPERTIES = 5_000


def check_schema(definition: dict[str, Any], param: str) -> None:
    """Refuse parameters that are no object schema, or not strict enough."""
    schema = definition.get("parameters")
    if schema is None:
        return
    name = definition["name"]
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind != "object":
        shown = f'"{kind}"' if kind else "None"
        said = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {shown}'."
        raise refused(name, said, param)
    if definition.get("strict"):
        for place, part in parts_of(schema):
            check_strict(part, place, name, param)


def refused(name: str, reason: str, param: str) -> ApiError:
    """Refuse a schema."""
    return bad_request(
        f"Invalid schema for function '{name}': {reason}",
        f"{param}.parameters",
        "invalid_function_parameters",
    )


def parts_of(schema: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Walk over a schema and the schemas inside it."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for group in ("properties", "$defs", "definitions"):
        for key, inner in (schema.get(group) or {}).items():
            yield from parts_of(inner, (*place, group, key))
    for key in ("anyOf", "oneOf", "allOf"):
        for number, inner in enumerate(schema.get(key) or ()):
            yield from parts_of(inner, (*place, key, str(number)))
    yield from parts_of(schema.get("items"), (*place, "items"))


def check_strict(schema: dict[str, Any], place: tuple[str, ...], name: str, param: str) -> None:
    """Apply the rules of strict mode to one schema."""
    context = "(" + ", ".join(f"'{word}'" for word in place) + ")"
    if "default" in schema:
        raise refused(name, f"In context={context}, 'default' is not permitted.", param)
    if len(place) > 2 * MAX_DEPTH:
        raise refused(name, f"{len(place) // 2} levels of nesting exceeds limit of 10.", param)
    if schema.get("type") != "object":
        return
    if schema.get("additionalProperties") is not False:
        said = "'additionalProperties' is required to be supplied and to be false."
        raise refused(name, f"In context={context}, {said}", param)
    properties = schema.get("properties") or {}
    lacking = [key for key in properties if key not in (schema.get("required") or ())]
    if lacking or len(properties) > MAX_PROPERTIES:
        said = "'required' is required to be supplied and to be an array including every key in"
        raise refused(name, f"In context={context}, {said} properties. Missing {lacking}.", param)
