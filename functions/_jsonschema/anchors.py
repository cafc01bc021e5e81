"""References by a name, which a schema gives itself with `$anchor`, written as those by a place.

A schema here has no `$id` inside of it, so a dynamic reference leads to the one place of its name,
and a recursive one to the whole.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from functions._jsonschema.keywords import LISTS, MAPS, ONES
from functions._jsonschema.tree import changed

NAMES = ("$anchor", "$dynamicAnchor")
MARKS = (*NAMES, "$recursiveAnchor")
LEADING = ("$dynamicRef", "$recursiveRef")


def by_place(schema: Any) -> Any:
    """Return a schema whose references all say where their schema stands, as a new value."""
    places = dict(_named(schema, "#"))

    def led(node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        made = {word: changed(word, held, led) for word, held in node.items()}
        for word in LEADING:
            if word in made and "$ref" not in made:
                made["$ref"] = made.pop(word)
        if str(made.get("$ref")) in places:
            made["$ref"] = places[made["$ref"]]
        return {word: held for word, held in made.items() if word not in MARKS}

    return led(schema)


def _named(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield each name as a reference has it, and the place that it stands for."""
    if not isinstance(node, dict):
        return
    yield from ((f"#{node[word]}", place) for word in NAMES if isinstance(node.get(word), str))
    for word, held in node.items():
        for step, one in _inside(word, held):
            yield from _named(one, f"{place}/{word}{step}")


def _inside(word: str, held: Any) -> Iterable[tuple[str, Any]]:
    if word in MAPS and isinstance(held, dict):
        return ((f"/{_step(name)}", one) for name, one in held.items())
    if word in LISTS and isinstance(held, list):
        return ((f"/{number}", one) for number, one in enumerate(held))
    return [("", held)] if word in ONES else ()


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
