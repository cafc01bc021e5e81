"""Choose what is offered when there are more functions than a request may carry.

Those nearest to what was said are offered, and one more that finds the others: what it names
stands in the conversation then, so it is offered in the next request.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from functions._context import Context
from functions._declaring.function import Function, function
from functions._entry import Entry
from functions._jsonschema.tree import subschemas

LIMIT = 128
FINDER = "find_functions"
FOUND = 10
SHOWN = 200  # characters of a description in what is found; the offer has all of it
NAME_WEIGHT = 2.0
STEM = 5
NAME = re.compile(r"[A-Za-z0-9_-]+")
WORD = re.compile(r"[^\W_]{3,}")
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af]")


class Words(NamedTuple):
    """The words of one function: of its name, and of all that it says of itself.

    `size` is how many characters its entry takes in a request.
    """

    name: frozenset[str]
    about: frozenset[str]
    size: int


class Offer:
    """Tells how near functions are to what was said. The words of each are read once."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[dict[str, Any], Words]] = {}

    def choose(self, functions: Sequence[Entry], text: str, since: str, room: float) -> list[Entry]:
        """Return all functions if there is room; else as many, beside the one that finds others.

        These are those named in either text and those nearest to the first, in their order. What
        was said `since` only counts by names, so that what is on offer hardly changes.
        """
        if len(functions) <= LIMIT and sum(self.words_of(one).size for one in functions) <= room:
            return list(functions)
        near, names = self.nearness(functions, text), set(NAME.findall(f"{text} {since}"))
        order = sorted(
            range(len(functions)),
            key=lambda place: (functions[place].name not in names, -near[place], place),
        )
        sizes = accumulate(self.words_of(functions[place]).size for place in order)
        count = sum(size <= room for size in sizes)
        return [functions[place] for place in sorted(order[: min(max(count, 1), LIMIT - 1)])]

    def nearness(self, functions: Sequence[Entry], text: str) -> list[float]:
        """Tell of each how much it has to do with the text; a word that few have says more."""
        said = words(text)
        every = [self.words_of(one) for one in functions]
        shared = [(said & own.name, said & own.about) for own in every]
        count = Counter(word for name, about in shared for word in name | about)
        weight = {word: math.log(1 + len(every) / have) for word, have in count.items()}
        return [
            NAME_WEIGHT * sum(weight[word] for word in name) + sum(weight[word] for word in about)
            for name, about in shared
        ]

    def words_of(self, one: Entry) -> Words:
        """Return the words of a function; those of hundreds take a second to read."""
        tool, own = self._read.get(one.name, (None, None))
        if own is None or tool is not one.tool:
            name, about = words(f"{one.name} {one.rules.title}"), words(" ".join(_texts(one)))
            size = len(str(one.tool).encode("utf-8", "replace"))  # signs of more tokens are longer
            own = Words(name, about, size)
            self._read[one.name] = one.tool, own
        return own


def finder(offer: Offer, allowed: Callable[[Context], Sequence[Entry]]) -> Function[..., Any]:
    """Make the function with which the model finds functions that are not offered."""

    @function(name=FINDER, effect="read", who="everyone")
    async def find_functions(
        about: Annotated[str, Field(min_length=1, max_length=200, description="what it should do")],
        context: Context,
    ) -> dict[str, str]:
        """Find further functions by what they do; those found can be called afterwards."""
        functions = allowed(context)
        near = offer.nearness(functions, about)
        best = sorted(range(len(functions)), key=lambda place: -near[place])[:FOUND]
        found = [functions[place] for place in best if near[place] > 0]
        return {one.name: _short(one.tool["function"]["description"]) for one in found}

    return find_functions


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _texts(one: Entry) -> Iterator[str]:
    """Yield what a function says of itself: its description, its parameters, their values."""
    shown = one.tool["function"]
    yield shown["description"]
    for node in subschemas(shown["parameters"]):
        yield from node.get("properties", ())
        yield str(node.get("description", ""))
        yield from (value for value in node.get("enum", ()) if isinstance(value, str))


def words(text: str) -> frozenset[str]:
    """Return the words and their beginnings: `transfers` has to do with `transferring`.

    Scripts that put no blanks between words count by pairs of signs.
    """
    found: set[str] = set()
    if not text.isascii():  # vowels of Hindi and the like stand above and below, and part words
        signs = unicodedata.normalize("NFC", text)
        text = "".join(sign for sign in signs if not unicodedata.category(sign).startswith("M"))
    for word in set(WORD.findall(HUMP.sub(" ", text).replace("_", " "))):
        plain = word.casefold()
        if not plain.isascii() and UNSPACED.search(plain):
            found |= {plain[place : place + 2] for place in range(len(plain) - 1)}
        else:
            found |= {plain, plain[:STEM]}
    return frozenset(found)
