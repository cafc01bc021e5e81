"""Hold arguments that pydantic accepted against the schema that the model was shown.

pydantic is laxer than its own schemas in a few places: `true` passes for `Literal[1]`, an object
for a named tuple, `"0"` for a date, a list with repeats for a set, `"1_000"` for a decimal, a
second name for a field. Only those places are looked at.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

from functions._jsonschema.patterns import BadPattern, compiled
from functions._schema import Schema, resolve

Path = tuple[str | int, ...]
Mismatch = tuple[Path, str]
Known = dict[tuple[int, int], bool]

DAY = r"\d{4}-\d\d-\d\d"
FORMATS = {
    "date": (re.compile(DAY, re.ASCII), "should be a date such as 2026-12-31"),
    "date-time": (
        re.compile(rf"{DAY}[Tt ]\d\d:\d\d.*", re.ASCII | re.DOTALL),
        "should be a date and time such as 2026-12-31T23:59:00Z",
    ),
    "duration": (re.compile(r"[+-]?P.+", re.DOTALL), "should be a duration such as PT1H30M"),
    "uuid": (
        re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE),
        f"should be a UUID such as {UUID(int=2**126)}",
    ),
    "ipv6": (re.compile("[^%]*"), "should be an IPv6 address without %"),
}
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def mismatches(value: Any, root: Schema) -> Iterator[Mismatch]:
    """Yield where a value is not what the schema says, and what it should be."""
    return _walk(value, root, root, (), {})


def _walk(value: Any, schema: Schema, root: Schema, path: Path, known: Known) -> Iterator[Mismatch]:
    node = resolve(schema, root)
    if fault := _own_fault(value, node):
        yield path, fault
        return
    for keyword in ("anyOf", "oneOf"):
        members = node.get(keyword)
        if members and not any(_conforms(value, one, root, known) for one in members):
            yield path, "should be one of the forms that the schema names"
            return
    if isinstance(value, dict):
        yield from _wrong_names(value, node, root, path, known)
    for key, item, inner in _inside(value, node):
        yield from _walk(item, inner, root, (*path, key), known)


def _conforms(value: Any, schema: Schema, root: Schema, known: Known) -> bool:
    """Say whether nothing is amiss; asked once for each value and schema, for unions may nest."""
    key = (id(value), id(schema))
    if key not in known:
        known[key] = next(_walk(value, schema, root, (), known), None) is None
    return known[key]


def _own_fault(value: Any, node: Schema) -> str | None:
    if "type" in node and not _is(value, node["type"]):
        return f"should be of the type {node['type']}"
    allowed = [node["const"]] if "const" in node else node.get("enum")
    if allowed is not None and not any(_same(value, one) for one in allowed):
        return f"should be {' or '.join(repr(one) for one in allowed[:20])}"
    if "not" in node and any(_same(value, one) for one in node["not"].get("enum", ())):
        return "should be another"
    if node.get("uniqueItems") and isinstance(value, list) and _repeats(value):
        return "should hold nothing twice"
    return _own_text_fault(value, node) if isinstance(value, str) else None


def _own_text_fault(value: str, node: Schema) -> str | None:
    pattern, text = FORMATS.get(node.get("format", ""), (None, None))
    if pattern is not None and not pattern.fullmatch(value):
        return text
    found = _compiled(node["pattern"]) if "pattern" in node else None
    return f"should match {node['pattern']}" if found and not found(value) else None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Callable[[str], bool] | None:
    try:
        return compiled(pattern)
    except BadPattern:  # one of those that pydantic reads in another way than JSON Schema
        return None


def _is(value: Any, kind: str | list[str]) -> bool:
    kinds = [kind] if isinstance(kind, str) else kind
    types = tuple(one for name in kinds for one in TYPES.get(name, (object,)))
    return isinstance(value, types) and (not isinstance(value, bool) or bool in types)


def _same(left: Any, right: Any) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _repeats(values: list[Any]) -> bool:
    return len({json.dumps(one, sort_keys=True) for one in values}) < len(values)


def _wrong_names(
    value: dict[str, Any], node: Schema, root: Schema, path: Path, known: Known
) -> Iterator[Mismatch]:
    """Yield the keys that the schema does not have, or not so."""
    for name in value:
        if node.get("additionalProperties") is False and name not in node.get("properties", {}):
            yield (*path, name), "is unknown, leave it out"
        elif "propertyNames" in node:
            names = _walk(name, node["propertyNames"], root, (), known)
            yield from (((*path, name), f"is no key: it {fault}") for _, fault in names)


def _inside(value: Any, node: Schema) -> Iterator[tuple[str | int, Any, Schema]]:
    """Yield what is inside of a value with the schema that it must meet."""
    if isinstance(value, dict):
        known, rest = node.get("properties", {}), node.get("additionalProperties")
        for key, item in value.items():
            inner = known.get(key, rest)
            if isinstance(inner, dict):
                yield key, item, inner
    elif isinstance(value, list):
        first, rest = node.get("prefixItems", []), node.get("items")
        for place, item in enumerate(value):
            inner = first[place] if place < len(first) else rest
            if isinstance(inner, dict):
                yield place, item, inner
