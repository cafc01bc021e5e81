"""Choose functions by the words of a message: the most words in common wins."""

import re
from dataclasses import dataclass
from typing import Any

from playground.openai.standin import arguments, values
from playground.openai.standin.offers import Offer

ENOUGH = 4
FEW_WORDS = 6
FILLER_WORDS = """
    a an and are as at be but by can could do does did for from get give given has have how i if
    in into is it its me my of on one or our out please s set so some t tell than that the their
    them then there this to use used uses using was we what when where which will with would you
    your any all not only value values
"""
FILLER = frozenset(FILLER_WORDS.split())
ALIKE = {
    "clock": "time", "hour": "time", "compute": "calculate", "work": "calculate",
    "person": "user", "people": "user", "who": "user", "member": "user", "lookup": "find",
    "look": "search",
}  # fmt: skip
SAYING = dict.fromkeys(
    ("say", "said", "wrote", "write", "mention", "mentioned", "talk", "talked", "discussed"),
    "messages",
)
ASKING = frozenset({"did", "have", "has", "ever"})
CLAUSE = re.compile(r"\s*(?:[?;]\s+|,?\s+and\s+(?:also\s+)?|\bthen\b|\.\s+)\s*", re.I)


@dataclass(frozen=True, slots=True)
class Pick:
    """A function chosen, its arguments, and what was needed but not found."""

    name: str
    arguments: dict[str, Any]
    lacking: tuple[str, ...] = ()


def stems(text: str) -> frozenset[str]:
    """Give the meaningful words of a text, shortened so that their forms match."""
    words = re.findall(
        r"[a-z]+", re.sub(r"<[^>]*>", " ", values.signed(text)).lower().replace("_", " ")
    )
    alike = ALIKE | SAYING if ASKING.intersection(words) else ALIKE
    kept = (alike.get(word, word) for word in words if word not in FILLER)
    return frozenset(word.removesuffix("s")[:6] for word in kept if len(word) > 1)


def score(offer: Offer, text: str) -> int:
    """Count the words in common: a name's word counts three, any other one."""
    said = stems(text)
    points = 3 * len(said & stems(offer.name))
    points += min(2, len(said & stems(offer.description)))
    points += len(said & stems(" ".join(offer.properties)))
    for name in offer.properties:
        points += hint(arguments.kind_of(name), offer, text)
    return points


def hint(kind: str, offer: Offer, text: str) -> int:
    """Add points for a value in the message that this function alone could use."""
    if kind == "expression" and values.expression(text):
        return ENOUGH
    if kind == "zone" and "time" in stems(text) and values.zones(text):
        return 2
    about_people = "user" in stems(offer.name) or "person" in stems(offer.name)
    if kind == "person" and about_people and "user" in stems(text) and values.people(text):
        return 2
    return 0


def best(listed: list[Offer], text: str, *, enough: int = ENOUGH) -> Offer | None:
    """Give the function with the most points, if it has enough."""
    ranked = sorted(listed, key=lambda offer: score(offer, text), reverse=True)
    return ranked[0] if ranked and score(ranked[0], text) >= enough else None


def pick(listed: list[Offer], text: str) -> list[Pick]:
    """Choose a function for each part of a message that asks for one."""
    picks: list[Pick] = []
    last: Offer | None = None
    for clause in filter(None, CLAUSE.split(text)):
        offer = best(listed, clause)
        if offer is None and last and goes_on(last, clause):
            offer = last
        if offer is None:
            continue
        last = offer
        picks += spread(offer, clause)
    if not picks and (offer := best(listed, text)):
        picks = spread(offer, text)
    return repaired(picks, listed, text)


def goes_on(offer: Offer, clause: str) -> bool:
    """Say whether a few words with a zone in them ask the same function once more."""
    takes_zone = any(arguments.kind_of(name) == "zone" for name in offer.properties)
    return takes_zone and len(clause.split()) <= FEW_WORDS and bool(values.zones(clause))


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
