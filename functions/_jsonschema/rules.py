"""Which schemas may be registered: every keyword known and well formed, every reference here.

The shape of a schema is held to a schema itself. A keyword that is not known would promise what
nothing checks, so it is refused with the nearest one that is; notes that check nothing (`title`,
`x-...`) are let through.
"""

import json
from functools import cache
from typing import Any

from functions._errors import DeclarationError
from functions._faults import spell
from functions._jsonschema.check import Checker
from functions._jsonschema.patterns import LENGTH, STATES, is_usable
from functions._jsonschema.tree import LISTS, MAPS, ONES, in_place, pointed, subschemas
from functions._jsonschema.values import TYPES

SIZE = 60_000
DEPTH = 32
NODES = 2_000
TOLD = 5

NOTES = (
    *("title", "description", "default", "examples", "example", "deprecated", "readOnly"),
    *("writeOnly", "$schema", "$id", "$comment", "contentEncoding", "contentMediaType"),
    *("contentSchema", "unit", "units", "hint", "label", "placeholder", "enumDescriptions"),
)
COUNTS = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("minContains", "maxContains"),
)
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number"}
TEXT = {"type": "string"}
NAMES = {"type": "array", "items": TEXT}
FORMATS = {
    "regex": (
        is_usable,
        "a regular expression, without looking around and references back, of at most "
        f"{LENGTH:,} characters and {STATES:,} repeats",
    )
}
PATTERN = {**TEXT, "format": "regex"}


def _shape(inner: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of schemas; `inner` is that of the schemas inside of one."""
    several = {"type": "array", "items": inner, "minItems": 1}
    named = {"type": "object", "additionalProperties": inner}
    return {
        "type": ["object", "boolean"],
        "properties": {
            **dict.fromkeys((*NOTES, "const"), True),
            **dict.fromkeys(MAPS, named),
            **dict.fromkeys(LISTS, several),
            **dict.fromkeys(ONES, inner),
            **dict.fromkeys(COUNTS, COUNT),
            **dict.fromkeys(NUMBERS, NUMBER),
            **dict.fromkeys(("format", "$ref"), TEXT),
            "patternProperties": {**named, "propertyNames": PATTERN},
            "dependencies": {**named, "additionalProperties": {"anyOf": [NAMES, inner]}},
            "dependentRequired": {**named, "additionalProperties": NAMES},
            "items": {"if": {"type": "array"}, "then": {"items": inner}, "else": inner},
            "multipleOf": {"type": "number", "exclusiveMinimum": 0},
            "type": {
                "if": {"type": "array"},
                "then": {"items": {"enum": TYPES}, "minItems": 1},
                "else": {"enum": TYPES},
            },
            "enum": {"type": "array", "minItems": 1},
            "required": NAMES,
            "uniqueItems": {"type": "boolean"},
            "pattern": PATTERN,
        },
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    }


@cache
def _checker(*, deep: bool) -> Checker:
    return Checker(_shape({"$ref": "#"} if deep else {"type": ["object", "boolean"]}), FORMATS)


def fits(keyword: str, value: Any) -> bool:
    """Say whether one keyword is known and well formed, leaving what is inside of it aside."""
    checker = _checker(deep=False)
    return checker.accepts({keyword: value}, checker.root)


def admit(schema: Any) -> None:
    """Refuse a schema that could not be held to, with a sentence for whoever wrote it."""
    try:
        size = len(json.dumps(schema, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise DeclarationError("the schema is no JSON, or is nested too deep.") from None
    if size > SIZE:
        raise DeclarationError(f"the schema is longer than {SIZE:,} characters.")
    if faults := _checker(deep=True).faults(schema):
        places = list(faults.items())[:TOLD]
        told = "; ".join(f"{spell(path) or 'the top'} {words[0]}"[:300] for path, words in places)
        raise DeclarationError(f"the schema is wrong: {told.removesuffix('?')}.")
    _References(schema).check()


class _References:
    """Where the references of one schema lead."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._nodes = list(subschemas(root))
        self._heights: dict[int, int] = {}

    def check(self) -> None:
        """Refuse references that lead to no schema in here, or in a circle."""
        if len(self._nodes) > NODES:
            raise DeclarationError(f"the schema has more than {NODES:,} parts.")
        refers = any("$ref" in node for node in self._nodes)
        if refers and any("$id" in node for node in self._nodes[1:]):
            raise DeclarationError(
                "the schema has $id inside of it, which changes what references mean: leave it out."
            )
        known = {id(node) for node in self._nodes}
        for node in self._nodes:
            if "$ref" in node and not self._leads(node["$ref"], known):
                raise DeclarationError(
                    f"the schema refers to {node['$ref'][:200]}, which is no schema in it: "
                    "references must begin with #/ and lead to a place in the same schema."
                )
        for node in self._nodes:
            self._height(node, frozenset())

    def _leads(self, reference: str, known: set[int]) -> bool:
        try:
            target = pointed(self._root, reference)
        except LookupError:
            return False
        return id(target) in known or isinstance(target, bool)

    def _height(self, node: Any, above: frozenset[int]) -> int:
        """Return how many schemas apply to one value in a row; refuse those in a circle."""
        if not isinstance(node, dict):
            return 0
        if id(node) in above:
            raise DeclarationError("the schema refers to itself in a circle that never ends.")
        if id(node) not in self._heights and len(above) < DEPTH:
            inner = (self._height(one, above | {id(node)}) for one in in_place(self._root, node))
            self._heights[id(node)] = 1 + max(inner, default=0)
        if self._heights.get(id(node), DEPTH) + len(above) > DEPTH:
            raise DeclarationError(f"more than {DEPTH} schemas in a row apply to one value.")
        return self._heights[id(node)]
