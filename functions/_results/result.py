"""Turn whatever a function returned into text for the model: always, bounded, as JSON."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from pydantic_core import to_json

from functions._results.files import File
from functions._results.plain import BINARY, Plain, bounded, clean, said
from functions._results.secrets import strike
from functions._results.simple import is_simple

LIMIT = 20_000
AS_TEXT = BINARY | File  # told in words, which stand alone
SIMPLE = 5  # parts, for each character of the limit, of a value that is written as it is


@dataclass(frozen=True, slots=True)
class Result:
    """How a tool call ended: `text` for the model, `note` and `files` for people."""

    text: str
    ok: bool
    note: str
    files: tuple[File, ...] = ()


def rendered(value: Any, limit: int = LIMIT, secrets: Iterable[str] = ()) -> Result:
    """Return what a function gave as the result of a call: its text, without secrets, its files.

    Strings stay as they are, all else is written as JSON, whatever it holds. Raises only what a
    generator in it does, or what else gives its items one by one.
    """
    hide = partial(strike, secrets=tuple(secrets))
    plain = Plain(limit, hide)
    text = hide(_written(value, plain))
    if plain.failure is not None:
        raise plain.failure
    return Result(bounded(text, limit), ok=True, note="", files=tuple(plain.files))


def _written(value: Any, plain: Plain) -> str:
    kind = type(value)
    if issubclass(kind, str) and not issubclass(kind, Enum):
        return clean(str.__str__(value))
    if is_simple(value, SIMPLE * plain.limit):
        with contextlib.suppress(ValueError):  # half surrogates in a text, or nested too deep
            return to_json(value, inf_nan_mode="null").decode()
    if isinstance(text := said(value), str):
        return clean(text)
    told = plain.of(value)
    return told if issubclass(kind, AS_TEXT) else to_json(told, inf_nan_mode="null").decode()
