"""Patterns that cannot hang: run by pydantic's engine, whose time grows only with the text.

JSON Schema writes patterns as JavaScript does. What reads otherwise here is rewritten; what the
engine does not have (looking around, references back) is refused when a schema is registered.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial

from pydantic_core import SchemaError, SchemaValidator, core_schema

LENGTH = 1000
STATES = 2000

ASCII = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[0-9A-Za-z_]",
    "W": "[^0-9A-Za-z_]",
    "b": r"(?-u:\b)",
    "/": "/",
}
TOKEN = re.compile(
    r"\\u\{[0-9A-Fa-f]+\}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[pP]\{[^}]*\}|\\c[A-Za-z]|\\."
    r"|\{(\d+)(,?)(\d*)\}|\(\?(?:<\w+>|:)|.",
    re.DOTALL,
)


class BadPattern(ValueError):
    """Say why a pattern cannot be used."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Callable[[str], bool]:
    """Return what finds the pattern anywhere in a text, or raise `BadPattern`."""
    if len(pattern) > LENGTH:
        raise BadPattern(f"it is longer than {LENGTH:,} characters")
    source = _Translation(pattern).source()
    schema = core_schema.str_schema(pattern=source, regex_engine="rust-regex", strict=True)
    try:
        return partial(_found, SchemaValidator(schema))
    except SchemaError:
        raise BadPattern(
            "it is not understood (looking ahead or behind and references back are not available)"
        ) from None


def is_usable(pattern: str) -> bool:
    """Say whether a pattern can be used."""
    try:
        compiled(pattern)
    except BadPattern:
        return False
    return True


def _found(validator: SchemaValidator, text: str) -> bool:
    return validator.isinstance_python(text)


class _Translation:
    """Rewrite a pattern token by token, and count how large it is when repeats are written out."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._in_class = False
        self._sizes = [0]  # of the groups that are open
        self._last = 0  # size of what a repeat would repeat

    def source(self) -> str:
        """Return the pattern for the engine."""
        source = "".join(self._token(match) for match in TOKEN.finditer(self._pattern))
        if sum(self._sizes) > STATES:
            raise BadPattern(f"its repeats amount to more than {STATES:,} steps")
        return source

    def _token(self, match: re.Match[str]) -> str:
        text = match[0]
        if self._in_class:
            return self._inside(text)
        if text.startswith("\\"):
            self._atom()
            return _escape(text)
        if match[1]:
            self._repeat(int(match[3] or match[1]))
        elif text.startswith("("):
            self._sizes.append(0)
        elif text == ")":
            self._close()
        elif text == "[":
            self._in_class = True
            self._atom()
        elif text not in "*+?|^$":
            self._atom()
        return text

    def _inside(self, text: str) -> str:
        """Rewrite within [...]: brackets and doubled signs mean nothing special there."""
        if text == "]":
            self._in_class = False
            return text
        if text.startswith("\\"):
            return r"\x08" if text == r"\b" else _escape(text)
        return f"\\{text}" if text in "[&~" else text

    def _atom(self) -> None:
        self._last = 1
        self._sizes[-1] += 1

    def _repeat(self, times: int) -> None:
        more = self._last * max(times - 1, 0)
        self._sizes[-1] += more
        self._last += more

    def _close(self) -> None:
        if len(self._sizes) == 1:
            raise BadPattern("a bracket is closed that was not opened")
        self._last = self._sizes.pop()
        self._sizes[-1] += self._last


def _escape(text: str) -> str:
    if text.startswith("\\c") and len(text) == 3:
        return f"\\x{ord(text[2].upper()) - 64:02x}"
    return ASCII.get(text[1:], text)
