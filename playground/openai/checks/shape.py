"""Check a JSON body or a form against a table of its fields, in OpenAI's words.

A table maps names to rules; a rule is a plain function of a value and the name to say.
`check_object` refuses unknown names and missing ones and then asks the rules; null means left out.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from playground.openai.checks.fields import (
    check_choice,
    check_items,
    check_length,
    check_range,
    check_type,
)
from playground.openai.errors import ApiError, bad_request, missing

Rule = Callable[[Any, str], None]


def check_object(
    value: Any, rules: Mapping[str, Rule], required: Collection[str] = (), param: str = ""
) -> None:
    """Refuse an object with unknown, missing or wrong fields."""
    if not isinstance(value, dict):
        if param:
            check_type(value, dict, param)
        raise bad_request("We could not parse the JSON body of your request.")
    inside = f"{param}." if param else ""
    for name in value:
        if name not in rules:
            raise unknown(inside + name)
    for name in required:
        if value.get(name) is None:
            raise missing(inside + name)
    for name, rule in rules.items():
        if value.get(name) is not None:
            rule(value[name], inside + name)


def unknown(param: str) -> ApiError:
    """Refuse a field that the operation does not know."""
    return bad_request(f"Unknown parameter: '{param}'.", param, "unknown_parameter")


def anything(value: Any, param: str) -> None:
    """Take any value."""


def flag(value: Any, param: str) -> None:
    """Take true or false."""
    check_type(value, bool, param)


def text(limit: int | None = None, least: int = 0) -> Rule:
    """Take a text of some length."""

    def rule(value: Any, param: str) -> None:
        check_type(value, str, param)
        if limit is not None:
            check_length(value, limit, param)
        if len(value) < least:
            raise bad_request(
                f"Invalid '{param}': string too short. Expected a string with minimum length "
                f"{least}, but got a string with length {len(value)} instead.",
                param,
                "string_below_min_length",
            )

    return rule


def whole(low: float, high: float) -> Rule:
    """Take an integer of a range."""
    return lambda value, param: check_range(value, int, low, high, param)


def decimal(low: float, high: float) -> Rule:
    """Take a number of a range."""
    return lambda value, param: check_range(value, float, low, high, param)


def choice(*words: str) -> Rule:
    """Take one of some words."""
    return lambda value, param: check_choice(value, words, param)


def either(word: str, rule: Rule) -> Rule:
    """Take this word, or what the rule takes (`auto` or a number)."""

    def check(value: Any, param: str) -> None:
        if value != word:
            rule(value, param)

    return check


def array(rule: Rule, low: int = 1, high: int | None = None) -> Rule:
    """Take an array whose items obey a rule."""

    def check(value: Any, param: str) -> None:
        check_items(value, low, high, param)
        for place, item in enumerate(value):
            rule(item, f"{param}[{place}]")

    return check


def nested(rules: Mapping[str, Rule], required: Collection[str] = ()) -> Rule:
    """Take an object with fields of its own."""
    return lambda value, param: check_object(value, rules, required, param)


def metadata(value: Any, param: str) -> None:
    """Take up to 16 pairs of text."""
    check_type(value, dict, param)
    if len(value) > 16:
        raise bad_request(
            f"Invalid '{param}': too many properties. Expected an object with at most 16 "
            f"properties, but got an object with {len(value)} properties instead.",
            param,
            "object_above_max_properties",
        )
    for key, word in value.items():
        check_length(key, 64, f"{param}.{key[:64]}")
        text(512)(word, f"{param}.{key}")


STREAM_OPTIONS = nested({"include_usage": flag, "include_obfuscation": flag})
