"""Fill the arguments of a function from the words of a message."""

import json
import re
from collections.abc import Callable
from typing import Any

from playground.openai.standin import values
from playground.openai.standin.offers import Offer, Schema, resolve
from playground.openai.standin.remainder import Phrase, phrases
from playground.openai.standin.vocabulary import stem, stems, verbs

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
FORMATS = {"date": "iso", "date-time": "iso", "email": "email", "uri": "url"}
COUNTS = frozenset({"count", "amount", "quantity", "number", "times"})
LOWS = frozenset({"low", "lower", "lowest", "min", "minimum", "start", "first", "from"})
HIGHS = frozenset({"high", "upper", "highest", "max", "maximum", "end", "last", "to"})
RANGE = re.compile(r"\b(?:between|from)\s+(-?\d+)\s+(?:and|to)\s+(-?\d+)\b", re.I)
LINKED = {
    "because": ("reason", "why", "cause"),
    "to": ("to", "target", "recipient", "language", "destination", "goal"),
    "into": ("target", "language", "destination"),
    "from": ("from", "source", "origin", "sender", "start"),
}


def fill(offer: Offer, text: str) -> tuple[dict[str, Any], list[str]]:
    """Give the arguments found, and the names of required ones that were not."""
    written = from_json(text)
    if isinstance(written, dict) and written and written.keys() <= offer.properties.keys():
        filled = written  # as a model would give them
    else:
        used: set[str] = set()
        found = {name: given(name, offer, text, used) for name in offer.properties}
        found |= spoken_of(offer, text, found, used)
        filled = {name: value for name, value in found.items() if value is not NOTHING}
    return filled, [one for one in offer.properties if one in offer.required and one not in filled]


def given(name: str, offer: Offer, text: str, used: set[str]) -> Any:
    """Give what was written out for a parameter, or what its type and name tell apart."""
    schema = offer.properties[name]
    value = explicit(name, schema, text)
    if value is NOTHING:
        value = guess(name, schema, text, offer, used)
    if value is not NOTHING:
        used.update(str(value).split())
    return value


def spoken_of(offer: Offer, text: str, found: dict[str, Any], used: set[str]) -> dict[str, str]:
    """Fill texts with what the message speaks of: by the words around it, else in order."""
    naming = stems(" ".join((offer.name, offer.description, *offer.properties))) | verbs()
    left = phrases(text, naming, used)
    open_ = [name for name, value in found.items() if value is NOTHING and is_text(name, offer)]
    filled = {}
    for name in open_:
        if one := next((one for one in left if belongs(name, one)), None):
            filled[name] = one.text
            left.remove(one)
    needed = [name for name in open_ if name in offer.required and name not in filled]
    left = [one for one in left if one.before != "because"]
    left.sort(key=lambda one: (one.is_tail != (len(needed) == 1), not one.quoted, one.is_amount))
    return filled | {name: one.text for name, one in zip(needed, left, strict=False)}


def is_text(name: str, offer: Offer) -> bool:
    """Say whether any text will do for a parameter."""
    schema = offer.properties[name]
    plain = schema.get("type", "string") == "string" and not {"enum", "const"} & schema.keys()
    return plain and "format" not in schema and kind_of(name) != "expression"


def belongs(name: str, phrase: Phrase) -> bool:
    """Say whether the words around a phrase tell what it is for."""
    if name in LINKED.get(phrase.before, ()):
        return True
    about = stem(values.noun(name))
    return about == stem(phrase.before) or (name not in LINKED and about == stem(phrase.after))


def explicit(name: str, schema: Schema, text: str) -> Any:
    """Take `name=value` or `name: value` where somebody wrote it so."""
    said = rf"\b{values.spoken(name)}\s*(=|:)\s*(\"[^\"]*\"|'[^']*'|[^\s,;]+)"
    match = re.search(said, text, re.I)
    if not match:
        return NOTHING
    if match[1] == ":" and match[2][0] not in "\"'" and schema.get("type") == "string":
        return values.upto_next_pair(text[match.start(2) :])
    return convert(match[2].strip("\"'"), schema)


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
        return from_choices(schema["enum"] if "enum" in schema else [schema["const"]], text)
    kind = schema.get("type", "string")
    if kind in ("integer", "number"):
        return number(name, kind, values.in_digits(text), offer, used)
    if kind == "boolean":
        return flag(name, text)
    if kind == "array":
        return many(name, resolve(schema.get("items") or {}, offer.schema), text)
    if kind == "object":
        return from_json(text)
    return string(name, schema, text, used)


def from_choices(choices: list[Any], text: str) -> Any:
    """Find a choice that was said."""
    for choice in choices:
        if re.search(rf"\b{values.spoken(str(choice))}\b", text, re.I):
            return choice
    return NOTHING


def number(name: str, kind: str, text: str, offer: Offer, used: set[str]) -> Any:
    """Find a number beside the parameter's name; any unused one if it is needed."""
    if (pair := RANGE.search(text)) and name in LOWS | HIGHS:
        return whole(float(pair[1 if name in LOWS else 2]), kind)
    spoken = values.spoken(name.rstrip("s"))
    if match := re.search(rf"\b{spoken}s?\s+(-?\d+(?:\.\d+)?)(?!\w)", text, re.I):
        return whole(float(match[1]), kind)
    if name in COUNTS and (
        match := re.search(rf"(?<![\w-])(\d{{1,3}})\s+{things(offer)}", text, re.I)
    ):
        return whole(float(match[1]), kind)
    near = rf"\b{spoken}s?\b\D{{0,12}}?(?<!\w-)(-?\d+(?:\.\d+)?)|(-?\d+(?:\.\d+)?)\s+{spoken}s?\b"
    if match := re.search(near, text, re.I):
        return whole(float(match[1] or match[2]), kind)
    unused = [found for found in values.numbers(text) if str(found) not in used]
    if unused and (name in offer.required or is_only_choice(offer, unused)):
        return whole(unused[0], kind)
    return NOTHING


def is_only_choice(offer: Offer, numbers: list[float]) -> bool:
    """Say whether one number can be meant for nothing but the one parameter that there is."""
    return len(numbers) == len(offer.properties) == 1


def things(offer: Offer) -> str:
    """Give the pattern of what can be counted: the words of a function's name, or what it needs."""
    named = "|".join(map(re.escape, re.split("[_-]+", offer.name)))
    needs_text = any(is_text(name, offer) for name in offer.required)
    return r"(?=[^\W\d])" if needs_text else rf"(?:{named})\b"


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
        marked = values.quoted(text)
        several = marked if len(marked) > 1 else listed(text)
        found = candidates(kind_of(name), text) or several or marked
    return found or NOTHING


def listed(text: str) -> list[str]:
    """Read `a, b and c` after a colon or the last preposition."""
    tail = re.split(r"\b(?:on|at|in|to)\b", re.split(r":|\b(?:of|for|with)\b", text)[-1])[0]
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
        "date": values.dates,
        "iso": values.DATE.findall,
    }
    return finders[kind](text) if kind in finders else []


def string(name: str, schema: Schema, text: str, used: set[str]) -> Any:
    """Find a text of the kind that a parameter's name or format asks for, and not used yet."""
    kind = FORMATS.get(schema.get("format", "")) or kind_of(name)
    found = candidates(kind, text) if kind else values.beside(name, text)
    return next((value for value in found if value not in used), NOTHING)
