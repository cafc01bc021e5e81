"""Read the arguments of a tool call: JSON text that a model wrote, so anything at all.

Strict on purpose, and before pydantic sees it: what is broken, ambiguous or outsized is told to
the model, never repaired. Only empty text has a meaning that JSON does not give it: no arguments.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from functions._faults import Path, show, tell
from functions._jsonschema.tree import has_ends

SIZE_LIMIT = 64_000
DEPTH_LIMIT = 64
DIGITS_LIMIT = 256
WHOLE_LIMIT = 10**22  # up to here each power of ten is a float itself


class BadArguments(ValueError):
    """Say what is wrong with arguments, beginning with the verb, and without repeating them."""


@dataclass(frozen=True, slots=True)
class NoNumber:
    """Stands for a number that cannot be one, until it is known where it is."""

    problem: str


def parse(
    text: str | bytes | None, depth: int = DEPTH_LIMIT, *, exact: bool = False
) -> tuple[dict[str, Any], bytes]:
    """Return the arguments as an object and as clean JSON, or raise `BadArguments`.

    Where they must be `exact`, a number is refused that would lose digits.
    """
    source = _text(text)
    try:
        value = json.loads(
            source or "{}",
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_exact if exact else _float,
            parse_int=_int,
        )
    except RecursionError:
        raise BadArguments(_too_deep(depth)) from None
    except json.JSONDecodeError as error:
        raise BadArguments(
            f"are not valid JSON: {_problem(error)} at character {error.pos}."
        ) from None
    if not isinstance(value, dict):
        raise BadArguments('must be one JSON object such as {"name": "value"}.')
    is_flat = source.count("{") + source.count("[") <= depth
    if not (is_flat or has_ends([value], _inside, depth)):
        raise BadArguments(_too_deep(depth))
    try:
        return value, json.dumps(value, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        raise BadArguments(tell(dict(_problems(value, ())))) from None


def _problems(value: Any, path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Tell which numbers are none, and where there is half of a character."""
    if isinstance(value, NoNumber):
        yield path, [value.problem]
    elif isinstance(value, str) and not _is_text(value):
        yield path, ["contains half of a surrogate pair"]
    elif isinstance(value, dict):
        if not all(map(_is_text, value)):
            yield path, ["has a key that contains half of a surrogate pair"]
        for key, item in value.items():
            yield from _problems(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _problems(item, (*path, place))


def _is_text(value: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _problem(error: json.JSONDecodeError) -> str:
    return "a byte order mark" if "BOM" in error.msg else error.msg.removesuffix(" at")


def _text(text: str | bytes | None) -> str:
    if not isinstance(text, str | bytes | None):
        raise BadArguments("must be JSON text.")
    if text is not None and len(text) > SIZE_LIMIT:
        raise BadArguments(f"are longer than {SIZE_LIMIT:,} characters.")
    try:
        source = text.decode() if isinstance(text, bytes) else text or ""
    except UnicodeDecodeError:
        raise BadArguments("are not UTF-8 text.") from None
    return source.strip(" \t\r\n")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadArguments(f"are ambiguous: the key {show(key)} is given twice.")
        found[key] = value
    return found


def _constant(word: str) -> NoNumber:
    return NoNumber(f"is {word}, which is no JSON number")


def _int(digits: str) -> int | NoNumber:
    if len(digits) > DIGITS_LIMIT:
        return NoNumber(f"has more than {DIGITS_LIMIT} digits")
    return int(digits)


class Rounded(float):
    """A number that is whole only because digits of it were lost; no integer to JSON Schema."""


def _float(digits: str) -> float | int | NoNumber:
    """Read a number with a point or exponent; 5.0 is an integer to JSON Schema, so it is here."""
    number = float(digits)
    if not math.isfinite(number):
        return NoNumber("is too large a number")
    try:
        exact = Decimal(digits)
    except InvalidOperation:
        return NoNumber("has too large an exponent")
    if not number.is_integer():
        return number
    is_whole = abs(number) <= WHOLE_LIMIT and exact == int(number)
    return int(number) if is_whole else Rounded(number)


def _exact(digits: str) -> float | int | NoNumber:
    number = _float(digits)
    if isinstance(number, float) and Decimal(digits) != Decimal(repr(number)):
        return NoNumber("has more digits than a number can keep here: send it as text")
    return number


def _too_deep(depth: int) -> str:
    return f"are nested deeper than {depth} levels."


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
