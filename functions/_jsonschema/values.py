"""JSON values as JSON Schema compares them: 1 is 1.0, true is not 1, order of keys is nothing."""

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
NAMES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    type(None): "null",
}


def kind(value: Any) -> str:
    """Return the JSON type of a value; a number without fraction is an integer."""
    if isinstance(value, float):
        return "integer" if value % 1 == 0 and type(value) is float else "number"
    return NAMES.get(type(value), "unknown")


def is_kind(value: Any, names: str | list[str]) -> bool:
    """Say whether a value is of this type, or of one of these."""
    own = kind(value)  # no type's name is a part of another's
    return own in names or (own == "integer" and "number" in names)


def token(value: Any) -> Hashable:
    """Return something that is equal for equal values, and only for those."""
    if isinstance(value, dict):
        return ("object", frozenset((key, token(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(token(item) for item in value))
    return ("boolean" if isinstance(value, bool) else "", value)


def is_multiple(value: float, of: float) -> bool:
    """Say whether a number is a multiple, counted as it is written: 0.3 is one of 0.1."""
    return (Fraction(str(value)) / Fraction(str(of))).denominator == 1


def is_unique(items: list[Any], matters: bool = True) -> bool:
    """Say whether nothing is in a list twice, if that matters."""
    return not matters or len({token(one) for one in items}) == len(items)


def is_one_of(value: Any, allowed: list[Any]) -> bool:
    """Say whether a value is one of these."""
    if isinstance(value, str):  # which nothing but the same text is equal to
        return value in allowed
    return token(value) in map(token, allowed)
