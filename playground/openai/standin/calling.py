"""Read the calls that a message orders: which functions, in which rounds, with what.

`call a with {"x": 1} and b in Tokyo, then call c`: the first two in one round, the third in the
next. Arguments stand as JSON behind the name or `with`, or as `raw` text; else they are found in
the words.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from playground.openai.answer import ToolCall
from playground.openai.standin.arguments import fill
from playground.openai.standin.offers import Offer

CALL = re.compile(
    r"(?:(?P<later>\bthen\s+)?\b(?P<verb>keep\s+calling|call)(?:\s+both)?"
    r"|\b(?P<then>then)|\band(?:\s+also)?|,)"
    r"\s+`?(?P<name>[A-Za-z_][\w-]*)`?(?P<with>\s+with\s+|\s*(?={))?",
    re.I,
)
RAW = re.compile(r"raw\s+(\S.*?)(?=\s+(?:and|then)\s+call\b|$)", re.I | re.S)
OPENING = re.compile(r"\W*(?:(?:please|now|just|(?:can|could|will|would) you)\W*)*", re.I)
CLAUSE_END = re.compile(r"\b(?:and|then)\b|[;.?!](?:\s|$)", re.I)

Rounds = tuple[tuple[ToolCall, ...], ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """One ordered call: where it stands, and its arguments if they are written out."""

    name: str
    start: int
    end: int
    arguments: str | None
    later: bool
    endless: bool


def read_calls(text: str, listed: Sequence[Offer]) -> tuple[Rounds, bool]:
    """Give the ordered calls, round by round, and whether the last round goes on without end."""
    by_name = {offer.name: offer for offer in listed}
    found = list(ordered(text, by_name))
    ends = [*(one.start for one in found[1:]), len(text)]
    rounds: list[list[ToolCall]] = []
    for one, end in zip(found, ends, strict=False):
        if one.later or not rounds:
            rounds.append([])
        words = CLAUSE_END.split(text[one.end : end])[0]
        rounds[-1].append(completed(one, by_name.get(one.name), words))
    return tuple(map(tuple, rounds)), any(one.endless for one in found)


def ordered(text: str, names: Collection[str]) -> Iterator[Ordered]:
    """Give each ordered call; behind the first one, `and` and a name are enough."""
    place, begun = 0, False
    while match := CALL.search(text, place):
        one = read(text, match)
        if (match["verb"] or begun) and is_meant(one, text, names):
            begun, place = True, one.end
            yield one
        else:
            place = match.start() + 1


def read(text: str, match: re.Match[str]) -> Ordered:
    """Read one call, whether it is meant as one or not."""
    written, end = arguments(text, match.end()) if match["with"] else (None, match.end())
    return Ordered(
        name=match["name"],
        start=match.start(),
        end=end,
        arguments=written,
        later=bool(match["later"] or match["then"]),
        endless=(match["verb"] or "").lower().startswith("keep"),
    )


def arguments(text: str, place: int) -> tuple[str | None, int]:
    """Take the JSON text, or the raw text, that stands here, and tell where it ends."""
    if match := RAW.match(text, place):
        return match[1], match.end()
    try:
        _, end = json.JSONDecoder().raw_decode(text, place)
    except ValueError:
        return None, place
    return text[place:end], end


def is_meant(one: Ordered, text: str, names: Collection[str]) -> bool:
    """Tell a function's name from any other word: by what is on offer, or by how it is said."""
    if one.arguments is not None or one.name in names or "_" in one.name:
        return True
    before = text[: one.start]
    return not text[one.end :].strip(" .!") and bool(
        OPENING.fullmatch(before) or CALL.search(before)
    )


def completed(one: Ordered, offer: Offer | None, words: str) -> ToolCall:
    """Make the call, with what its words say where nothing is written out."""
    if one.arguments is not None or offer is None:
        return ToolCall(one.name, one.arguments or "{}")
    return ToolCall(one.name, fill(offer, words)[0])
