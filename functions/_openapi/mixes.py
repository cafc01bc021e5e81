"""Schemas mixed of others, made plain where that is the same, and closed where they can be.

Documents write an object as `allOf` of its parts, and say of no object that it takes nothing else.
Made plain, its keys become arguments, and a misspelt one is told.
"""

from collections.abc import Iterator, Mapping
from typing import Any

PART = {"type", "properties", "required", "description", "additionalProperties", "default"}
BESIDE = {"description", "default", "writeOnly", "deprecated"}
OWN = {"properties", "allOf", "patternProperties", "additionalProperties", "required"}
TOGETHER = ("allOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")
FORMS = ("anyOf", "oneOf")
INSIDE = (
    *("properties", "patternProperties", "items", "prefixItems", "additionalProperties"),
    *("additionalItems", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"),
)
Schema = dict[str, Any]


def followed(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return what a reference with nothing of weight beside it leads to."""
    for _ in range(len(definitions) + 1):
        if not (
            isinstance(schema, dict) and "$ref" in schema and schema.keys() - BESIDE == {"$ref"}
        ):
            return schema
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def merged(schema: Schema, definitions: Mapping[str, Any], bases: set[int]) -> Schema:
    """Return an `allOf` of plain objects as one object; any other mix as it is.

    `bases` are objects that are open only because others are made of them.
    """
    parts = schema.get("allOf")
    if not isinstance(parts, list) or not parts:
        return schema
    outer = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
    if len(parts) == 1 and outer.keys() <= BESIDE and isinstance(parts[0], dict):
        return {**parts[0], **outer}
    found = [followed(one, definitions) for one in parts]
    if not all(map(_is_part, found)) or not _is_part(outer or {"type": "object"}):
        return schema
    made: Schema = {"type": "object", "properties": {}}
    required: dict[str, None] = {}
    for one in (*found, outer):
        required |= dict.fromkeys(one.get("required", ()))
        for name, inner in one.get("properties", {}).items():
            made["properties"][name] = _both(made["properties"].get(name, inner), inner)
        if one.get("additionalProperties", False) is not False and id(one) not in bases:
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


def reached(schemas: Mapping[str, Any], definitions: Mapping[str, Any]) -> Schema:
    """Return the definitions that the schemas lead to."""
    found: Schema = {}
    waiting = list(schemas.values())
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if isinstance(node.get("$ref"), str) and name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return {name: definitions[name] for name in definitions if name in found}


def close(schemas: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
    """Let objects take the keys that they name and no others, where nothing else judges them."""
    closing = _Closing(definitions)
    for one in schemas.values():
        closing.look(one, alone=True)
    closing.end()


class _Closing:
    """One look at all schemas: which judge a value alone, and which do so beside others."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._alone: dict[int, Schema] = {}
        self._beside: set[int] = set()
        self._seen: set[tuple[int, bool]] = set()

    def look(self, schema: Any, *, alone: bool) -> None:
        """Take note of a schema and of all that it is made of."""
        waiting = [(schema, alone)]
        while waiting:
            node, alone = waiting.pop()
            if not isinstance(node, dict) or (id(node), alone) in self._seen:
                continue
            self._seen.add((id(node), alone))
            if alone:
                self._alone[id(node)] = node
            else:
                self._beside.add(id(node))
            waiting.extend(self._inner(node, alone))

    def _inner(self, node: Schema, alone: bool) -> Iterator[tuple[Any, bool]]:
        if "$ref" in node:
            target = self._definitions[node["$ref"].rpartition("/")[2]]
            yield target, alone and not node.keys() & OWN
        for word in TOGETHER:
            yield from ((one, False) for one in _schemas(node.get(word)))
        for word in FORMS:
            yield from ((one, alone and not node.keys() & OWN) for one in _schemas(node.get(word)))
        for word in INSIDE:
            found = node.get(word)
            is_map = word in ("properties", "patternProperties")
            yield from ((one, True) for one in (found.values() if is_map and found else [found]))
            if isinstance(found, list):
                yield from ((one, True) for one in found)

    def end(self) -> None:
        """Close what can be closed."""
        for key, node in self._alone.items():
            names = node.get("properties")
            plain = node.keys() <= PART | {"minProperties", "maxProperties", "readOnly", "title"}
            if key in self._beside or not names or not plain or "additionalProperties" in node:
                continue
            if names.keys() >= set(node.get("required", ())):
                node["additionalProperties"] = False


def _schemas(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value, *value.values()]
    return []
