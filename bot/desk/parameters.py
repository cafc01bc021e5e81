"""The types of parameters that commands share: ages, text to the end of the line, files.

Each is a plain type with its reading attached, so a command's signature says what it takes.
"""

import json
import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

Menu = tuple[tuple[str, str], ...]  # what is shown, and the value

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_AGE = re.compile(r"(\d{1,6})\s*(m|h|d|w|y)(?:in(?:ute)?s?|ours?|ays?|eeks?|ears?)?")
_BYTES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_CURLY = str.maketrans("“”„‟‘’", '""""\'\'')
_SIZE = re.compile(r"(\d{1,12}(?:\.\d+)?)\s*([kmg]?)b?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a parameter is called in usage lines and in forms, and what an example of it is.

    `hint` is what a form says of it where its description speaks of what only a line can give,
    `menu` what its menu says for the words of a line.
    """

    name: str = ""
    example: str = ""
    label: str = ""
    hint: str = ""
    menu: Menu = ()


@dataclass(frozen=True, slots=True)
class Picks:
    """Marks a list of ids that a form lets people pick: users, or channels."""

    kind: Literal["users", "conversations"]


@dataclass(frozen=True, slots=True)
class ToTheEnd:
    """Marks a parameter that takes the rest of the line as it was written."""


@dataclass(frozen=True, slots=True)
class FromFiles:
    """Marks a parameter that takes files: of the message, the thread, or the form.

    Of a thread it takes the newest that fits, or with `choose` all, newest first, for the command
    to let its person choose. `named` is for the second such parameter of a command: it takes the
    files whose name has this word, and the first one the others.
    """

    kinds: tuple[str, ...] = ()
    most: int = 10
    named: str = ""
    choose: bool = False


def age(value: str) -> timedelta:
    """Read `30d`, `2 weeks` or `12h`."""
    found = _AGE.fullmatch(value.strip().lower())
    if found is None:
        raise ValueError("it must be an age such as 12h, 30d, 2w or 1y")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def typed_age(age: timedelta) -> str:
    """Return an age as a person types it."""
    count, unit = counted_age(age)
    return f"{count}{unit[0]}"


def counted_age(age: timedelta) -> tuple[int, str]:
    """Return an age in the largest unit that tells it exactly."""
    minutes = int(age.total_seconds() // 60)
    for length, unit in ((1440, "day"), (60, "hour")):
        if minutes % length == 0:
            return minutes // length, unit
    return minutes, "minute"


def size(value: str) -> int:
    """Read `500`, `10k` or `1.5 MB`."""
    found = _SIZE.fullmatch(value.strip())
    if found is None:
        raise ValueError("it must be a size such as 500k, 10MB or 1GB")
    return int(float(found[1]) * _BYTES[found[2].lower()])


def words(value: Any) -> Any:
    """Read what a form gives for several values: words with commas, spaces or lines between."""
    return value.replace(",", " ").split() or None if isinstance(value, str) else value


def ids(letters: str, example: str) -> AfterValidator:
    """Take ids alone: that is what Slack makes of a mention, and what a form picks.

    `letters` are those that they begin with.
    """

    def checked(given: Any) -> Any:
        each = [given] if isinstance(given, str) else given or ()
        if not all(re.fullmatch(rf"[{letters}][A-Z0-9]+", one) for one in each):
            raise ValueError(
                f"must be mentioned as Slack proposes it, or by an id such as {example}"
            )
        return given

    return AfterValidator(checked)


def lifetime(value: timedelta) -> timedelta:
    """Keep to what the servers take as the time after which a file goes away."""
    if not timedelta(hours=1) <= value <= timedelta(days=30):
        raise ValueError("it must be from 1h to 30d")
    return value


def as_object(text: str) -> dict[str, Any]:
    """Read a JSON object that a person wrote, also with the curly quotes of a phone.

    Raises:
        ValueError: it is none; the text says where.
    """
    text = text.strip().strip("`").strip()
    for written in (text, text.translate(_CURLY)):
        try:
            found = json.loads(
                written, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite
            )
        except RecursionError:
            raise ValueError("is nested too deep") from None
        except ValueError as error:
            problem = error
            continue
        if not isinstance(found, dict):
            raise ValueError("must be a JSON object, in braces")
        return found
    if isinstance(problem, json.JSONDecodeError):
        where = f"line {problem.lineno}, column {problem.colno}"
        raise ValueError(f"must be JSON: {problem.msg} in {where}")
    raise ValueError(f"must be JSON: {str(problem).partition(':')[0]}")  # without Python's advice


def json_object(value: Any) -> Any:
    """Read a JSON object; nothing written is none."""
    return as_object(value) if isinstance(value, str) and value.strip() else value or None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(f"{word[:20]} is no number of JSON")
    return number


Age = Annotated[timedelta, BeforeValidator(age), Shown("AGE", "30d")]
Lifetime = Annotated[timedelta, BeforeValidator(age), AfterValidator(lifetime), Shown("AGE", "30d")]
Size = Annotated[int, BeforeValidator(size), Shown("SIZE", "10MB")]
Rest = Annotated[str, ToTheEnd()]
Words = Annotated[list[str] | None, BeforeValidator(words)]
UserId = Annotated[str, ids("UW", "U012ABCDEF"), Shown("USER")]
JsonObject = Annotated[dict[str, Any] | None, BeforeValidator(json_object)]
