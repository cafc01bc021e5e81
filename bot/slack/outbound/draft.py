"""What is drawn but not yet sent: text and function cards, in their order. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST_WORD = 40  # characters; what is longer is sent in pieces
_UNFINISHED = re.compile(rf"(?<=\s)\S{{1,{_LONGEST_WORD}}}\Z")


@dataclass(frozen=True, slots=True)
class Batch:
    """Something to send: text, then cards, then text."""

    before: str = ""
    cards: tuple[str, ...] = ()
    after: str = ""

    @property
    def text(self) -> str:
        """Return the text alone."""
        return self.before + self.after

    def __bool__(self) -> bool:
        return bool(self.cards or self.before or self.after)

    @property
    def visible(self) -> bool:
        """Tell whether it is more than white space."""
        return bool(self.cards or self.before.strip() or self.after.strip())

    def trimmed(self) -> "Batch":
        """Return the same without white space at the end."""
        if self.after:
            return Batch(self.before, self.cards, self.after.rstrip())
        return Batch(self.before.rstrip(), self.cards)

    def reduced(self, text: str) -> "Batch":
        """Return the same cards with this text instead."""
        return Batch("", self.cards, text) if self.cards else Batch(text)

    def opened(self, opening: str, running: Sequence[str]) -> "Batch":
        """Return this as the first content of a page, the running cards shown again."""
        missing = tuple(card for card in running if card not in self.cards)
        before, after = self.before, self.after
        if before or not after:
            return Batch(opening + before.lstrip("\n"), (*missing, *self.cards), after)
        return Batch("", (*missing, *self.cards), opening + after.lstrip("\n"))


class Draft:
    """Collect text and cards until the writer takes them; `text` has all that was said."""

    def __init__(self) -> None:
        self._before: list[str] = []
        self._cards: dict[str, None] = {}
        self._after: list[str] = []
        self._said: list[str] = []

    @property
    def text(self) -> str:
        """Return the answer's text so far, as it is shown."""
        return "".join(self._said)

    def say(self, text: str) -> None:
        """Go on with the answer, below the calls that were made since its last words."""
        if not self._said:
            text = text.lstrip()
        if text:
            self._said.append(text)
            (self._after if self._cards else self._before).append(text)

    def show(self, card: str) -> None:
        """Add a card that is new or has changed."""
        self._cards[card] = None

    @property
    def cards(self) -> tuple[str, ...]:
        """Return the ids of the cards that wait."""
        return tuple(self._cards)

    @property
    def length(self) -> int:
        """Return how many characters wait."""
        return sum(map(len, self._before)) + sum(map(len, self._after))

    def has_words(self) -> bool:
        """Tell whether there is text to see, not only white space."""
        return any(not text.isspace() for text in (*self._before, *self._after))

    def take(self, *, whole: bool) -> Batch:
        """Take what waits; unless `whole`, a word that has only begun stays.

        Slack may lose white space at the start of a piece, so pieces end behind it where possible.
        """
        before, after = "".join(self._before), "".join(self._after)
        cards = tuple(self._cards)
        self._clear()
        last = after or before
        if not whole and (after or not cards) and (begun := _UNFINISHED.search(last)):
            kept = last[: begun.start()]
            if not kept.isspace():
                self._before.append(begun.group())
                before, after = (before, kept) if after else (kept, "")
        return Batch(before, cards, after)

    def put_back(self, batch: Batch) -> None:
        """Let what was taken wait again, before everything else."""
        before, cards, after = self._before, self._cards, self._after
        self._cards = dict.fromkeys((*batch.cards, *cards))
        if batch.cards:
            self._before, self._after = [batch.before], [batch.after, *before, *after]
        else:
            self._before, self._after = [batch.text, *before], after
        self._before = [text for text in self._before if text]
        self._after = [text for text in self._after if text]

    def drop(self) -> None:
        """Forget what waits, as if it had never been said."""
        self._said = [self.text[: max(0, len(self.text) - self.length)]]
        self._clear()

    def _clear(self) -> None:
        self._before, self._cards, self._after = [], {}, []
