"""Reading JSON strictly: no NaN, no field twice, no bottomless nesting; errors in plain words."""

import json
from dataclasses import dataclass
from typing import Any

_HINTS = (
    ("property name enclosed", "put names in double quotes and leave out a comma before }"),
    ("Expecting ',' delimiter", 'put a comma there, or write quotes inside a text as \\"'),
    ("Unterminated string", 'close the text with " (a line break inside a text is written \\n)'),
    ("Invalid control character", "write a line break inside a text as \\n and a tab as \\t"),
    ("Invalid \\", "write a backslash inside a text as \\\\"),
    ("Extra data", "put one object on a line"),
    ("Expecting value", "put a value there: text in double quotes, true, false, null or a number"),
)

_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


class Number(float):
    """A number that remembers how it is written, for where it becomes a text."""

    written: str

    def __new__(cls, text: str) -> "Number":
        """Read a number."""
        made = super().__new__(cls, text)
        made.written = text
        return made


class _Refused(ValueError):
    """A value that Python would read but that JSON or fine-tuning does not know."""


def _no_constant(name: str) -> Any:
    raise _Refused(f"{name} is no JSON value")


def _no_field_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f"the field {twice!r} is there twice")
    return made


def decoder() -> json.JSONDecoder:
    """Make a strict decoder."""
    return json.JSONDecoder(
        parse_float=Number, parse_constant=_no_constant, object_pairs_hook=_no_field_twice
    )


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a text is no JSON, how to mend it, and where (characters from its start)."""

    text: str
    fix: str
    position: int = 0


def explain(error: ValueError | RecursionError) -> Broken:
    """Put an error of the decoder into words."""
    if isinstance(error, json.JSONDecodeError):
        fix = next((fix for sign, fix in _HINTS if sign in error.msg), "write it as valid JSON")
        return Broken(
            f"no valid JSON at character {error.colno}: {error.msg}.", f"{fix}.", error.pos
        )
    if isinstance(error, _Refused):
        return Broken(f"no valid JSON: {error}.", "name every field once, with a JSON value.")
    if isinstance(error, RecursionError):
        return Broken("JSON that is nested too deeply.", "flatten it.")
    return Broken("a number that is too long.", "write it as a text, in double quotes.")


def parse(text: str, reader: json.JSONDecoder) -> Any | Broken:
    """Parse a whole text, or say why it cannot be."""
    try:
        return reader.decode(text)
    except (ValueError, RecursionError) as error:
        return explain(error)


def dump(value: Any) -> str:
    """Write a value on one line, letters as they are; ValueError for what JSON cannot hold."""
    return _WRITER.encode(value)


def written(value: float) -> str:
    """Return a number or a truth value as it stands in the file."""
    return value.written if isinstance(value, Number) else dump(value)


def same(value: Any) -> int:
    """Return a number that equal values share, whatever the order of their fields."""
    return hash(_SORTED.encode(value))
