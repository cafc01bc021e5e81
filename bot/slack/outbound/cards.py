"""Function calls as people see them: task cards in a stream, lines under a message. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.events import FunctionCalled, FunctionProgress, FunctionReturned
from bot.slack.text.markdown import screened
from bot.slack.text.mrkdwn import clipped

_LONGEST = 256  # of a field of a task card
_LINES = 10  # elements of a context block


@dataclass(frozen=True, slots=True)
class Card:
    """One function call: running while `outcome` is None; an outcome may be empty.

    `progress` is how far it is, and stands in the title while it runs: there Slack replaces what it
    showed before. `fault` is "failed" or "stopped" where it did not end well.
    """

    id: str
    title: str
    outcome: str | None = None
    progress: str = ""
    fault: str = ""

    def chunk(self) -> dict[str, Any]:
        """Return the chunk that draws this card in a stream.

        A failure is told by the title: a card with the status `error` reads as if the answer itself
        had failed, and models often get over it.
        """
        status = "in_progress" if self.outcome is None else "complete"
        chunk = {"type": "task_update", "id": self.id, "title": self._title(), "status": status}
        return {**chunk, "output": self.outcome} if self.outcome else chunk

    def line(self) -> dict[str, Any]:
        """Return the same as a line of text for a context block."""
        ended = ":warning:" if self.fault else ":heavy_check_mark:"
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
        fault = "" if event.ok else "failed"
        self._cards[identity] = replace(card, outcome=_short(event.note), fault=fault)
        return identity

    def chunks(self, identities: list[str]) -> list[dict[str, Any]]:
        """Return the chunks that draw these cards as they are now."""
        return [self._cards[identity].chunk() for identity in identities]

    def running(self) -> list[str]:
        """Return the ids of the calls that have not ended."""
        return [card.id for card in self._cards.values() if card.outcome is None]

    def closed(self, outcome: str) -> list[dict[str, Any]]:
        """Return chunks that close the running cards in a message, without ending the calls."""
        cards = (self._cards[identity] for identity in self.running())
        going = (replace(card, title=_short(f"{card.title}: goes on below")) for card in cards)
        return [replace(card, outcome=outcome).chunk() for card in going]

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

    def block(self) -> dict[str, Any] | None:
        """Return the cards that belong to this message as one context block, if there are any."""
        shown = [card for card in self._cards.values() if card.id not in self._told]
        lines = [card.line() for card in shown][-_LINES:]
        return {"type": "context", "elements": lines} if lines else None


def _short(text: str) -> str:
    """Return text fit for a card's field: one line, quiet, not read as a heading."""
    return clipped(screened(" ".join(text.split())).lstrip("# "), _LONGEST)
