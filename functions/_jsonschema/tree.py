"""How schemas stand inside of each other: by which keywords, and where a reference leads."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

MAPS = (
    *("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
    "dependencies",
)
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
ONES = (
    *("additionalProperties", "propertyNames", "unevaluatedProperties", "items", "contains"),
    *("additionalItems", "unevaluatedItems", "not", "if", "then", "else"),
)

FORMS = ("anyOf", "oneOf", "$ref")  # of which the one that fits may judge a value alone
BESIDE = ("allOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside of it; what a note holds is none."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(children(node))


def reached(schema: Any, root: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema, every schema inside of it, and all that those refer to, near or far."""
    waiting, seen = [schema], set()
    while waiting:
        for node in subschemas(waiting.pop()):
            yield node
            reference = node.get("$ref")
            if reference is not None and reference not in seen:
                seen.add(reference)
                waiting.append(pointed(root, reference))


def children(node: dict[str, Any]) -> Iterator[Any]:
    """Yield the schemas directly inside of one."""
    for keyword in MAPS:
        yield from (one for one in node.get(keyword, {}).values() if not isinstance(one, list))
    for keyword in (*LISTS, *ONES):
        found = node.get(keyword)
        yield from found if isinstance(found, list) else [] if found is None else [found]


def in_place(
    root: Any, node: dict[str, Any], keywords: Iterable[str] = (*FORMS, *BESIDE)
) -> Iterator[Any]:
    """Yield the schemas at these keywords, which apply to the same value as their owner."""
    for keyword in keywords:
        found = node.get(keyword, [])
        if keyword == "$ref" and found:
            yield pointed(root, found)
        elif keyword.startswith("depend"):
            yield from found.values() if found else ()
        else:
            yield from found if isinstance(found, list) else [found]


def pointed(root: Any, reference: str) -> Any:
    """Return what a reference means within the document; raise `LookupError` if nothing."""
    if reference != "#" and not reference.startswith("#/"):
        raise LookupError(reference)
    node = root
    for part in reference.split("/")[1:]:
        step = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            raise LookupError(reference)
    return node
