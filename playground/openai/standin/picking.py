"""Choose functions by the words of a message: the most words in common wins."""

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from playground.openai.standin import arguments, values
from playground.openai.standin.offers import Offer
from playground.openai.standin.vocabulary import stems, verbs

ENOUGH = 4
WHOLE_NAME = 2
CLAUSE = re.compile(r"\s*(?:[?;]\s+|,?\s+and\s+(?:also\s+)?|\bthen\b|\.\s+)\s*", re.I)


@dataclass(frozen=True, slots=True)
class Pick:
    """A function chosen, its arguments, and what was needed but not found."""

    name: str
    arguments: dict[str, Any]
    lacking: tuple[str, ...] = ()


def score(offer: Offer, text: str) -> tuple[int, int]:
    """Give the points of all words in common, and those of the name's words among them.

    A word of the name counts three, any other and a usual verb one.
    """
    said, name = stems(text), stems(offer.name)
    named = sum(1 if word in verbs() else 3 for word in said & name)
    named += WHOLE_NAME if name and name <= said else 0
    points = named + min(2, len(said & stems(offer.description)))
    points += len(said & stems(" ".join(offer.properties)))
    points += sum(hint(arguments.kind_of(one), offer, text) for one in offer.properties)
    return points, named


def hint(kind: str, offer: Offer, text: str) -> int:
    """Add points for a value in the message that this function alone could use."""
    if kind == "expression" and values.expression(text):
        return ENOUGH
    if kind == "zone" and "time" in stems(text) and values.zones(text):
        return 2
    searches = "search" in stems(text) & stems(offer.name)
    if kind == "topic" and searches and values.topic(text):
        return 2
    about_people = "user" in stems(offer.name) or "person" in stems(offer.name)
    if kind == "person" and about_people and "user" in stems(text) and values.people(text):
        return 2
    return 0


def best(listed: list[Offer], text: str, *, enough: int = ENOUGH) -> Offer | None:
    """Give the function with the most points, if it has enough."""
    scores = [(score(offer, text), offer) for offer in listed]
    (points, _), offer = max(scores, key=itemgetter(0), default=((0, 0), None))
    return offer if points >= enough else None


def pick(listed: list[Offer], text: str) -> list[Pick]:
    """Choose a function for each part of a message that asks for one."""
    parts: list[tuple[Offer, int]] = []
    for start in [0, *(gap.end() for gap in CLAUSE.finditer(text))]:
        clause = CLAUSE.split(text[start:], maxsplit=1)[0]
        if offer := best(listed, clause):
            parts.append((offer, start if parts else 0))
    if not parts and (offer := best(listed, text)):
        parts = [(offer, 0)]
    starts = [*(start for _, start in parts), len(text)]
    picks = [
        one
        for (offer, start), end in zip(parts, starts[1:], strict=True)
        for one in spread(offer, text[start:end])
    ]
    return repaired(picks, listed, text)


def spread(offer: Offer, text: str) -> list[Pick]:
    """Fill one call, or one for each zone when several are named."""
    given, lacking = arguments.fill(offer, text)
    zone = next((name for name in offer.properties if arguments.kind_of(name) == "zone"), None)
    if zone is None or len(found := values.zones(text)) < 2:
        return [Pick(offer.name, given, tuple(lacking))]
    return [Pick(offer.name, given | {zone: one}, tuple(lacking)) for one in found]


def repaired(picks: list[Pick], listed: list[Offer], text: str) -> list[Pick]:
    """Fill from the whole message what a part of it lacked; drop repetitions."""
    by_name = {offer.name: offer for offer in listed}
    whole: list[Pick] = []
    for one in picks:
        if one.lacking:
            given, lacking = arguments.fill(by_name[one.name], text)
            one = Pick(one.name, given | one.arguments, tuple(lacking))
        if one not in whole:
            whole.append(one)
    return whole
