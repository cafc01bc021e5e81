"""Checks of JSON Schemas: a function's parameters, the form of an answer, `strict: true`."""

from collections.abc import Iterator
from typing import Any

Place = tuple[str, ...]
MAX_DEPTH = 10
MAX_PROPERTIES = 5_000
GROUPS = ("properties", "$defs", "definitions")
UNIONS = ("anyOf", "oneOf", "allOf")
LISTS = (*UNIONS, "enum", "required")
SHAPES = {**dict.fromkeys(GROUPS, dict), **dict.fromkeys(LISTS, list), "$ref": str}


def fault_of(schema: Any, *, strict: bool) -> str | None:
    """Say, as OpenAI does, why this is no schema of an object, or not strict enough."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind != "object":
        shown = f'"{kind}"' if kind else "None"
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {shown}'."
    for place, part in parts_of(schema):
        if said := shape_fault(part) or (strict and strict_fault(part, place)):
            return f"In context={place}, {said}"
    return None


def parts_of(schema: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Walk over a schema and the schemas inside it."""
    yield place, schema
    if not isinstance(schema, dict):
        return
    for group in GROUPS:
        for key, inner in schema.get(group, {}).items():
            yield from parts_of(inner, (*place, group, key))
    for key in UNIONS:
        for number, inner in enumerate(schema.get(key, ())):
            yield from parts_of(inner, (*place, key, str(number)))
    for key in ("items", "additionalProperties"):
        if key in schema:
            yield from parts_of(schema[key], (*place, key))


def shape_fault(schema: Any) -> str | None:
    """Say why this is no schema, or an array that does not say what is in it."""
    if isinstance(schema, bool):
        return None
    if not isinstance(schema, dict):
        return f"{schema!r} is not of type 'object', 'boolean'."
    for key, kind in SHAPES.items():
        if not isinstance(schema.get(key, kind()), kind):
            return f"{schema[key]!r} is not what '{key}' may be."
    for name in schema.get("required", ()):
        if not isinstance(name, str):
            return f"{name!r} is not of type 'string'."
    kinds = schema.get("type")
    if "array" in (kinds if isinstance(kinds, list) else [kinds]) and "items" not in schema:
        return "array schema missing items."
    return None


def strict_fault(schema: Any, place: Place) -> str | None:
    """Apply the rules of strict mode to one schema."""
    if not isinstance(schema, dict):
        return None
    if "default" in schema:
        return "'default' is not permitted."
    if len(place) > 2 * MAX_DEPTH:
        return f"{len(place) // 2} levels of nesting exceeds limit of 10."
    if schema.get("type") != "object":
        return None
    if schema.get("additionalProperties") is not False:
        return "'additionalProperties' is required to be supplied and to be false."
    properties = schema.get("properties") or {}
    lacking = [key for key in properties if key not in (schema.get("required") or ())]
    if lacking or len(properties) > MAX_PROPERTIES:
        said = "'required' is required to be supplied and to be an array including every key in"
        return f"{said} properties. Missing {lacking}."
    return None
