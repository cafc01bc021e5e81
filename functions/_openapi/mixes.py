"""Schemas mixed of others, made plain where that is the same.

Documents write an object as `allOf` of its parts. Made plain, its keys become arguments, and a
misspelt one is told.
"""

from collections.abc import Mapping
from typing import Any

from functions._jsonschema.dialect import BESIDE, single

PART = {
    *("type", "properties", "required", "description", "additionalProperties", "default"),
    "discriminator",
}
Schema = dict[str, Any]


def followed(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return what a reference with nothing of weight beside it leads to."""
    for _ in range(len(definitions) + 1):
        if not isinstance(schema, dict) or schema.keys() - BESIDE != {"$ref"}:
            return schema
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def merged(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    """Return an `allOf` of plain objects as one object; any other mix as it is."""
    parts = schema.get("allOf")
    if not isinstance(parts, list) or not parts:
        return schema
    outer = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
    if (plain := single(schema)) is not schema:
        return plain
    found = [followed(one, definitions) for one in parts]
    if not all(map(_is_part, found)) or not _is_part(outer or {"type": "object"}):
        return schema
    made: Schema = {"type": "object", "properties": {}}
    required: dict[str, None] = {}
    for one in (*found, outer):
        required |= dict.fromkeys(one.get("required", ()))
        for name, inner in one.get("properties", {}).items():
            made["properties"][name] = _both(made["properties"].get(name, inner), inner)
        if one.get("additionalProperties", False) is not False and "discriminator" not in one:
            made["additionalProperties"] = one["additionalProperties"]
    if required:
        made["required"] = list(required)
    return {**made, **{word: outer[word] for word in BESIDE if word in outer}}


def _is_part(schema: Any) -> bool:
    if not isinstance(schema, dict) or not schema or not schema.keys() <= PART:
        return False
    return bool(schema.get("type", "object") == "object")


def _both(one: Any, other: Any) -> Any:
    """Return the schema of a key that two parts describe."""
    if one == other or not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    if all(one[word] == other[word] for word in one.keys() & other.keys() - {"description"}):
        return {**one, **other}
    return {"allOf": [one, other]}
