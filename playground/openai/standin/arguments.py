"""Fill the arguments of a function from the words of a message."""

import json
import re
from collections.abc import Callable
from typing import Any

from playground.openai.standin import values
from playground.openai.standin.offers import Offer, Schema, resolve

NOTHING = object()
KINDS = (
    ("expression", ("expression", "formula", "calculation", "sum", "equation")),
    ("zone", ("zone", "timezone", "tz")),
    ("person", ("user", "person", "who", "member", "people", "name", "author", "assignee")),
    ("place", ("city", "place", "location", "where", "country")),
    ("email", ("email", "mail")),
    ("url", ("url", "link", "address", "uri")),
    ("date", ("date", "day", "when", "since", "until", "before", "after")),
    (
        "topic",
        ("query", "text", "search", "term", "terms", "keyword", "words", "topic", "question"),
    ),
)
FORMATS = {"date": "date", "date-time": "date", "email": "email", "uri": "url"}
COUNTS = frozenset({"count", "amount", "quantity", "number", "times"})


def fill(offer: Offer, text: str) -> tuple[dict[str, Any], list[str]]:
    """Give the arguments found, and the names of required ones that were not."""
    given, lacking = {}, []
    used: set[str] = set()
    for name, schema in offer.properties.items():
        value = explicit(name, schema, text)
        if value is NOTHING:
            value = guess(name, schema, text, offer, used)
        if value is not NOTHING:
            given[name] = value
        elif name in offer.required:
            lacking.append(name)
    return given, lacking


def explicit(name: str, schema: Schema, text: str) -> Any:
    """Take `name=value` or `name: value` where somebody wrote it so."""
    said = rf"\b{values.spoken(name)}\s*[=:]\s*(\"[^\"]*\"|'[^']*'|[^\s,;]+)"
    match = re.search(said, text, re.I)
    return convert(match[1].strip("\"'"), schema) if match else NOTHING


def convert(word: str, schema: Schema) -> Any:
    """Turn a word into a value of the wanted type."""
    kind = schema.get("type")
    if kind in (None, "string"):
        return word
    try:
        return json.loads(word.lower() if kind == "boolean" else word)
    except ValueError:
        return NOTHING


def guess(name: str, schema: Schema, text: str, offer: Offer, used: set[str]) -> Any:
    """Find a value by the type and the name of the parameter."""
    if "enum" in schema or "const" in schema:
        return from_choices(schema.get("enum") or [schema["const"]], text)
    kind = schema.get("type", "string")
    if kind in ("integer", "number"):
        return number(name, kind, values.in_digits(text), offer, used)
    if kind == "boolean":
        return flag(name, text)
    if kind == "array":
        return many(name, resolve(schema.get("items") or {}, offer.schema), text)
    if kind == "object":
        return from_json(text)
    return string(name, schema, text, used, needed=name in offer.required)


def from_choices(choices: list[Any], text: str) -> Any:
    """Find a choice that was said."""
    for choice in choices:
        if re.search(rf"\b{values.spoken(str(choice))}\b", text, re.I):
            return choice
    return NOTHING


def number(name: str, kind: str, text: str, offer: Offer, used: set[str]) -> Any:
    """Find a number beside the parameter's name; any unused one if it is needed."""
    if name in COUNTS and (match := re.search(rf"(\d+)\s+(?:{things(offer)})\b", text, re.I)):
        return whole(float(match[1]), kind)
    spoken = values.spoken(name.rstrip("s"))
    near = rf"\b{spoken}s?\D{{0,12}}?(-?\d+(?:\.\d+)?)|(-?\d+(?:\.\d+)?)\s+{spoken}"
    if match := re.search(near, text, re.I):
        return whole(float(match[1] or match[2]), kind)
    if name in offer.required:
        for place, found in enumerate(values.numbers(text)):
            if (mark := f"number {place}") not in used:
                used.add(mark)
                return whole(found, kind)
    return NOTHING


def things(offer: Offer) -> str:
    """Give the pattern of what a function is about: the words of its name."""
    return "|".join(map(re.escape, re.split("[_-]+", offer.name)))


def whole(value: float, kind: str) -> int | float:
    """Give whole numbers as such."""
    return int(value) if kind == "integer" or value == int(value) else value


def flag(name: str, text: str) -> Any:
    """Say yes when the parameter's name was said, no when it was said with a no."""
    match = re.search(rf"(\b(?:not|no|without)\s+)?\b{values.spoken(name)}\b", text, re.I)
    return match[1] is None if match else NOTHING


def many(name: str, items: Schema, text: str) -> Any:
    """Find several values of one kind."""
    if items.get("type") in ("integer", "number"):
        found: list[Any] = [whole(value, items["type"]) for value in values.numbers(text)]
    elif "enum" in items:
        found = [choice for choice in items["enum"] if from_choices([choice], text) is not NOTHING]
    else:
        found = candidates(kind_of(name), text) or values.quoted(text) or listed(text)
    return found or NOTHING


def listed(text: str) -> list[str]:
    """Read `a, b and c` after a colon or the last preposition."""
    tail = re.split(r":|\b(?:of|for|with)\b", text)[-1]
    parts = [part.strip(" .?!") for part in re.split(r",|\band\b", tail)]
    return [part for part in parts if part] if len(parts) > 1 else []


def from_json(text: str) -> Any:
    """Take a JSON object that stands in the message."""
    start = text.find("{")
    if start < 0:
        return NOTHING
    try:
        return json.JSONDecoder().raw_decode(text[start:])[0]
    except ValueError:
        return NOTHING


def kind_of(name: str) -> str:
    """Say which kind of value a parameter's name asks for."""
    words = name.lower().split("_")
    return next((kind for kind, signs in KINDS if any(w in signs for w in words)), "")


def candidates(kind: str, text: str) -> list[str]:
    """Find all values of a kind."""
    if kind == "expression":
        return [found] if (found := values.expression(text)) else []
    if kind == "topic":
        return [found] if (found := values.topic(text)) else []
    if kind == "place":
        return [zone.rpartition("/")[2].replace("_", " ") for zone in values.zones(text)]
    finders: dict[str, Callable[[str], list[str]]] = {
        "zone": values.zones,
        "person": values.people,
        "email": values.EMAIL.findall,
        "url": values.URL.findall,
        "date": values.DATE.findall,
    }
    return finders[kind](text) if kind in finders else []


def string(name: str, schema: Schema, text: str, used: set[str], *, needed: bool) -> Any:
    """Find a text that is not used yet; only needed ones fall back on quotes and topics."""
    kind = FORMATS.get(schema.get("format", "")) or kind_of(name)
    found = candidates(kind, text) if kind else values.beside(name, text)
    if not found and needed and kind != "expression":  # no topic is a formula
        found = values.quoted(text) or [hit for hit in [values.topic(text)] if hit]
    for value in found:
        if (mark := f"text {value}") not in used:
            used.add(mark)
            return value
    return NOTHING
