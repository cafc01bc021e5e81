"""Find what a message says beside the words that chose the function: the things to act on."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from playground.openai.standin.vocabulary import FILLER, stem

LINK_WORDS = """
    about after and as at because before between by called for from if in into named of on or over
    saying since than that titled to until with
"""
LINKS = frozenset(LINK_WORDS.split())
ARTICLES = frozenset({"a", "an", "the", "my", "your", "our", "some", "this"})
ASIDE_WORDS = "please now thanks kindly just also who whose whom much many there up me i'd i'm let"
ASIDE = frozenset(ASIDE_WORDS.split())
GREETING = re.compile(r"^\W*(?:hi|hello|hey)\b(?=[\s,!.]+\w+\s)[\s,!.]*", re.I)
TOKEN = re.compile(r"<[^>]*>|[\"“][^\"”]*[\"”]|`[^`]*`|[^\s,;:?!\"“”`]+(?<!\.)|[,;:?!.]")
TAIL = re.compile(
    r"(:|\b(?:titled|saying|because)|\bthat(?=\s+(?:an?|the|we|our|my|it|I|you|he|she|they|there)\b))"
    r"\s+(.+)",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words, and the word before and behind them, in small letters.

    A tail stands behind a colon, `that` or `because`, and goes on to the end of the message.
    """

    text: str
    before: str
    after: str
    quoted: bool = False
    is_tail: bool = False

    @property
    def is_amount(self) -> bool:
        """Say whether a number stands before it: `50 euros`."""
        return is_number(self.before)


def phrases(text: str, naming: Collection[str], used: Collection[str]) -> list[Phrase]:
    """Part a message at links, numbers, and the words that name the function or are used up."""
    text = GREETING.sub("", text)
    if match := TAIL.search(text):
        whole = match[2].strip().rstrip("?.! ").strip('"“”`')
        said = list(spans(text[: match.start()], naming, used))
        return [Phrase(whole, match[1].lower(), "", is_tail=True), *said]
    return list(spans(text, naming, used))


def spans(text: str, naming: Collection[str], used: Collection[str]) -> Iterator[Phrase]:
    """Give the runs of words between those that part them, and what stands in quotes."""
    run: list[str] = []
    before = ""
    for token in [*TOKEN.findall(text), "."]:
        word = token.lower()
        if word in ARTICLES and not run:
            continue
        quoted = token[0] in '"“`'
        if not (quoted or token in used or parts(word, naming)):
            run.append(token)
            continue
        if run and run[-1].lower() not in ARTICLES:  # else it is the verb of `open a ticket`
            yield Phrase(" ".join(run), before, word)
        if quoted:
            yield Phrase(token[1:-1], run[-1].lower() if run else before, "", quoted=True)
        run, before = [], word


def parts(word: str, naming: Collection[str]) -> bool:
    """Say whether a word is none of the things that are spoken of."""
    word = word.partition("'")[0] or word
    if word in LINKS or word in ASIDE or not re.search(r"\w", word):
        return True
    usual = word in FILLER and word not in ARTICLES
    return usual or is_number(word) or (word.isalpha() and stem(word) in naming)


def is_number(word: str) -> bool:
    """Say whether a word is a number, and no version or address."""
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", word))
