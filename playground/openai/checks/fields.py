"""Checks of single fields: type, range, length, choice."""

from collections.abc import Iterable
from typing import Any

from playground.openai.errors import ApiError, bad_request, missing

NAMES: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def name_of(value: Any) -> str:
    """Say what a JSON value is."""
    return NAMES[type(value)]


def wrong_type(param: str, expected: str, value: Any) -> ApiError:
    """Refuse a value for its type."""
    return bad_request(
        f"Invalid type for '{param}': expected {expected}, but got {name_of(value)} instead.",
        param,
        "invalid_type",
    )


def check_type(value: Any, kind: type, param: str) -> None:
    """Refuse a value that is not of this JSON type (a boolean is no number)."""
    fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        fits = True
    if not fits:
        raise wrong_type(param, NAMES[kind], value)


def check_holds(value: Any, names: Iterable[str], param: str) -> None:
    """Refuse what is no object, or an object without one of these fields."""
    check_type(value, dict, param)
    for name in names:
        if name not in value:
            raise missing(f"{param}.{name}")


def check_range(value: Any, kind: type, low: float, high: float, param: str) -> None:
    """Refuse a number outside its range."""
    check_type(value, kind, param)
    word = "integer" if kind is int else "decimal"
    if value < low:
        text = f"{word} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise bad_request(f"Invalid '{param}': {text}", param, f"{word}_below_min_value")
    if value > high:
        text = f"{word} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise bad_request(f"Invalid '{param}': {text}", param, f"{word}_above_max_value")


def check_choice(value: Any, choices: Iterable[str], param: str) -> None:
    """Refuse a word that is not among the choices."""
    check_type(value, str, param)
    *first, last = known = list(choices)
    if value not in known:
        joint = ", and " if len(first) > 1 else " and " if first else ""
        listed = ", ".join(f"'{word}'" for word in first) + f"{joint}'{last}'"
        raise bad_request(
            f"Invalid value: '{value}'. Supported values are: {listed}.", param, "invalid_value"
        )


def check_length(value: str, limit: int, param: str) -> None:
    """Refuse a text that is too long."""
    if len(value) > limit:
        raise bad_request(
            f"Invalid '{param}': string too long. Expected a string with maximum length {limit}, "
            f"but got a string with length {len(value)} instead.",
            param,
            "string_above_max_length",
        )


def check_items(value: Any, low: int, high: int | None, param: str) -> None:
    """Refuse an array with too few or too many items."""
    check_type(value, list, param)
    if len(value) < low:
        raise bad_request(
            f"Invalid '{param}': empty array. Expected an array with minimum length {low}, but "
            "got an empty array instead.",
            param,
            "empty_array",
        )
    if high is not None and len(value) > high:
        raise bad_request(
            f"Invalid '{param}': array too long. Expected an array with maximum length {high}, "
            f"but got an array with length {len(value)} instead.",
            param,
            "array_above_max_length",
        )


def check_name(value: Any, param: str) -> None:
    """Refuse a name of a function or of a speaker that the API does not take."""
    check_type(value, str, param)
    check_length(value, 64, param)
    allowed = value.replace("_", "").replace("-", "")
    if not (allowed.isascii() and (allowed.isalnum() or (value and not allowed))):
        raise bad_request(
            f"Invalid '{param}': string does not match pattern. Expected a string that matches "
            "the pattern '^[a-zA-Z0-9_-]+$'.",
            param,
            "invalid_value",
        )
