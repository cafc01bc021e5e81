"""Which schemas may be registered: every keyword known and well formed, every reference here.

The shape of a schema is held to a schema itself. A keyword that is not known would promise what
nothing checks, so it is refused with the nearest one that is; notes that check nothing (`title`,
`x-...`) are let through.
"""

import json
from functools import cache, partial
from typing import Any

from functions._errors import DeclarationError
from functions._faults import spell
from functions._jsonschema.check import Checker
from functions._jsonschema.keywords import FORMATS, SHAPE
from functions._jsonschema.tree import applied, children, has_ends, places, pointed, subschemas

SIZE = 60_000
DEPTH = 100
ROW = 32
NODES = 2_000
TOLD = 5
NAMES = ("$anchor", "$dynamicAnchor")

ANY: dict[str, Any] = {"type": ["object", "boolean"]}


@cache  # and not before one is taken in
def _checker(*, alone: bool = False) -> Checker:
    """Return what a schema is held to: the whole, or `alone`, leaving schemas inside aside."""
    if alone:
        return Checker({**SHAPE, "$defs": {"schema": ANY}}, FORMATS)
    return Checker({"$ref": "#/$defs/schema", "$defs": {"schema": SHAPE}}, FORMATS)


def malformed(schema: dict[str, Any]) -> set[Any]:
    """Return the keywords that are not known or not well formed, leaving schemas inside aside."""
    return {path[0] for path in _checker(alone=True).faults(schema) if path}


def refuse_size(schema: Any) -> None:
    """Refuse what is no JSON, or too much of it."""
    try:
        size = len(json.dumps(schema, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError):
        raise DeclarationError("the schema is no JSON, or is nested too deep.") from None
    if size > SIZE:
        raise DeclarationError(f"the schema is longer than {SIZE:,} characters.")


def admit(schema: Any) -> None:
    """Refuse a schema that could not be held to, with a sentence for whoever wrote it.

    References in it are written anew by the place that they lead to.
    """
    refuse_size(schema)
    if faults := _checker().faults(schema):
        places = list(faults.items())[:TOLD]
        told = "; ".join(f"{spell(path) or 'the top'} {words[0]}"[:300] for path, words in places)
        raise DeclarationError(f"the schema is wrong: {told.removesuffix('?')}.")
    if not has_ends([schema], children, DEPTH):
        raise DeclarationError(f"the schema is nested more than {DEPTH} levels deep.")
    _refer_by_place(schema)
    nodes = list(subschemas(schema))
    if len(nodes) > NODES:
        raise DeclarationError(f"the schema has more than {NODES:,} parts.")
    _refuse_references(schema, nodes)
    if not has_ends(nodes, partial(applied, schema), ROW):
        raise DeclarationError(
            f"more than {ROW} schemas in a row apply to one value, or one refers to itself."
        )


def _refer_by_place(root: Any) -> None:
    """Lead references by a name, which a schema gives itself, to where it stands.

    No `$id` is inside, so a dynamic reference leads to the one place of its name.
    """
    found = list(places(root))
    names = {f"#{node.pop(word)}": at for at, node in found for word in NAMES if word in node}
    for _, node in found:
        if node.get("$ref") in names:
            node["$ref"] = names[node["$ref"]]


def _refuse_references(root: Any, nodes: list[dict[str, Any]]) -> None:
    """Refuse references that lead to no schema in here."""
    referring = [node["$ref"] for node in nodes if "$ref" in node]
    if referring and any("$id" in node for node in nodes[1:]):
        raise DeclarationError(
            "the schema has $id inside of it, which changes what references mean: leave it out."
        )
    known = {id(node) for node in nodes}
    for reference in referring:
        try:
            target = pointed(root, reference)
        except LookupError:
            target = None
        if not isinstance(target, bool) and id(target) not in known:
            raise DeclarationError(
                f"the schema refers to {reference[:200]}, which is no schema in it: "
                "references must begin with #/ and lead to a place in the same schema."
            )
