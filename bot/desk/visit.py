"""One person at the desk, with one thing that they typed or pressed."""

from dataclasses import dataclass
from typing import Any

from bot.desk.catalogue import Catalogue
from bot.desk.request import Equipment, as_typed
from bot.slack.inbound.invocation import Invocation
from bot.slack.outbound.respond import Responder, SlackMessage
from storage.decisions import Decisions
from storage.records import Ticket


@dataclass(frozen=True, slots=True)
class Visit:
    """What was asked for, and everything with which it is answered."""

    catalogue: Catalogue
    equipment: Equipment
    ticket: Ticket
    invocation: Invocation
    responder: Responder

    @property
    def now(self) -> int:
        """Return the milliseconds since 1970."""
        return self.equipment.clock()

    @property
    def decisions(self) -> Decisions:
        """Return where questions to people are kept, and orders that wait for a form."""
        return self.equipment.storage.decisions

    def slash(self, line: str) -> str:
        """Return how the person types a line."""
        return as_typed(line, self.catalogue.prefix, message=self.invocation.by_message)

    async def show(self, message: SlackMessage, *, fresh: bool = False) -> None:
        """Show an answer; a `fresh` one leaves the message that was clicked as it is."""
        await self.responder.result(message, fresh=fresh)

    def place(self) -> dict[str, Any]:
        """Return where the answer to a form belongs, for the form's metadata."""
        to = self.invocation
        place = {
            "channel": to.channel,
            "thread_ts": to.thread_ts,
            "response_url": to.response_url,
            "original": to.original,
            "is_dm": to.is_dm,
        }
        return {name: value for name, value in place.items() if value}
