"""Rules for the JSON that Slack takes, and the words with which Slack refuses it.

A rule is asked about a value and its place (a JSON pointer) and yields its complaints. Larger rules
are made of smaller ones, so that the tables of blocks and elements say what may stand where.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]


def string(most: int, least: int = 0) -> Rule:
    """Take a text of so many characters."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"must provide a string [json-pointer:{place}]"
        elif len(value) > most:
            yield f"must be less than {most + 1} characters [json-pointer:{place}]"
        elif len(value) < least:
            yield f"must be more than {least - 1} characters [json-pointer:{place}]"

    return check


def word(*known: str) -> Rule:
    """Take one of these words."""

    def check(value: Any, place: str) -> Iterator[str]:
        if value not in known:
            yield f"must be one of {', '.join(known)} [json-pointer:{place}]"

    return check


def number(least: int, most: int) -> Rule:
    """Take a whole number between these."""

    def check(value: Any, place: str) -> Iterator[str]:
        if type(value) is not int or not least <= value <= most:
            yield f"must be a number from {least} to {most} [json-pointer:{place}]"

    return check


def items(each: Rule, most: int) -> Rule:
    """Take a list with so many items at most."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"must provide an array [json-pointer:{place}]"
            return
        if len(value) > most:
            yield f"no more than {most} items allowed [json-pointer:{place}]"
        for at, item in enumerate(value):
            yield from each(item, f"{place}/{at}")

    return check


def fields(rules: Mapping[str, Rule], *needed: str) -> Rule:
    """Take an object with the needed fields (`a|b`: one of them); others may be there too."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"must provide an object [json-pointer:{place}]"
            return
        given = {name for name, inner in value.items() if inner not in (None, [], {})}
        for name in needed:
            either = name.split("|")
            if given.isdisjoint(either):
                yield f"missing required field: {either[0]} [json-pointer:{place}]"
        for name in filter(given.__contains__, rules):
            yield from rules[name](value[name], f"{place}/{name}")

    return check


def kinds(table: Mapping[str, Rule]) -> Rule:
    """Take an object of one of these types."""

    def check(value: Any, place: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else ""
        if not isinstance(value, dict):
            yield f"must provide an object [json-pointer:{place}]"
        elif kind is None:
            yield f"missing required field: type [json-pointer:{place}]"
        elif not isinstance(kind, str) or kind not in table:
            yield f"unsupported type: {kind} [json-pointer:{place}/type]"
        else:
            yield from table[kind](value, place)

    return check


def texts(most: int) -> dict[str, Rule]:
    """Tell text objects of so many characters by their types: plain, or with Slack's marks."""
    inside = fields({"text": string(most, 1)}, "text")
    return {"plain_text": inside, "mrkdwn": inside}


def text(most: int) -> Rule:
    """Take a text object of so many characters."""
    return kinds(texts(most))


def plain(most: int) -> Rule:
    """Take a plain text object of so many characters."""
    return kinds({"plain_text": texts(most)["plain_text"]})
