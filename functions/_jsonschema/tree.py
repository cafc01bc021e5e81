"""How schemas stand inside of each other, and where a reference leads."""

from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any
from urllib.parse import unquote

from functions._jsonschema.keywords import IN_PLACE, INSIDE, LISTS, MAPS, ONES


def children(node: dict[str, Any], at: Set[str] = INSIDE) -> Iterator[Any]:
    """Yield the schemas directly inside of one, at all keywords or at these."""
    return (one for _, one in _steps(node, at))


def places(node: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a schema and every schema inside of it, each with the reference that leads to it."""
    if isinstance(node, dict):
        yield place, node
        for step, one in _steps(node, INSIDE):
            yield from places(one, f"{place}/{step}")


def _steps(node: dict[str, Any], at: Set[str]) -> Iterator[tuple[str, Any]]:
    for keyword, held in node.items():
        if keyword not in at:
            continue
        if keyword in MAPS:
            yield from ((f"{keyword}/{_escaped(name)}", one) for name, one in held.items())
        elif keyword in LISTS:
            yield from ((f"{keyword}/{number}", one) for number, one in enumerate(held))
        elif keyword in ONES:
            yield keyword, held


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25")


def applied(root: Any, node: dict[str, Any], at: Set[str] = IN_PLACE) -> Iterator[Any]:
    """Yield what `children` does, and what a schema refers to if `$ref` is among the keywords."""
    if "$ref" in at and "$ref" in node:
        yield pointed(root, node["$ref"])
    yield from children(node, at)


def reached(root: Any, *schemas: Any, at: Set[str] = INSIDE | {"$ref"}) -> Iterator[dict[str, Any]]:
    """Yield schemas and all that these keywords lead to from them, near or far, each once."""
    waiting, seen = list(schemas), set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(applied(root, node, at))


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside of it; what a note holds is none."""
    return reached(schema, schema, at=INSIDE)


def changed(keyword: str, held: Any, change: Callable[[Any], Any]) -> Any:
    """Return what a keyword holds with each schema in it changed; what is malformed stays."""
    if keyword in MAPS and isinstance(held, dict):
        return {name: change(one) for name, one in held.items()}
    if keyword in LISTS and isinstance(held, list):
        return [change(one) for one in held]
    return change(held) if keyword in ONES else held


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


def has_ends(nodes: Iterable[Any], step: Callable[[Any], Iterable[Any]], most: int) -> bool:
    """Say whether no way from these, step by step, is longer than that, or endless."""
    for _ in range(most + 1):
        inside = [node for node in nodes if isinstance(node, dict | list)]
        if not inside:
            return True
        nodes = {id(one): one for node in inside for one in step(node)}.values()
    return False
