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
    for place, part in parts_of(schema):
        check_items(part, place, name, param)
        if definition.get("strict"):
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
    for key in ("items", "additionalProperties"):
        yield from parts_of(schema.get(key), (*place, key))


def context(place: tuple[str, ...]) -> str:
    """Say where a schema stands, as OpenAI does."""
    return f"In context={place}"


def check_items(schema: dict[str, Any], place: tuple[str, ...], name: str, param: str) -> None:
    """Refuse an array that does not say what is in it."""
    kinds = schema.get("type")
    if "array" in (kinds if isinstance(kinds, list) else [kinds]) and "items" not in schema:
        raise refused(name, f"{context(place)}, array schema missing items.", param)


def check_strict(schema: dict[str, Any], place: tuple[str, ...], name: str, param: str) -> None:
    """Apply the rules of strict mode to one schema."""
    if "default" in schema:
        raise refused(name, f"{context(place)}, 'default' is not permitted.", param)
    if len(place) > 2 * MAX_DEPTH:
        raise refused(name, f"{len(place) // 2} levels of nesting exceeds limit of 10.", param)
    if schema.get("type") != "object":
        return
    if schema.get("additionalProperties") is not False:
        said = "'additionalProperties' is required to be supplied and to be false."
        raise refused(name, f"{context(place)}, {said}", param)
    properties = schema.get("properties") or {}
    lacking = [key for key in properties if key not in (schema.get("required") or ())]
    if lacking or len(properties) > MAX_PROPERTIES:
        said = "'required' is required to be supplied and to be an array including every key in"
        raise refused(name, f"{context(place)}, {said} properties. Missing {lacking}.", param)
