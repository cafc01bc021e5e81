"""Whether a value fits a schema, and what is wrong with it by the path of each field.

The schema has passed `rules.admit` or was made by pydantic, so its shape is not questioned here.
Two bounds hold for any value: the number of schemas applied to it, and the depth, which Python's
own stack limits.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias

from functions._faults import Faults, Path, lacking, spell, unknown
from functions._jsonschema.formats import FORMATS
from functions._jsonschema.forms import Fault, looked_into, meant
from functions._jsonschema.itself import is_marked, kind_fault, limit_faults
from functions._jsonschema.keywords import IN_PLACE, REST
from functions._jsonschema.patterns import compiled
from functions._jsonschema.tree import pointed, subschemas

STEPS = 60_000
FAULTS = 300

Node: TypeAlias = dict[str, Any]
Schema: TypeAlias = Node | bool
Formats: TypeAlias = Mapping[str, tuple[Callable[[str], object], str]]
Found: TypeAlias = Iterator[Fault]
Seen: TypeAlias = set[Any]


class TooMuch(Exception):
    """The value makes more work than is given to it."""


class Checker:
    """One schema made ready, its patterns compiled; of pydantic's some are only for itself to read.

    `looks_back` tells that it asks what other schemas have looked at.
    """

    def __init__(self, root: dict[str, Any], formats: Formats = FORMATS) -> None:
        self.root = root
        self.formats = formats
        nodes = list(subschemas(root))
        patterns = {node["pattern"] for node in nodes if "pattern" in node}
        patterns.update(*(node.get("patternProperties", ()) for node in nodes))
        self.patterns = {one: compiled(one) or _anything for one in patterns}
        self.looks_back = any(not REST.isdisjoint(node) for node in nodes)

    def faults(self, value: Any, schema: Schema | None = None) -> Faults:
        """Return what is wrong, by path, held to the whole or a part; nothing if the value fits."""
        schema = self.root if schema is None else schema
        found: Faults = {}
        try:
            for fault in islice(Check(self).walk(value, schema, ()), FAULTS):
                words = found.setdefault(fault.path, [])
                if fault.text not in words:
                    words.append(fault.text)
        except (TooMuch, RecursionError):
            return {(): ["are too large or nested too deep to be checked"]}
        return found

    def accepts(self, value: Any, schema: Schema) -> bool:
        """Say whether a value fits a part of this schema."""
        return not self.faults(value, schema)


class Check:
    """One value on its way through the schema.

    `seen` gathers the keys or places of a value that the schemas which it fits speak about.
    """

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self._steps = 0

    def fits(self, value: Any, schema: Schema, seen: Seen | None = None) -> bool:
        """Say whether nothing is wrong."""
        return next(self.walk(value, schema, (), seen), None) is None

    def walk(self, value: Any, schema: Schema, path: Path, seen: Seen | None = None) -> Found:
        """Yield what is wrong with a value; if it is of the wrong type or size, nothing inside."""
        self._count()
        if isinstance(schema, bool):
            if not schema:
                yield Fault(path, "is not allowed")
            return
        own: Seen = set()
        if "$ref" in schema:
            yield from self.walk(value, pointed(self.checker.root, schema["$ref"]), path, own)
        if wrong := self._itself(value, schema, path):
            yield from wrong
            return
        if isinstance(value, dict):
            yield from self._object(value, schema, path, own)
        elif isinstance(value, list):
            yield from self._array(value, schema, path, own)
        if not IN_PLACE.isdisjoint(schema):
            yield from self._in_place(value, schema, path, own)
        yield from self._rest(value, schema, path, own)
        if seen is not None:
            seen |= own

    def _count(self, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > STEPS:
            raise TooMuch

    def _finds(self, pattern: str, text: str) -> bool:
        return self.checker.patterns[pattern](text)

    def _itself(self, value: Any, schema: Node, path: Path) -> list[Fault]:
        """Return what is wrong with a value whatever stands inside of it."""
        self._count(len(schema.get("enum", ())) // 8)
        if fault := kind_fault(value, schema, path):
            return [fault]
        wrong = limit_faults(value, schema)
        if isinstance(value, str):
            fits, meaning = self.checker.formats.get(schema.get("format", ""), (None, ""))
            if fits and not fits(value):
                wrong.append(f"should be {meaning}")
            if "pattern" in schema and not self._finds(schema["pattern"], value):
                wrong.append(f"should match the pattern {schema['pattern']}")
        return [Fault(path, " and ".join(wrong), weight=len(wrong))] if wrong else []

    # Objects

    def _object(self, value: dict[str, Any], schema: Node, path: Path, seen: Seen) -> Found:
        named = schema.get("properties", {})
        if missing := [name for name in schema.get("required", ()) if name not in value]:
            marks = tuple(name for name in missing if is_marked(named.get(name)))
            yield Fault(path, lacking(missing), weight=len(missing), marks=marks)
        for name in sorted(value, key=lambda name: not is_marked(named.get(name))):
            yield from self._property(name, value[name], schema, path, seen)
        for name, others in schema.get("dependentRequired", {}).items():
            for other in others:
                if name in value and other not in value:
                    yield Fault(
                        path, f"{spell((other,))} is required together with {spell((name,))}"
                    )

    def _property(self, name: str, item: Any, schema: Node, path: Path, seen: Seen) -> Found:
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        self._count(len(patterns))
        inner = [named[name]] if name in named else []
        inner += [one for pattern, one in patterns.items() if self._finds(pattern, name)]
        if not inner and "additionalProperties" in schema:
            inner = [schema["additionalProperties"]]
            if inner == [False]:
                yield Fault((*path, name), unknown(name, list(named)))
                return
        if inner:
            seen.add(name)
        for one in inner:
            yield from self.walk(item, one, (*path, name))
        if "propertyNames" in schema:
            for fault in islice(self.walk(name, schema["propertyNames"], ()), 1):
                yield Fault((*path, name), f"is no key: it {fault.text}")

    # Lists

    def _array(self, value: list[Any], schema: Node, path: Path, seen: Seen) -> Found:
        first = schema.get("prefixItems", [])
        for place, item in enumerate(value if "items" in schema else value[: len(first)]):
            inner = first[place] if place < len(first) else schema["items"]
            if inner is False:
                yield Fault(path, f"should hold at most {place} items")
                break
            seen.add(place)
            yield from self.walk(item, inner, (*path, place))
        if "contains" in schema:
            found = [at for at, item in enumerate(value) if self.fits(item, schema["contains"])]
            seen.update(found)
            least, most = schema.get("minContains", 1), schema.get("maxContains", len(value))
            if not least <= len(found) <= most:
                words = f"least {least:g}" if len(found) < least else f"most {most:g}"
                yield Fault(path, f"should hold at {words} items of the kind that the schema names")

    # Schemas that apply to the same value

    def _in_place(self, value: Any, schema: Node, path: Path, seen: Seen) -> Found:
        for inner in schema.get("allOf", ()):
            yield from self.walk(value, inner, path, seen)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield from self._some(value, keyword, schema[keyword], path, seen)
        if "not" in schema and self.fits(value, schema["not"]):
            yield Fault(path, "is of a form that the schema excludes")
        if "if" in schema:
            branch = "then" if self.fits(value, schema["if"], seen) else "else"
            yield from self.walk(value, schema.get(branch, True), path, seen)
        for name, inner in schema.get("dependentSchemas", {}).items():
            if isinstance(value, dict) and name in value:
                yield from self.walk(value, inner, path, seen)

    def _some(self, value: Any, word: str, forms: list[Schema], path: Path, seen: Seen) -> Found:
        tried: list[tuple[list[Fault], Found]] = []
        for form in forms:
            own: Seen = set()
            tried.append(looked_into(self.walk(value, form, path, own), path))
            if not tried[-1][0]:
                seen |= own
                if word == "anyOf" and not self.checker.looks_back:
                    return
        fitting = sum(not found for found, _ in tried)
        if not fitting:
            yield from meant(value, tried, path)
            seen.update(_inside(value))  # nobody knows of which form it should be
        elif word == "oneOf" and fitting > 1:
            yield Fault(path, "fits several forms of which exactly one must fit")

    def _rest(self, value: Any, schema: Node, path: Path, seen: Seen) -> Found:
        """Look at all that no other schema has looked at."""
        keyword = "unevaluatedItems" if isinstance(value, list) else "unevaluatedProperties"
        if keyword in schema:
            for key in _inside(value):
                if key not in seen:
                    yield from self.walk(value[key], schema[keyword], (*path, key))
            seen.update(_inside(value))


def _anything(text: str) -> bool:
    return True


def _inside(value: Any) -> Iterable[Any]:
    """Return the places of a list, the keys of an object."""
    if isinstance(value, list):
        return range(len(value))
    return value if isinstance(value, dict) else ()
