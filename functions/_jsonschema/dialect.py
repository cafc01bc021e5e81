"""Schemas in the words of programming languages, put into those of JSON Schema.

Public collections of function definitions, and people, write `dict`, `float` or `HashMap` for a
type, `required` beside a parameter and `optional` or `nullable`. What is meant is plain, so it is
translated where the schema is taken in, and shown to the admin as the model will see it.
"""

from collections.abc import Mapping
from typing import Any

from functions._jsonschema.rules import LISTS, MAPS, ONES, TYPES

WORDS: Mapping[str, str | None] = {
    **dict.fromkeys(("dict", "dictionary", "map", "hashmap", "hashtable", "mapping"), "object"),
    **dict.fromkeys(("list", "arraylist", "tuple", "set", "queue", "stack", "vector"), "array"),
    **dict.fromkeys(("float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("int", "long", "short", "byte", "bigint"), "integer"),
    **dict.fromkeys(("str", "text", "char", "character"), "string"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("none", "nonetype"), "null"),
    **{name: name for name in TYPES},
    "any": None,
}


def levelled(schema: Any) -> Any:
    """Return a schema with the words of JSON Schema, as a new value; what is unknown stays."""
    if not isinstance(schema, dict):
        return schema
    made = {keyword: _inner(keyword, value) for keyword, value in with_limits(schema).items()}
    _with_type(made)
    if isinstance(schema.get("properties"), dict):
        _with_required(made, schema["properties"])
    return made


def _inner(keyword: str, value: Any) -> Any:
    if keyword in MAPS and isinstance(value, dict):
        return {name: _without_marks(levelled(one)) for name, one in value.items()}
    if isinstance(value, list) and keyword in (*LISTS, "items"):
        return [levelled(one) for one in value]
    return levelled(value) if keyword in ONES else value


def _without_marks(schema: Any) -> Any:
    """Take from a parameter what is said of it where its owner lists what is required."""
    if isinstance(schema, dict):
        for keyword in ("required", "optional"):
            if isinstance(schema.get(keyword), bool):
                del schema[keyword]
    return schema


def _with_type(schema: dict[str, Any]) -> None:
    found = schema.get("type")
    if found is None:
        return
    names = [_word(one) for one in (found if isinstance(found, list) else [found])]
    if schema.pop("nullable", None) is True and "null" not in names:
        names.append("null")
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    if None in names:
        del schema["type"]
    else:
        schema["type"] = list(dict.fromkeys(names)) if len(names) > 1 else names[0]


def _word(name: Any) -> Any:
    return WORDS.get(name.lower(), name) if isinstance(name, str) else name


def with_limits(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with limits as since draft 6: the exclusive one is a number itself."""
    made = dict(schema)
    for word, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(word), bool):
            exclusive = made.pop(word)
            if exclusive and limit in made:
                made[word] = made.pop(limit)
    return made


def _with_required(schema: dict[str, Any], properties: dict[str, Any]) -> None:
    marked = [
        name
        for name, one in properties.items()
        if isinstance(one, dict) and one.get("required") is True
    ]
    named = schema.get("required") or []
    if marked and isinstance(named, list):
        schema["required"] = [*named, *(name for name in marked if name not in named)]


def translations(schema: Any) -> dict[str, str]:
    """Return the types that are written in other words, each with what it is taken for."""
    found: dict[str, str] = {}
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict | list):
            continue
        waiting.extend(node.values() if isinstance(node, dict) else node)
        kinds = node.get("type") if isinstance(node, dict) else None
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str) and (means := _word(kind)) != kind:
                found[kind] = means or "any value"
    return found
