"""What is drawn but not yet sent, text and function cards in their order, and how cards look. Pure.

A function call is a task card in a stream, a line under a message.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.events import FunctionCalled, FunctionProgress, FunctionReturned, TextDelta, TurnEvent
from bot.slack.text.markdown import Screen, screened
from bot.slack.text.mrkdwn import clipped

_LONGEST_WORD = 40  # characters; what is longer is sent in pieces
_LONGEST = 256  # of a field of a task card
_LINES = 10  # elements of a context block
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
    """Collect text and cards until the writer takes them; `text` has all that was said.

    The `screen` makes the model's words fit to be shown; `cards` are all of the turn.
    """

    def __init__(self, screen: Screen | None = None) -> None:
        self.cards = Cards()
        self._screen = screen or Screen()
        self._before: list[str] = []
        self._cards: dict[str, None] = {}
        self._after: list[str] = []
        self._said: list[str] = []

    @property
    def text(self) -> str:
        """Return the answer's text so far, as it is shown."""
        return "".join(self._said)

    def draw(self, event: TurnEvent) -> None:
        """Take what the turn tells of."""
        match event:
            case TextDelta(text):
                self.say(self._screen.feed(text))
            case FunctionCalled():
                self.show(self.cards.called(event))
            case FunctionProgress():
                if (card := self.cards.advanced(event)) is not None:
                    self.show(card)
            case FunctionReturned():
                self.show(self.cards.returned(event))

    def end(self, fault: str) -> None:
        """Take what was held back, and that no call runs any more: with this fault, or none."""
        self.say(self._screen.flush())
        for card in self.cards.end(fault):
            self.show(card)

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
    def waiting(self) -> tuple[str, ...]:
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


@dataclass(frozen=True, slots=True)
class Card:
    """One function call: running while `outcome` is None; an outcome may be empty.

    `progress` is how far it is, and stands in the title while it runs: there Slack replaces what it
    showed before. So does `fault` where the call did not come to its end: "stopped", "interrupted",
    or "outcome unknown" where the answer broke off meanwhile. One that did and failed is not `ok`.
    """

    id: str
    title: str
    outcome: str | None = None
    progress: str = ""
    fault: str = ""
    ok: bool = True

    def chunk(self) -> dict[str, Any]:
        """Return the chunk that draws this card in a stream."""
        ended = "complete" if self.ok else "error"
        status = "in_progress" if self.outcome is None else ended
        chunk = {"type": "task_update", "id": self.id, "title": self._title(), "status": status}
        return {**chunk, "output": self.outcome} if self.outcome else chunk

    def line(self) -> dict[str, Any]:
        """Return the line of text that draws this card in a context block."""
        ended = ":heavy_check_mark:" if self.ok and not self.fault else ":warning:"
        sign = ":hourglass_flowing_sand:" if self.outcome is None else ended
        outcome = f": {self.outcome}" if self.outcome else ""
        return {"type": "plain_text", "text": f"{sign} {self._title()}{outcome}", "emoji": True}

    def _title(self) -> str:
        if self.outcome is None:
            return _short(f"{self.title}: {self.progress}") if self.progress else self.title
        return _short(f"{self.title}: {self.fault}") if self.fault else self.title


class Cards:
    """The cards of one turn."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}
        self._told: set[str] = set()  # ended, and shown so in a message that is closed

    def called(self, event: FunctionCalled) -> str:
        """Note a call that begins and return its card's id."""
        identity = _short(event.call_id)
        self._cards[identity] = Card(identity, _short(event.title or event.name))
        return identity

    def advanced(self, event: FunctionProgress) -> str | None:
        """Note how far a call is and return its card's id; None if it does not run any more."""
        card = self._cards.get(_short(event.call_id))
        if card is None or card.outcome is not None:
            return None
        self._cards[card.id] = replace(card, progress=event.text)
        return card.id

    def returned(self, event: FunctionReturned) -> str:
        """Note a call that has ended and return its card's id."""
        identity = _short(event.call_id)
        card = self._cards.get(identity) or Card(identity, _short(event.name))
        self._cards[identity] = replace(card, outcome=_short(event.note), ok=event.ok)
        return identity

    def chunks(self, identities: list[str]) -> list[dict[str, Any]]:
        """Return the chunks that draw these cards as they are now."""
        return [self._cards[identity].chunk() for identity in identities]

    def running(self) -> list[str]:
        """Return the ids of the calls that have not ended."""
        return [card.id for card in self._cards.values() if card.outcome is None]

    def closed(self) -> list[dict[str, Any]]:
        """Return chunks that close the running cards in a message, without ending the calls."""
        return [card.chunk() for card in self._parted("Continues below")]

    def _parted(self, outcome: str) -> list[Card]:
        cards = (self._cards[identity] for identity in self.running())
        return [
            replace(card, title=_short(f"{card.title}: goes on below"), outcome=outcome)
            for card in cards
        ]

    def end(self, fault: str) -> list[str]:
        """End the calls that still run, with this fault or none; return their cards' ids."""
        running = self.running()
        for identity in running:
            self._cards[identity] = replace(self._cards[identity], outcome="", fault=fault)
        return running

    def tell(self, waiting: Collection[str]) -> None:
        """Mark the ended cards as shown in a message that is now closed.

        Those in `waiting` are not drawn yet.
        """
        ended = (card.id for card in self._cards.values() if card.outcome is not None)
        self._told |= set(ended).difference(waiting)

    def block(self, *, over: bool) -> dict[str, Any] | None:
        """Return the cards that belong to this message as one context block, if there are any.

        Where the message is `over`, those that run go on in the next.
        """
        cards = self._cards | ({card.id: card for card in self._parted("")} if over else {})
        lines = [card.line() for card in cards.values() if card.id not in self._told][-_LINES:]
        return {"type": "context", "elements": lines} if lines else None


def _short(text: str) -> str:
    """Return text fit for a card's field: one line, quiet, not read as a heading."""
    return clipped(screened(" ".join(text.split())).lstrip("# "), _LONGEST)
