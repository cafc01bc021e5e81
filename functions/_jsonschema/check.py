"""Whether a value fits a schema, and what is wrong with it by the path of each field.

The schema has passed `rules.admit` or was made by pydantic, so its shape is not questioned here.
Two bounds hold for any value: the number of schemas applied to it, and the depth, which Python's
own stack limits.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from functions._faults import Faults, Path, spell, unknown
from functions._jsonschema.formats import FORMATS
from functions._jsonschema.forms import (
    SHOWN,
    Fault,
    Schema,
    allowed_in,
    is_kin,
    is_of_type,
    is_one_of,
    meant,
    should_be,
    types,
    wrong_marks,
    wrong_type,
)
from functions._jsonschema.patterns import compiled
from functions._jsonschema.tree import pointed, subschemas
from functions._jsonschema.values import TYPES, is_multiple, kind, token

STEPS = 120_000
FAULTS = 300
DEPENDENCIES = ("dependentRequired", "dependentSchemas", "dependencies")
IN_PLACE = frozenset(("allOf", "anyOf", "oneOf", "not", "if"))
FORMS = frozenset(("const", "enum", "anyOf", "oneOf"))
PATTERNED = frozenset(("patternProperties", "propertyNames"))

SIZES: Mapping[type, tuple[str, str, str]] = {
    str: ("minLength", "maxLength", "characters"),
    list: ("minItems", "maxItems", "items"),
    dict: ("minProperties", "maxProperties", "keys"),
}
LIMITS: tuple[tuple[str, Callable[[float, float], bool], str], ...] = (
    ("minimum", operator.ge, "at least"),
    ("maximum", operator.le, "at most"),
    ("exclusiveMinimum", operator.gt, "greater than"),
    ("exclusiveMaximum", operator.lt, "less than"),
    ("multipleOf", is_multiple, "a multiple of"),
)

Formats = Mapping[str, tuple[Callable[[str], object], str]]


class TooMuch(Exception):
    """The value makes more work than is given to it."""


class Checker:
    """One schema made ready: its patterns compiled, its references found."""

    def __init__(
        self,
        root: dict[str, Any],
        formats: Formats = FORMATS,
        find: Callable[[str], Callable[[str], bool]] = compiled,
    ) -> None:
        self.root = root
        self.formats = formats
        nodes = list(subschemas(root))
        self.patterns = {text: find(text) for node in nodes for text in _patterns(node)}
        references = {node["$ref"] for node in nodes if "$ref" in node}
        self.targets: Mapping[str, Schema] = {one: pointed(root, one) for one in references}
        self.old = "/draft-0" in str(root.get("$schema", ""))  # nothing counts beside `$ref` there

    def faults(self, value: Any) -> Faults:
        """Return what is wrong, by path; nothing if the value fits."""
        found: Faults = {}
        try:
            for path, text in islice(Check(self).walk(value, self.root, ()), FAULTS):
                words = found.setdefault(path, [])
                if text not in words:
                    words.append(text)
        except (TooMuch, RecursionError):
            return {(): ["are too large or nested too deep to be checked"]}
        return found

    def accepts(self, value: Any, schema: Schema) -> bool:
        """Say whether a value fits a part of this schema."""
        try:
            return Check(self).fits(value, schema)
        except (TooMuch, RecursionError):
            return False


def _patterns(node: dict[str, Any]) -> list[str]:
    own = [node["pattern"]] if "pattern" in node else []
    return [*own, *node.get("patternProperties", {})]


class Check:
    """One value on its way through the schema."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self._steps = 0

    def fits(self, value: Any, schema: Schema) -> bool:
        """Say whether nothing is wrong."""
        return next(self.walk(value, schema, ()), None) is None

    def find(self, pattern: str, text: str) -> bool:
        """Say whether a pattern occurs in a text."""
        return self.checker.patterns[pattern](text)

    def target(self, reference: str) -> Schema:
        """Return what a `$ref` means."""
        return self.checker.targets[reference]

    def count(self, steps: int = 1) -> None:
        """Take note of work done."""
        self._steps += steps
        if self._steps > STEPS:
            raise TooMuch

    def walk(self, value: Any, schema: Schema, path: Path) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        self.count()
        if isinstance(schema, bool):
            if not schema:
                yield path, "is not allowed"
            return
        if "$ref" in schema:
            yield from self.walk(value, self.target(schema["$ref"]), path)
            if len(schema) == 1 or self.checker.old:
                return
        if text := _own_fault(self, value, schema):
            yield path, text
            return
        if isinstance(value, dict):
            yield from self._object(value, schema, path)
        elif isinstance(value, list):
            yield from self._array(value, schema, path)
        if not IN_PLACE.isdisjoint(schema):
            yield from self._in_place(value, schema, path)

    # Objects

    def _object(self, value: dict[str, Any], schema: dict[str, Any], path: Path) -> Iterator[Fault]:
        for name in schema.get("required", ()):
            if name not in value:
                yield path, f"{spell((name,))} is required"
        known = schema.get("properties", {}) if PATTERNED.isdisjoint(schema) else {}
        for name, item in value.items():
            if name in known:
                yield from self.walk(item, known[name], (*path, name))
            else:
                yield from self._property(name, item, schema, path)
        for name, needed in _dependencies(schema):
            if name in value:
                yield from self._dependent(value, name, needed, path)
        if "unevaluatedProperties" in schema:
            for name in value.keys() - self._looked_at(value, schema):
                yield from self.walk(value[name], schema["unevaluatedProperties"], (*path, name))

    def _property(
        self, name: str, item: Any, schema: dict[str, Any], path: Path
    ) -> Iterator[Fault]:
        inner = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        patterns = schema.get("patternProperties", {})
        inner += [one for pattern, one in patterns.items() if self.find(pattern, name)]
        self.count(len(patterns))
        if not inner and "additionalProperties" in schema:
            inner = [schema["additionalProperties"]]
            if inner == [False]:
                yield (*path, name), unknown(name, list(schema.get("properties", {})))
                return
        for one in inner:
            yield from self.walk(item, one, (*path, name))
        if "propertyNames" in schema:
            wrong = next(self.walk(name, schema["propertyNames"], ()), None)
            if wrong is not None:
                yield (*path, name), f"is no key: it {wrong[1]}"

    def _dependent(
        self, value: dict[str, Any], name: str, needed: Any, path: Path
    ) -> Iterator[Fault]:
        if not isinstance(needed, list):
            yield from self.walk(value, needed, path)
            return
        for other in needed:
            if other not in value:
                yield path, f"{spell((other,))} is required together with {spell((name,))}"

    # Lists

    def _array(self, value: list[Any], schema: dict[str, Any], path: Path) -> Iterator[Fault]:
        first, rest = item_schemas(schema)
        for place, item in enumerate(value):
            inner = first[place] if place < len(first) else rest
            if inner is False:
                yield path, f"should hold at most {place} items"
                break
            if inner is not None:
                yield from self.walk(item, inner, (*path, place))
        if "contains" in schema:
            yield from self._contains(value, schema, path)
        if "unevaluatedItems" in schema:
            for place in sorted(set(range(len(value))) - self._looked_at(value, schema)):
                yield from self.walk(value[place], schema["unevaluatedItems"], (*path, place))

    def _contains(self, value: list[Any], schema: dict[str, Any], path: Path) -> Iterator[Fault]:
        found = sum(self.fits(item, schema["contains"]) for item in value)
        least, most = schema.get("minContains", 1), schema.get("maxContains", found)
        if found < least:
            yield path, f"should hold at least {least:g} items of the kind that the schema names"
        if found > most:
            yield path, f"should hold at most {most:g} items of the kind that the schema names"

    # Schemas that apply to the same value

    def _in_place(self, value: Any, schema: dict[str, Any], path: Path) -> Iterator[Fault]:
        for inner in schema.get("allOf", ()):
            yield from self.walk(value, inner, path)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield from self._some(value, keyword, schema[keyword], path)
        if "not" in schema and self.fits(value, schema["not"]):
            yield path, "is of a form that the schema excludes"
        if "if" in schema:
            branch = "then" if self.fits(value, schema["if"]) else "else"
            yield from self.walk(value, schema.get(branch, True), path)

    def _some(self, value: Any, keyword: str, members: list[Schema], path: Path) -> Iterator[Fault]:
        nodes = [self._resolved(one) for one in members]
        several = isinstance(value, dict) and sum(is_kin(value, one) for one in nodes) > 1
        faults: list[list[Fault]] = []
        for one, node in zip(members, nodes, strict=True):
            self.count(len(value) if several else 0)
            marks = wrong_marks(value, node, path) if several else []
            faults.append(marks or list(islice(self.walk(value, one, path), SHOWN)))
            if keyword == "anyOf" and not faults[-1]:
                return
        fitting = faults.count([])
        if fitting > 1:
            yield path, "fits several forms of which exactly one must fit"
        elif not fitting:
            kinds = [self._kinds(one) for one in nodes]
            yield from meant(value, nodes, kinds, faults, path)

    def _kinds(self, schema: Schema) -> list[str]:
        """Return the types that a schema takes, by what it says itself or is made of."""
        self.count()
        node = self._resolved(schema)
        if isinstance(node, bool) or not ("type" in node or FORMS & node.keys()):
            return list(TYPES)
        if "type" in node:
            return types(node)
        for allowed in allowed_in(node):
            return [kind(one) for one in allowed]
        members = node.get("anyOf") or node["oneOf"]
        return [name for one in members for name in self._kinds(one)]

    # What the `unevaluated...` keywords speak about: all that no other schema has looked at

    def _looked_at(self, value: Any, schema: dict[str, Any], *, inner: bool = False) -> set[Any]:
        """Return the keys or places that this schema, or one applied with it, speaks about."""
        self.count()
        is_list = isinstance(value, list)
        rest = ("items", "unevaluatedItems") if is_list else (
            "additionalProperties", "unevaluatedProperties")  # fmt: skip
        if rest[0] in schema or (inner and rest[1] in schema):
            return set(range(len(value))) if is_list else set(value)
        known = self._own_items(value, schema) if is_list else self._own_keys(value, schema)
        for one in self._applied(value, schema):
            known |= self._looked_at(value, one, inner=True)
        return known

    def _own_keys(self, value: dict[str, Any], schema: dict[str, Any]) -> set[Any]:
        names, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        return {key for key in value
                if key in names or any(self.find(one, key) for one in patterns)}  # fmt: skip

    def _own_items(self, value: list[Any], schema: dict[str, Any]) -> set[Any]:
        first = len(schema.get("prefixItems", ()))
        held = schema.get("contains", False)
        return {at for at, item in enumerate(value) if at < first or self.fits(item, held)}

    def _applied(self, value: Any, schema: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the schemas that apply to the same value and that it fits."""
        found = [self.target(schema["$ref"])] if "$ref" in schema else []
        for keyword in ("allOf", "anyOf", "oneOf"):
            found += schema.get(keyword, ())
        if "if" in schema:
            branch = "then" if self.fits(value, schema["if"]) else "else"
            found += [schema["if"], schema.get(branch, True)]
        found += [one for name, one in schema.get("dependentSchemas", {}).items() if name in value]
        return [one for one in found if isinstance(one, dict) and self.fits(value, one)]

    def _resolved(self, schema: Schema) -> Schema:
        while isinstance(schema, dict) and "$ref" in schema:
            schema = self.target(schema["$ref"])
        return schema


def item_schemas(schema: dict[str, Any]) -> tuple[list[Schema], Schema | None]:
    """Return the schemas of the first items, and the one of all others."""
    items = schema.get("items")
    if isinstance(items, list):  # as drafts before 2020-12 wrote it
        return items, schema.get("additionalItems")
    return schema.get("prefixItems", []), items


def _dependencies(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for keyword in DEPENDENCIES:
        yield from schema.get(keyword, {}).items()


def _own_fault(check: Check, value: Any, schema: dict[str, Any]) -> str | None:
    """Say what is wrong with the value itself, whatever stands inside of it."""
    fits = is_of_type(value, schema)
    for allowed in allowed_in(schema):
        check.count(len(allowed))
        if not is_one_of(value, allowed):
            return should_be(allowed) + ("" if fits else f" (got {kind(value)})")
    if not fits:
        return wrong_type(value, types(schema))
    if type(value) in SIZES:
        return _size_fault(value, schema) or _inner_fault(check, value, schema)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_fault(value, schema)
    return None


def _size_fault(value: Any, schema: dict[str, Any]) -> str | None:
    least, most, noun = SIZES[type(value)]
    if len(value) < schema.get(least, 0):
        return f"should have at least {schema[least]:g} {noun}"
    if len(value) > schema.get(most, len(value)):
        return f"should have at most {schema[most]:g} {noun}"
    return None


def _inner_fault(check: Check, value: Any, schema: dict[str, Any]) -> str | None:
    if isinstance(value, str):
        if "pattern" in schema and not check.find(schema["pattern"], value):
            return f"should match the pattern {schema['pattern']}"
        fits, meaning = check.checker.formats.get(schema.get("format", ""), (None, ""))
        return f"should be {meaning}" if fits and not fits(value) else None
    if isinstance(value, list) and schema.get("uniqueItems"):
        check.count(len(value))
        if len({token(item) for item in value}) < len(value):
            return "should hold nothing twice"
    return None


def _number_fault(value: float, schema: dict[str, Any]) -> str | None:
    for keyword, holds, words in LIMITS:
        if keyword in schema and not holds(value, schema[keyword]):
            return f"should be {words} {schema[keyword]}"
    return None
