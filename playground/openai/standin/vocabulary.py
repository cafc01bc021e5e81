"""Which words of a text mean something, and which of them are the same."""

import re
from functools import cache, lru_cache
from itertools import pairwise

from playground.openai.standin import values

FILLER_WORDS = """
    a an and are as at be but by can could do does did for from get give given has have how i if
    in into is it its me my of on one or our out please s set so some t tell than that the their
    them then there this to use used uses using was we what when where which will with would you
    your any all not only value values
"""
VERB_WORDS = "add create find get give list look make search send set show tell"
FILLER = frozenset(FILLER_WORDS.split())
ALIKE = {
    "clock": "time", "hour": "time", "compute": "calculate", "workout": "calculate",
    "person": "user", "people": "user", "who": "user", "member": "user", "lookup": "find",
    "look": "search", "date": "time", "whatday": "time", "whichday": "time", "istoday": "time",
}  # fmt: skip
SAYING = dict.fromkeys(
    ("say", "said", "wrote", "write", "mention", "mentioned", "talk", "talked", "discussed"),
    "messages",
)
ENDING = re.compile(r"(?<=[^\W\d_]{4})(?:ing|ed|er|ly|y|e)$")
LONGEST_STEM = 6
ASKING = frozenset({"did", "have", "has", "ever"})


@lru_cache(maxsize=256)  # it is asked again for each function on offer
def stems(text: str) -> frozenset[str]:
    """Give the meaningful words of a text, shortened so that their forms match.

    Two words that may be written as one count as that one too: `look up` and `lookup`.
    """
    bare = re.sub(r"<[^<>]*>", " ", values.signed(text)).lower().replace("_", " ")
    words = re.findall(r"[^\W\d_]+", bare)
    words += [one + two for one, two in pairwise(words) if not {one, two} <= FILLER]
    alike = ALIKE | SAYING if ASKING.intersection(words) else ALIKE
    kept = (alike.get(word, word) for word in words if word not in FILLER)
    return frozenset(stem(word) for word in kept if len(word) > 1)


def stem(word: str) -> str:
    """Shorten a word: `servers`, `remind` and `reminder`, `slow` and `slowly` become one."""
    word = word.removesuffix("s")
    return ENDING.sub("", word)[:LONGEST_STEM]


@cache
def verbs() -> frozenset[str]:
    """Give the verbs that many functions have in their names, shortened."""
    return frozenset(map(stem, VERB_WORDS.split()))
