"""Which schemas may be registered: every keyword known and well formed, every reference here.

A keyword that is not known would promise what nothing checks, so it is refused with the nearest
one that is; notes that check nothing (`title`, `x-...`) are let through.
"""

import difflib
import json
import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from functions._errors import DeclarationError
from functions._jsonschema.patterns import BadPattern, compiled

SIZE = 60_000
DEPTH = 32
NODES = 2_000

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
DEPENDENCIES = ("dependentRequired", "dependentSchemas", "dependencies")
MAPS = (
    *("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
    "dependencies",
)
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
ONES = (
    *("additionalProperties", "propertyNames", "unevaluatedProperties", "items", "contains"),
    *("additionalItems", "unevaluatedItems", "not", "if", "then", "else"),
)
COUNTS = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("minContains", "maxContains"),
)
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
OTHERS = (
    *("type", "enum", "const", "required", "dependentRequired", "uniqueItems", "pattern"),
    *("format", "$ref"),
)
NOTES = (
    *("title", "description", "default", "examples", "example", "deprecated", "readOnly"),
    *("writeOnly", "$schema", "$id", "$comment", "contentEncoding", "contentMediaType"),
    *("contentSchema", "unit", "units", "hint", "label", "placeholder", "enumDescriptions"),
)
KNOWN = frozenset((*MAPS, *LISTS, *ONES, *COUNTS, *NUMBERS, *OTHERS, *NOTES))
IN_PLACE = ("allOf", "anyOf", "oneOf")


def admit(schema: Any) -> None:
    """Refuse a schema that could not be held to, with a sentence for whoever wrote it."""
    try:
        size = len(json.dumps(schema, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise DeclarationError("the schema is no JSON, or is nested too deep.") from None
    if size > SIZE:
        raise DeclarationError(f"the schema is longer than {SIZE:,} characters.")
    _Admission(schema).run()


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside of it; what a note holds is none."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(child for _, child in children(node))


def children(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the schemas directly inside of one, each with where it stands."""
    for keyword in MAPS:
        for name, child in node.get(keyword, {}).items():
            if not isinstance(child, list):
                yield f"{keyword}.{name}", child
    for keyword in (*LISTS, *ONES):
        if keyword not in node:
            continue
        found = node[keyword]
        if isinstance(found, list) and keyword in (*LISTS, "items"):
            yield from ((f"{keyword}[{place}]", child) for place, child in enumerate(found))
        else:
            yield keyword, found


def pointed(root: Any, reference: str) -> Any:
    """Return what a reference means within the document; raise `LookupError` if nothing."""
    if reference != "#" and not reference.startswith("#/"):
        raise LookupError(reference)
    node = root
    for part in reference.split("/")[1:]:
        step = _unescaped(part)
        if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            raise LookupError(reference)
    return node


def _unescaped(part: str) -> str:
    return unquote(part).replace("~1", "/").replace("~0", "~")


class _Admission:
    """One schema being looked at."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._seen: set[int] = set()
        self._heights: dict[int, int] = {}

    def run(self) -> None:
        """Look at every schema inside, first its shape, then where its references lead."""
        self._shape(self._root, "", 0)
        nodes = list(subschemas(self._root))
        for node in nodes:
            if "$ref" in node:
                self._reference(node["$ref"])
        for node in nodes:
            self._height(node, frozenset())

    def _shape(self, node: Any, where: str, depth: int) -> None:
        if isinstance(node, bool):
            return
        if not isinstance(node, dict):
            raise _problem(where, "should be a schema: an object, true or false")
        self._seen.add(id(node))
        if depth > DEPTH or len(self._seen) > NODES:
            raise DeclarationError(
                f"the schema has more than {NODES:,} parts or is nested deeper than {DEPTH} levels."
            )
        if where and "$id" in node:
            raise _problem(where, "$id is not used here; leave it out")
        for keyword, value in node.items():
            if problem := keyword_problem(keyword, value):
                raise _problem(where, problem)
        for place, child in children(node):
            self._shape(child, f"{where}.{place}" if where else place, depth + 1)

    def _reference(self, reference: str) -> None:
        try:
            target = pointed(self._root, reference)
        except LookupError:
            target = None
        if id(target) not in self._seen and not isinstance(target, bool):
            raise DeclarationError(
                f"the schema refers to {reference[:200]}, which is no schema in it: references "
                "must begin with #/ and lead to a place in the same schema."
            )

    def _height(self, node: Any, above: frozenset[int]) -> int:
        """Return how many schemas apply to one value in a row; refuse those in a circle."""
        if not isinstance(node, dict):
            return 0
        if id(node) in above:
            raise DeclarationError("the schema refers to itself in a circle that never ends.")
        if id(node) not in self._heights:
            inner = (self._height(one, above | {id(node)}) for one in self._in_place(node))
            self._heights[id(node)] = 1 + max(inner, default=0)
            if self._heights[id(node)] > DEPTH:
                raise DeclarationError(f"more than {DEPTH} schemas in a row apply to one value.")
        return self._heights[id(node)]

    def _in_place(self, node: dict[str, Any]) -> Iterator[Any]:
        if "$ref" in node:
            yield pointed(self._root, node["$ref"])
        for keyword in IN_PLACE:
            yield from node.get(keyword, ())
        for keyword in ("not", "if", "then", "else"):
            if keyword in node:
                yield node[keyword]
        for keyword in ("dependentSchemas", "dependencies"):
            yield from node.get(keyword, {}).values()


def _problem(where: str, text: str) -> DeclarationError:
    return DeclarationError(f"the schema is wrong at {where[:200] or 'the top'}: {text}.")


def keyword_problem(keyword: str, value: Any) -> str | None:
    """Say what is wrong with one keyword, leaving what is inside of it aside."""
    if keyword.startswith("x-") or keyword in NOTES:
        return None
    if keyword not in KNOWN:
        near = difflib.get_close_matches(keyword[:64], KNOWN, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; leave it out"
        return f"{keyword[:64]} is no keyword that is checked here{hint}".rstrip(".?")
    for keywords, fits, expected in _SHAPES:
        if keyword in keywords:
            return None if fits(value) else f"{keyword} should be {expected}"
    return _other_problem(keyword, value)


def _other_problem(keyword: str, value: Any) -> str | None:
    if keyword == "pattern":
        return _pattern_problem(value)
    if keyword == "patternProperties":
        if not isinstance(value, dict):
            return "patternProperties should be an object of schemas"
        return next((text for one in value if (text := _pattern_problem(one))), None)
    if keyword == "multipleOf" and not (_is_number(value) and value > 0):
        return "multipleOf should be a number above 0"
    return None


def _pattern_problem(pattern: Any) -> str | None:
    if not isinstance(pattern, str):
        return "a pattern should be a text"
    try:
        compiled(pattern)
    except BadPattern as error:
        return f"the pattern {pattern[:80]!r} cannot be used: {error}"
    return None


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_types(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(one, str) and one in TYPES for one in names)


def _is_needs(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_texts(one) for one in value.values())


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


_SHAPES: tuple[tuple[tuple[str, ...], Any, str], ...] = (
    (COUNTS, _is_count, "a whole number from 0"),
    (NUMBERS[:-1], _is_number, "a number"),
    (("properties", "$defs", "definitions"), _is_map, "an object of schemas"),
    (("dependentSchemas", "dependencies"), _is_map, "an object"),
    (LISTS, _is_list, "a list of schemas"),
    (("type",), _is_types, f"one or several of {', '.join(TYPES)}"),
    (("enum",), _is_list, "a list of values"),
    (("required",), _is_texts, "a list of names"),
    (("dependentRequired",), _is_needs, "an object of lists of names"),
    (("uniqueItems",), lambda value: isinstance(value, bool), "true or false"),
    (("format", "$ref"), lambda value: isinstance(value, str), "a text"),
)
