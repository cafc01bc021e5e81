"""Check a JSON body or a form against a table of its fields, in OpenAI's words.

A table maps names to rules; a rule is a plain function of a value and the name to say, made of
smaller ones. `check_object` refuses missing fields, and unknown ones unless the object is open,
and then asks the rules; null means left out.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from playground.openai.errors import ApiError, bad_request, missing

Rule = Callable[[Any, str], None]
NAMES: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def wrong_type(param: str, expected: str, value: Any) -> ApiError:
    """Refuse a value for its type."""
    return bad_request(
        f"Invalid type for '{param}': expected {expected}, but got {NAMES[type(value)]} instead.",
        param,
        "invalid_type",
    )


def check_known(names: Iterable[str], known: Collection[str], inside: str = "") -> None:
    """Refuse fields that the operation does not know."""
    for name in names:
        if name not in known:
            raise bad_request(
                f"Unknown parameter: '{inside}{name}'.", f"{inside}{name}", "unknown_parameter"
            )


def invalid(param: str, said: str, code: str = "invalid_value") -> ApiError:
    """Refuse a value of the right type."""
    return bad_request(f"Invalid '{param}': {said}", param, code)


def check_type(value: Any, kind: type, param: str) -> None:
    """Refuse a value that is not of this JSON type (a boolean is no number)."""
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise wrong_type(param, NAMES[kind], value)


def check_object(
    value: Any,
    rules: Mapping[str, Rule],
    required: Collection[str] = (),
    param: str = "",
    *,
    is_open: bool = False,
) -> None:
    """Refuse an object with unknown, missing or wrong fields."""
    if not isinstance(value, dict):
        if param:
            check_type(value, dict, param)
        raise bad_request("We could not parse the JSON body of your request.")
    inside = f"{param}." if param else ""
    if not is_open:
        check_known(value, rules, inside)
    for name in required:
        if value.get(name) is None:
            raise missing(inside + name)
    for name, rule in rules.items():
        if value.get(name) is not None:
            rule(value[name], inside + name)


def nested(rules: Mapping[str, Rule], required: Collection[str] = ()) -> Rule:
    """Take an object with fields of its own."""
    return lambda value, param: check_object(value, rules, required, param)


def holding(rules: Mapping[str, Rule], required: Collection[str] = ()) -> Rule:
    """Take an object with these fields; others may be there too."""
    return lambda value, param: check_object(value, rules, required, param, is_open=True)


def tagged(kinds: Mapping[str, Rule]) -> Rule:
    """Take an object whose `type` names another field of it, and the rule for that one."""
    named = holding({"type": choice(*kinds)}, ("type",))

    def rule(value: Any, param: str) -> None:
        named(value, param)
        kind = value["type"]
        holding({kind: kinds[kind]}, (kind,))(value, param)

    return rule


def anything(value: Any, param: str) -> None:
    """Take any value."""


def flag(value: Any, param: str) -> None:
    """Take true or false."""
    check_type(value, bool, param)


def text(limit: int | None = None, least: int = 0) -> Rule:
    """Take a text of some length."""

    def rule(value: Any, param: str) -> None:
        check_type(value, str, param)
        if limit is not None and len(value) > limit:
            said = (
                f"string too long. Expected a string with maximum length {limit}, but got a "
                f"string with length {len(value)} instead."
            )
            raise invalid(param, said, "string_above_max_length")
        if len(value) < least:
            said = (
                f"string too short. Expected a string with minimum length {least}, but got a "
                f"string with length {len(value)} instead."
            )
            raise invalid(param, said, "string_below_min_length")

    return rule


def name(value: Any, param: str) -> None:
    """Take the name of a function."""
    text(64)(value, param)
    allowed = value.replace("_", "").replace("-", "")
    if not (allowed.isascii() and (allowed.isalnum() or (value and not allowed))):
        raise no_match(param, "^[a-zA-Z0-9_-]+$")


def no_match(param: str, pattern: str) -> ApiError:
    """Refuse a text that a pattern does not fit."""
    said = "string does not match pattern. Expected a string that matches the pattern"
    return invalid(param, f"{said} '{pattern}'.")


def whole(low: float, high: float) -> Rule:
    """Take an integer of a range."""
    return _number(int, low, high)


def decimal(low: float, high: float) -> Rule:
    """Take a number of a range."""
    return _number(float, low, high)


def _number(kind: type, low: float, high: float) -> Rule:
    word = "integer" if kind is int else "decimal"

    def rule(value: Any, param: str) -> None:
        check_type(value, kind, param)
        if value < low:
            said = f"below minimum value. Expected a value >= {low}, but got {value} instead."
            raise invalid(param, f"{word} {said}", f"{word}_below_min_value")
        if value > high:
            said = f"above maximum value. Expected a value <= {high}, but got {value} instead."
            raise invalid(param, f"{word} {said}", f"{word}_above_max_value")

    return rule


def choice(*words: str) -> Rule:
    """Take one of some words."""
    *first, last = words
    joint = ", and " if len(first) > 1 else " and " if first else ""
    listed = ", ".join(f"'{word}'" for word in first) + f"{joint}'{last}'"

    def rule(value: Any, param: str) -> None:
        check_type(value, str, param)
        if value not in words:
            said = f"Invalid value: '{value}'. Supported values are: {listed}."
            raise bad_request(said, param, "invalid_value")

    return rule


def either(word: str, rule: Rule) -> Rule:
    """Take this word, or what the rule takes (`auto` or a number)."""

    def check(value: Any, param: str) -> None:
        if value != word:
            rule(value, param)

    return check


def array(rule: Rule, low: int = 1, high: int | None = None) -> Rule:
    """Take an array whose items obey a rule."""

    def check(value: Any, param: str) -> None:
        check_type(value, list, param)
        if len(value) < low:
            said = (
                f"empty array. Expected an array with minimum length {low}, but got an empty "
                "array instead."
            )
            raise invalid(param, said, "empty_array")
        if high is not None and len(value) > high:
            said = (
                f"array too long. Expected an array with maximum length {high}, but got an array "
                f"with length {len(value)} instead."
            )
            raise invalid(param, said, "array_above_max_length")
        for place, item in enumerate(value):
            rule(item, f"{param}[{place}]")

    return check


def metadata(value: Any, param: str) -> None:
    """Take up to 16 pairs of text."""
    check_type(value, dict, param)
    if len(value) > 16:
        said = (
            "too many properties. Expected an object with at most 16 properties, but got an "
            f"object with {len(value)} properties instead."
        )
        raise invalid(param, said, "object_above_max_properties")
    for key, word in value.items():
        text(64)(key, f"{param}.{key[:64]}")
        text(512)(word, f"{param}.{key}")


STREAM_OPTIONS = nested({"include_usage": flag, "include_obfuscation": flag})


def check_stream(body: Mapping[str, Any]) -> None:
    """Refuse stream options where nothing is streamed."""
    if body.get("stream_options") is not None and not body.get("stream"):
        said = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise bad_request(said, "stream_options")
