"""Turn whatever a function returned into text for the model: always, bounded, as JSON."""

import itertools
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from functions._files import File, Taken
from functions._secrets import strike

LIMIT = 20_000
DEPTH = 40
ITEMS = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """How a tool call ended: `text` for the model, `note` and `files` for people."""

    text: str
    ok: bool
    note: str
    files: tuple[File, ...] = ()


def rendered(value: Any, limit: int = LIMIT, secrets: Iterable[str] = ()) -> Result:
    """Return what a function gave as the result of a call: its text, without secrets, its files."""
    taken = Taken()
    text = strike(_written(taken.take(value)), secrets)
    return Result(bounded(text, limit), ok=True, note="", files=tuple(taken.files))


def render(value: Any, limit: int = LIMIT) -> str:
    """Write a value as text: strings as they are, the rest as JSON, whatever it holds."""
    return bounded(_written(value), limit)


def _written(value: Any) -> str:
    if isinstance(value, str):
        return clean(str.__str__(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(bytes(value))
    try:
        return to_json(value, fallback=_known, inf_nan_mode="null").decode()
    except Exception:  # circular, surrogates, bytes that are no text, objects that raise
        return to_json(plain(value)).decode()


def bounded(text: str, limit: int) -> str:
    """Cut the middle out of a text that is too long, and say so where it was."""
    if len(text) <= limit:
        return text
    notice = f"\n[... {len(text) - limit:,} of {len(text):,} characters left out here ...]\n"
    room = max(limit - len(notice), 0)
    tail = room // 4
    return text[: room - tail] + notice + (text[-tail:] if tail else "")


def clean(text: str) -> str:
    """Replace half surrogates, which no JSON request can carry."""
    return text.encode("utf-8", "replace").decode()


def plain(value: Any, depth: int = DEPTH, above: frozenset[int] = frozenset()) -> Any:
    """Rebuild a value from what JSON knows, with words where it cannot be told."""
    value = _opened(value)
    if isinstance(value, dict | list | tuple | set | frozenset):
        if id(value) in above:
            return "<contains itself>"
        if depth == 0:
            return "<nested too deep>"
        return _rebuilt(value, depth - 1, above | {id(value)})
    return _scalar(value)


def _opened(value: Any) -> Any:
    """Return what is in a model or dataclass, or any other value as it is."""
    if isinstance(value, BaseModel):
        return {name: getattr(value, name, None) for name in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name, None) for one in fields(value)}
    return value


def _known(value: Any) -> Any:
    """Return what pydantic does not know as something that it knows."""
    try:
        return _simpler(value)
    except Exception:
        return _spoken(value)


def _simpler(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, SimpleNamespace):
        return vars(value)
    if isinstance(value, Sequence | Set | array):
        found = list(itertools.islice(value, ITEMS + 1))
        more = f"... and {len(value) - ITEMS:,} more"
        return found if len(found) <= ITEMS else [*found[:ITEMS], more]
    return _spoken(value)


def _rebuilt(value: Any, depth: int, above: frozenset[int]) -> Any:
    if isinstance(value, dict):
        return {clean(_spoken(key)): plain(item, depth, above) for key, item in list(value.items())}
    return [plain(item, depth, above) for item in list(value)]


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes | bytearray):
        return _bytes(bytes(value))
    try:
        return to_json(value, fallback=_spoken).decode().strip('"')
    except Exception:  # this value is the one that cannot be written
        return clean(_spoken(value))


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"<{len(value):,} bytes that are no text>"


def _spoken(value: Any) -> str:
    """Let an object speak for itself, or name its class if it cannot."""
    try:
        return clean(str(value))
    except Exception:
        return f"<{type(value).__name__}>"
