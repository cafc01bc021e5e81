"""Types as people and programming languages write them, each as the JSON Schema that it means.

`float`, `List[str]`, `Dict[str, int]`, `Optional[int]`, `str, optional`, `int | None`, `string[]`,
`HashMap<String, Integer>`, `list of strings`. What is not known means nothing, and is left alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from functions._jsonschema.values import TYPES

Schema = dict[str, Any]

WORDS: Mapping[str, str | None] = {
    **dict.fromkeys(("dict", "dictionary", "map", "hashmap", "hashtable", "mapping"), "object"),
    **dict.fromkeys(("json", "struct", "record", "treemap", "linkedhashmap"), "object"),
    **dict.fromkeys(("list", "arraylist", "tuple", "set", "queue", "stack", "vector"), "array"),
    **dict.fromkeys(("sequence", "iterable", "linkedlist", "hashset", "frozenset"), "array"),
    **dict.fromkeys(("ndarray", "np.ndarray", "numpy.ndarray"), "array"),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "num", "real"), "number"),
    **dict.fromkeys(("float32", "float64", "percentage"), "number"),
    **dict.fromkeys(("int", "long", "short", "byte", "bigint", "int32", "int64"), "integer"),
    **dict.fromkeys(("str", "text", "char", "character", "enum", "url", "uri", "email"), "string"),
    **dict.fromkeys(("date", "datetime", "date-time", "time", "timestamp", "uuid"), "string"),
    **dict.fromkeys(
        ("path", "file", "bytes", "function", "callable", "regex", "geopoint"), "string"
    ),
    **dict.fromkeys(("bool", "logical"), "boolean"),
    **dict.fromkeys(("none", "nonetype", "nil", "undefined", "void"), "null"),
    **{name: name for name in TYPES},
    **dict.fromkeys(("any", "mixed"), None),
}
SIZE = 200
PARTS = re.compile(r"\s*([\[\]<>(),|]|[^\[\]<>(),|]+)")
MARK = re.compile(
    r"(.+?)\s*(?:,\s*optional\b|\(\s*optional\s*\)|\?$|,?\s*\bdefault\b).*", re.IGNORECASE
)
CALLABLE = re.compile(r"(?:typing\.)?callable\[.*\]", re.IGNORECASE)  # given as its source
NOTED = re.compile(r"([\w.-]+)\s*\(.*\)")  # `DATE (YYYY-MM-DD)`
PLURAL = re.compile(r"(list|array|tuple|set)s? of (.+)", re.IGNORECASE)
ENDS = {"[": "]", "<": ">", "(": ")"}


def is_optional(text: str) -> bool:
    """Say whether a type is written as one that may be left out."""
    return MARK.fullmatch(text) is not None or text.lower().startswith("optional[")


def meaning(text: str) -> Schema | None:
    """Return the schema that a type in other words means, or None if nobody knows."""
    marked = MARK.fullmatch(text)
    text = (marked[1] if marked else text).strip()
    if len(text) > SIZE:
        return None
    if CALLABLE.fullmatch(text):
        return {"type": "string"}
    if plural := PLURAL.fullmatch(text):
        inner = meaning(plural[2]) or meaning(plural[2].rstrip("s"))
        return None if inner is None else {"type": "array", "items": inner}
    try:
        return _Reader([part.strip() for part in PARTS.findall(text) if part.strip()]).whole()
    except _Unknown:
        noted = NOTED.fullmatch(text)
        return meaning(noted[1]) if noted else None


class _Unknown(Exception):
    """Nobody knows what is written."""


class _Reader:
    """Read a type, part by part."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = list(parts)

    def whole(self) -> Schema:
        """Read all of it."""
        found = self._either()
        if self._parts:
            raise _Unknown
        return found

    def _next(self) -> str:
        if not self._parts:
            raise _Unknown
        return self._parts.pop(0)

    def _at(self, part: str) -> bool:
        return bool(self._parts) and self._parts[0] == part

    def _either(self) -> Schema:
        members = [self._one()]
        while self._at("|"):
            self._next()
            members.append(self._one())
        return _united(members)

    def _one(self) -> Schema:
        words = re.split(r"\s+or\s+|/", self._next())
        found = _united([_plain(word) for word in words[:-1]]) if len(words) > 1 else None
        last = self._generic(words[-1])
        while self._parts[:2] == ["[", "]"]:
            del self._parts[:2]
            last = {"type": "array", "items": last}
        return last if found is None else _united([found, last])

    def _generic(self, word: str) -> Schema:
        if not self._parts or self._parts[0] not in ENDS or self._parts[:2] == ["[", "]"]:
            return _plain(word)
        end = ENDS[self._next()]
        name = word.lower().removeprefix("typing.")
        if name == "literal":
            return self._literal(end)
        inner = [self._either()]
        while self._at(","):
            self._next()
            inner.append({"...": True} if self._at("...") and self._next() else self._either())
        if self._next() != end:
            raise _Unknown
        make = _GENERIC.get(name)
        return make(inner) if make else _of(_plain(name), inner)

    def _literal(self, end: str) -> Schema:
        values = []
        while (part := self._next()) != end:
            if part != ",":
                values.append(_value(part))
        return {"enum": values}


def _value(part: str) -> Any:
    if len(part) > 1 and part[0] == part[-1] and part[0] in "\"'":
        return part[1:-1]
    if part in ("True", "False"):
        return part == "True"
    if re.fullmatch(r"-?\d{1,18}", part):
        return int(part)
    raise _Unknown


def _plain(word: str) -> Schema:
    name = word.strip().lower().removeprefix("typing.")
    if name not in WORDS:
        raise _Unknown
    kind = WORDS[name]
    return {"type": kind} if kind else {}


def _of(outer: Schema, inner: list[Schema]) -> Schema:
    """Return the schema of a list or a map of something."""
    if outer == {"type": "array"} and len(inner) == 1:
        return {**outer, "items": inner[0]}
    if outer == {"type": "object"} and len(inner) <= 2:
        return {**outer, "additionalProperties": inner[-1]} if inner[-1] else outer
    raise _Unknown


def _tuple(inner: list[Schema]) -> Schema:
    if len(inner) == 1:
        return {"type": "array", "items": inner[0]}
    if inner[1:] == [{"...": True}]:
        return {"type": "array", "items": inner[0]}
    size = {"minItems": len(inner), "maxItems": len(inner)}
    if all(one == inner[0] for one in inner):
        return {"type": "array", "items": inner[0], **size}
    return {"type": "array", "prefixItems": inner, **size}


def _united(members: list[Schema]) -> Schema:
    if len(members) == 1:
        return members[0]
    if {} in members:
        return {}
    if all(list(one) == ["type"] for one in members):
        kinds: list[str] = []
        for one in members:
            kinds += one["type"] if isinstance(one["type"], list) else [one["type"]]
        return {"type": list(dict.fromkeys(kinds))}
    return {"anyOf": members}


def _optional(inner: list[Schema]) -> Schema:
    return _united([*inner, {"type": "null"}])


_GENERIC: Mapping[str, Callable[[list[Schema]], Schema]] = {
    "optional": _optional,
    "union": _united,
    "tuple": _tuple,
}
