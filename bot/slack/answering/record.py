"""What one turn writes down: its messages as they come, and how it ended, in one commit.

A message that others depend on is stored before the turn goes on (`append`). The question is stored
on the side, and the last answer with the end of the turn. Where people must decide first, what the
turn has `Settled` by then is kept with its event.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.calls.place import Place
from bot.slack.reply.journal import Journal
from storage import Storage
from storage.records import Event, Message, Usage


@dataclass(frozen=True, slots=True)
class Settled:
    """What a turn has shown before it waited for people; kept in its event's body."""

    parts: int = 0
    messages: int = 0

    @classmethod
    def of(cls, event: Event) -> "Settled":
        """Return what is kept with an event; nothing for one that has not waited."""
        return cls(**event.body.get("settled", {}))


class Record:
    """The record of one turn; `newest` are its messages so far, from the question on."""

    def __init__(self, storage: Storage, place: Place, journal: Journal, model: str) -> None:
        self.newest: list[Message] = []
        self._storage = storage
        self._ticket = place.ticket
        self._event = place.event
        self._usage = Usage(place.event, place.team, place.user, model)  # that is not stored yet
        self._journal = journal
        self._last: Message | None = None
        self._writes: list[asyncio.Task[None]] = []

    def open(self, question: Message) -> None:
        """Store the question soon."""
        self.newest.append(question)
        self._writes.append(self._journal.open(question))

    async def append(self, messages: Sequence[Message]) -> None:
        """Store messages, and what was spent, before the turn goes on."""
        await self._written()
        numbered = [self._numbered(message) for message in messages]
        await self._storage.messages.append(self._ticket, numbered, self._taken())

    def spend(self, tokens_in: int, tokens_out: int) -> None:
        """Count what a request to the model took; it is stored with what is stored next."""
        so_far = self._usage
        tokens_in, tokens_out = so_far.tokens_in + tokens_in, so_far.tokens_out + tokens_out
        self._usage = replace(so_far, tokens_in=tokens_in, tokens_out=tokens_out)

    def answered(self, message: Message) -> None:
        """Take the last answer; it is stored with the end of the turn."""
        self._last = self._numbered(message)

    def posted(self, ts: str) -> None:
        """Note the ts of the last answer's first message."""
        if self._last:
            self._last = self._last._replace(slack_ts=ts)

    def break_off(self, shown: str, note: str) -> None:
        """Take what people saw for the last answer, where there is none.

        What was said before calls stands with these already.
        """
        if self._last is not None or not shown:
            return
        for message in self.newest:
            if message.role == "assistant":
                shown = shown.removeprefix(message.content.rstrip()).lstrip()
        self.answered(Message(role="assistant", content=f"{shown}\n{note}".lstrip()))

    async def finish(self) -> bool:
        """Mark the event as done, with the last answer; tell whether more waits in the thread."""
        await self._written()
        return await self._storage.inbox.finish(
            self._ticket,
            self._event,
            messages=[self._last] if self._last else [],
            usage=self._taken(),
            posts=self._journal.finals,
        )

    async def park(self, decisions: int, body: dict[str, Any]) -> bool:
        """Park the event until `decisions` approvals are decided; tell whether more waits.

        `body` is what its turn will go on with.
        """
        await self._written()
        finals = self._journal.finals
        return await self._storage.inbox.park(self._ticket, self._event, decisions, body, finals)

    async def settle(self) -> None:
        """Wait for writes that nobody waits for any more; their failure is already known."""
        await asyncio.gather(*self._writes, return_exceptions=True)

    def _taken(self) -> Usage:
        """Return what was spent since it was last stored."""
        usage, self._usage = self._usage, replace(self._usage, tokens_in=0, tokens_out=0)
        return usage

    def _numbered(self, message: Message) -> Message:
        deleted = self.newest[0].role != "user"  # the question, whose number stays its own
        numbered = message._replace(event=self._event, n=len(self.newest) + deleted)
        self.newest.append(numbered)
        return numbered

    async def _written(self) -> None:
        writes, self._writes = self._writes, []
        await asyncio.gather(*writes)
