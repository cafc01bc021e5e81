"""Rebuild whatever a function returned from what JSON knows, within bounds.

A value may be endless, contain itself, or be small in memory and huge when written out; any of its
objects may raise when it is touched. So none is handed to a serializer as a whole: values are taken
apart node by node, by their types, and what lies beyond the bounds is told in words. Only models
that are small are left to write themselves, for they know their aliases and computed fields.
"""

import contextlib
import io
import itertools
import math
import re
from array import array
from asyncio import Future
from collections import UserString, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set, ValuesView
from dataclasses import fields, is_dataclass
from email.message import Message
from enum import Enum
from types import AsyncGeneratorType, CoroutineType, SimpleNamespace
from typing import Any

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from functions._results.files import File, drawn, draws, keep
from functions._results.simple import BITS, SIGNS
from functions._results.some import ITEMS, Unread, some

DEPTH = 40
NODES = 2  # for each character of the limit: a node takes no less when it is written
SHARE = 50  # nodes that each part leaves to each that follows
LEAST = 100  # characters of each text when all nodes are used up
SHORT = 64  # bytes, as a hash has, that are told one by one
MISSING = ("NaTType", "NAType")  # of pandas
BINARY = bytes | bytearray | memoryview

_ADDRESS = re.compile(r" (at|@) 0x[0-9a-fA-F]+")


def bounded(text: str, limit: int) -> str:
    """Cut the middle out of a text that is too long, and say so where it was."""
    if len(text) <= limit:
        return text
    notice = f"\n[... {len(text) - limit:,} of {len(text):,} characters left out here ...]\n"
    room = max(limit - len(notice), 0)
    tail = room // 4
    return text[: room - tail] + notice + text[len(text) - tail :]


def clean(text: str) -> str:
    """Replace half surrogates, which no JSON request can carry."""
    return text.encode("utf-8", "replace").decode()


def decoded(data: bytes) -> str:
    """Return bytes as the text that they are, else say how many they are, and if few, which."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        which = f": {data.hex()}" if len(data) <= SHORT else ""
        return f"<{len(data):,} bytes that are no text{which}>"


class Plain:
    """Rebuilds one result; `hide` takes the secrets out of a text that is cut.

    `failure` is what a generator, or what else gives its items one by one, has raised, or that
    something in it was not awaited.
    """

    def __init__(self, limit: int, hide: Callable[[str], str] = str) -> None:
        self.limit = limit
        self.files: list[File] = []
        self.failure: BaseException | None = None
        self._hide = hide
        self._nodes = NODES * max(limit, ITEMS)
        self._floor = 0

    def of(self, value: Any, depth: int = DEPTH, above: frozenset[int] = frozenset()) -> Any:
        """Return the value as None, bool, int, float, str, list or dict with texts as keys."""
        self._nodes -= 1
        try:
            return self._of(value, depth, above)
        except Unread as error:
            self.failure = error.__cause__
            return ""
        except BaseException:  # even one that wants to end the process here
            return self._text(spoken(value))

    def _of(self, value: Any, depth: int, above: frozenset[int]) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        for known, way in _SCALARS:
            if issubclass(kind, known):
                return self._text(found) if isinstance(found := way(value), str) else found
        if issubclass(kind, File):
            return keep(value, self.files)
        if draws(kind) and (picture := drawn(value, f"picture-{len(self.files) + 1}.png")):
            return keep(picture, self.files)
        if issubclass(kind, Enum):
            plain = issubclass(type(value.value), str | int | float)
            return self.of(value.value if plain else value.name, depth, above)
        if id(value) in above:
            return "<contains itself>"
        if depth == 0:
            return "<nested too deep>" if _parts(value) is not None else self._leaf(value, 0)
        return self._inner(value, depth - 1, above | {id(value)})

    def _inner(self, value: Any, depth: int, above: frozenset[int]) -> Any:
        if hasattr(type(value), "__pydantic_serializer__"):
            try:
                if self._is_light(value):
                    return self.of(_written(value), depth, above)
            except Exception:  # a serializer of its own has raised: tell its fields
                self._nodes -= 1
        parts = _parts(value)
        if parts is None:
            return self._leaf(value, depth)
        return self._told(parts, depth, above)

    def _told(
        self, parts: dict[Any, Any] | Sequence[Any], depth: int, above: frozenset[int]
    ) -> dict[str, Any] | list[Any]:
        """Rebuild what a value consists of, until that takes too much."""
        names = isinstance(parts, dict)
        pairs = parts.items() if isinstance(parts, dict) else enumerate(parts)
        found: list[tuple[Any, Any]] = []
        for left, (key, part) in zip(itertools.count(len(parts), -1), pairs, strict=False):
            if self._nodes <= self._floor:
                more = f"and {left:,} more"
                found.append(("...", more if names else f"... {more}"))
                break
            name = self._text(_name(key)) if names else key
            found.append((name, self._part(part, left - 1, depth, above)))
        told = dict(found)
        if names and len(told) < len(found):  # keys that are one and the same when written
            return [list(pair) for pair in found]
        return told if names else [part for _, part in found]

    def _part(self, part: Any, others: int, depth: int, above: frozenset[int]) -> Any:
        """Rebuild a part, which leaves something for the others that follow it."""
        floor = self._floor
        self._floor += min(others * SHARE, (self._nodes - floor) // 2)
        try:
            return self.of(part, depth, above)
        finally:
            self._floor = floor

    def _leaf(self, value: Any, depth: int) -> Any:
        """Return what pydantic makes of a value that has no parts: a date, a path, a decimal."""
        if type(value).__name__ in MISSING:
            return None
        if (found := said(value)) is None:
            found = value.tolist() if _is_item(value) else _written(value)
        return self.of(found, depth)

    def _text(self, text: str) -> str:
        most = min(self.limit, max(self._nodes * SIGNS, LEAST))
        if len(text) > most:
            text = bounded(self._hide(text), most)
        self._nodes -= len(text) // SIGNS
        return clean(text)

    def _is_light(self, value: Any) -> bool:
        """Tell whether a model is small, and has nothing in it that must be taken apart."""
        left, waiting = self._nodes // 2, [value]
        while waiting and left > 0:
            one = waiting.pop()
            if issubclass(type(one), str | bytes):
                left -= len(one) // SIGNS
                continue
            if issubclass(type(one), File) or _gives(type(one)) or draws(type(one)):
                return False
            parts = _parts(one) or ()
            left -= 1 + len(parts)
            waiting.extend(parts.values() if isinstance(parts, dict) else parts)
        return left > 0


def spoken(value: Any) -> str:
    """Let an object speak for itself, or name its class if it cannot."""
    try:
        return _ADDRESS.sub("", str(value))
    except BaseException:  # even one that wants to end the process here
        return f"<{type(value).__name__}>"


def said(value: Any) -> dict[Any, Any] | str | None:
    """Return what a server's answer says: of slack_sdk its data, of httpx or requests its text."""
    with contextlib.suppress(BaseException):  # whatever it raises when it is asked
        if isinstance(value.status_code, int):
            found = getattr(value, "data", None) or getattr(value, "text", None)
            return found if isinstance(found, dict | str) else None
    return None


def _is_item(value: Any) -> bool:
    """Tell whether it is an item of an array, with a form of its own in Python; a time is told."""
    kind = type(value)
    if not hasattr(kind, "dtype") or not hasattr(kind, "tolist"):
        return False
    return getattr(value.dtype, "kind", "") not in ("m", "M") and type(value.tolist()) is not kind


def _gives(kind: Any) -> bool:
    """Tell what gives one item after the other, which pydantic would read to its end."""
    return hasattr(kind, "__next__")


def _written(value: Any) -> Any:
    if _gives(type(value)):
        return spoken(value)
    return from_json(to_json(value, fallback=spoken, inf_nan_mode="null"))


def _name(key: Any) -> str:
    if issubclass(type(key), str):
        return str.__str__(key)
    try:
        (name,) = _written({key: 0})
        return str(name)
    except Exception:
        return spoken(key)


def _parts(value: Any) -> dict[Any, Any] | Sequence[Any] | None:
    """Return what a value consists of, by name or in order; None if it is a whole."""
    kind = type(value)
    for known, way in _PARTS:
        if issubclass(kind, known):
            found: dict[Any, Any] | Sequence[Any] | None = way(value)
            return found
    if is_dataclass(kind):
        return _of_fields(value, [one.name for one in fields(kind)])
    if (rows := _rows(value, kind)) is not None:
        return rows
    if issubclass(kind, Mapping) or _is_keyed(value, kind):
        return _entries(value)
    if hasattr(kind, "_fields") and len(set(value._fields)) == len(value):  # a row of SQLAlchemy
        return dict(zip(value._fields, value, strict=True))
    if isinstance(found := said(value), dict):
        return found
    if issubclass(kind, _MANY) or _is_array(value, kind) or _only_iterates(kind):
        return some(value)
    return _of_library(value, kind)


def _rows(value: Any, kind: Any) -> list[Any] | None:
    """Return the first rows of a frame, with its index where that is more than numbers."""
    if hasattr(kind, "to_dicts"):  # polars
        rows = value.head(ITEMS).to_dicts()
    elif hasattr(kind, "itertuples") and value.columns.is_unique:  # pandas
        is_told = value.index.name or value.index.dtype.kind not in "iu"
        first = value.head(ITEMS)
        rows = (first.reset_index() if is_told else first).to_dict("records")
    else:
        return None
    left = len(value) - len(rows)
    return [*rows, f"... and {left:,} more"] if left > 0 else list(rows)


def _is_keyed(value: Any, kind: Any) -> bool:
    """Tell a row or a frame from what has keys beside its items, as an element of XML."""
    if not hasattr(kind, "keys") or not hasattr(kind, "__getitem__"):
        return False
    first = [value[key] for key in itertools.islice(value.keys(), 1)]
    return bool(first)


def _is_array(value: Any, kind: Any) -> bool:
    """Tell an array from one without dimension, and from a matrix, whose rows are matrices."""
    dimensions = getattr(value, "ndim", 1)
    if dimensions == 0 or not (hasattr(kind, "dtype") and hasattr(kind, "__iter__")):
        return False
    return bool(getattr(next(iter(value), None), "ndim", 0) < max(dimensions, 2))


def _only_iterates(kind: Any) -> bool:
    """Tell what has items and no words for itself."""
    is_mute = kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__
    return is_mute and hasattr(kind, "__iter__")


def _of_library(value: Any, kind: Any) -> dict[Any, Any] | None:
    """Take apart by its own word what is of some library, which is not imported."""
    attributes: Any = getattr(kind, "__attrs_attrs__", ())
    mapper: Any = getattr(kind, "__mapper__", None)  # of SQLAlchemy
    names = [one.name for one in attributes] or getattr(kind, "__struct_fields__", None)
    if names := names or (mapper and mapper.column_attrs.keys()):
        return _of_fields(value, names)
    found = value.to_dict() if hasattr(kind, "to_dict") else None
    return found if isinstance(found, dict) else None


def _tuple(value: tuple[Any, ...]) -> dict[str, Any] | tuple[Any, ...]:
    items = tuple.__getitem__(value, slice(None))
    names = getattr(value, "_fields", None)
    return dict(zip(names, items, strict=False)) if isinstance(names, tuple) else items


def _model(value: BaseModel) -> dict[str, Any]:
    known = type(value).model_fields
    names = [name for name, one in known.items() if not one.exclude]
    return _of_fields(value, [*names, *(value.model_extra or ())])


def _of_fields(value: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: _field(value, name) for name in names}


def _field(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:
        return "<cannot be read>"


def _entries(value: Any) -> dict[Any, Any] | list[Any]:
    """Return the first entries of what may make them when they are asked for.

    They are pairs where a key stands there twice.
    """
    keys = value if issubclass(type(value), Mapping) else value.keys()
    pairs = value.items() if hasattr(type(value), "items") else ((key, value[key]) for key in keys)
    first = list(itertools.islice(pairs, ITEMS))
    found, left = dict(first), len(keys) - len(first)
    if len(found) < len(first):
        return [*first, f"... and {left:,} more"] if left > 0 else first
    return {**found, "...": f"and {left:,} more"} if left > 0 else found


def _integer(value: Any) -> int | str:
    bits = int.bit_length(value)
    if bits <= BITS:
        return int.__pos__(value)
    return f"<a whole number of about {round(bits * math.log10(2)):,} digits>"


def _error(value: BaseException) -> str:
    return f"{type(value).__name__}: {spoken(value)}"


def _unawaited(value: Any) -> Any:
    name = getattr(value, "__qualname__", type(value).__name__)
    raise Unread from TypeError(f"{name} in the result was not awaited")


_Way = Callable[[Any], Any]
_SCALARS: tuple[tuple[Any, _Way], ...] = (
    (str, str.__str__),
    (int, _integer),
    (float, float.__pos__),
    (BINARY, lambda value: decoded(memoryview(value).tobytes())),
    (io.BytesIO, lambda value: decoded(value.getvalue())),
    (io.StringIO, io.StringIO.getvalue),
    (BaseException, _error),
    (CoroutineType | AsyncGeneratorType | Future, _unawaited),  # as a forgotten await leaves it
    (io.IOBase | UserString | Message, spoken),  # which look like rows
)
_MANY: Any = Iterator | Sequence | Set | ValuesView | array
_PARTS: tuple[tuple[Any, _Way], ...] = (
    (dict, dict.copy),
    (list, list.copy),
    (tuple, _tuple),
    (BaseModel, _model),
    (SimpleNamespace, vars),
    (set | frozenset | deque, list),
)
