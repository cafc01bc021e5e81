"""Kinds of one thing that a document tells apart by a key, its `discriminator`."""

from collections.abc import Iterator
from typing import Any

from functions._openapi.document import CannotTake, Document

DEPTH = 5


def told_apart(schema: dict[str, Any], document: Document) -> dict[str, Any]:
    """Return a schema whose forms each hold their own value of the key that tells them apart."""
    key = schema.get("discriminator")
    word = "oneOf" if "oneOf" in schema else "anyOf"
    forms = schema.get(word)
    if not isinstance(key, dict) or not isinstance(key.get("propertyName"), str):
        return schema
    if not isinstance(forms, list):
        return schema
    mapping = key.get("mapping")
    named = mapping if isinstance(mapping, dict) else {}
    return {**schema, word: [_marked(one, key["propertyName"], named, document) for one in forms]}


def _marked(form: Any, key: str, mapping: dict[str, Any], document: Document) -> Any:
    reference = form.get("$ref") if isinstance(form, dict) else None
    if not isinstance(reference, str):
        return form
    bare = reference.rpartition("/")[2]
    names = [name for name, to in mapping.items() if to in (reference, bare)] or [bare]
    allowed = list(_values(form, key, document, DEPTH))
    if allowed:
        names = [name for name in names if all(name in one for one in allowed)]
    if not names or any(len(one) == 1 for one in allowed):
        return form
    own = {"type": "object", "properties": {key: {"enum": names}}, "required": [key]}
    return {"allOf": [form, own]}


def _values(form: Any, key: str, document: Document, depth: int) -> Iterator[list[Any]]:
    """Yield the values that a form, or what it is made of, allows for the key."""
    if depth == 0:
        return
    try:
        node = document.resolved(form)
    except CannotTake:
        return
    properties = node.get("properties")
    rule = properties.get(key) if isinstance(properties, dict) else None
    if isinstance(rule, dict):
        rule = document.resolved(rule)
        if "const" in rule:
            yield [rule["const"]]
        elif isinstance(rule.get("enum"), list):
            yield rule["enum"]
    parts = node.get("allOf")
    for part in parts if isinstance(parts, list) else ():
        yield from _values(part, key, document, depth - 1)
