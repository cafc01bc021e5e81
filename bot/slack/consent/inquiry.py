"""Lets a running function ask the person who asked: a card in the thread, and the wait for it.

The question is a row in storage. A function that runs again after a crash asks again, meets the
row, and goes on with the answer that was given meanwhile; it must be word for word the question
that was answered, else the person is asked anew. A click comes through the inbox and wakes
the function at once where it runs in this process, else by a look every two seconds. What the
person writes in the thread meanwhile is an answer too where the function runs in this process: the
message is remembered, and gets no turn of its own unless it comes too late. Only the time of the
function is counted; when it is up the card says that no answer is needed any more.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from bot.slack.calls import clock, posting
from bot.slack.calls.place import Place
from bot.slack.calls.send import FateUnknown, Refused, Sender
from bot.slack.consent import inquiry_card as card
from bot.slack.inbound.incoming import thread_key
from bot.slack.inbound.invocation import Invocation
from bot.slack.reply.reply import Reply
from bot.slack.text.readable import nameless, readable
from functions import FunctionError
from storage import Storage
from storage.records import ASIDE, Event, Inquiry

logger = logging.getLogger(__name__)

_LOOK_S = 2.0
_GONE = "This question is no longer open, so your answer was not taken."


@dataclass(slots=True)
class _Wait:
    """A function of this process that waits for an answer; `taken` when one is on its way."""

    inquiry: Inquiry
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Inquiries:
    """Shows questions, takes answers, wakes who waits for them; one for the process.

    Only the person who is asked may answer. `names` looks up the names of a team's users.
    """

    storage: Storage
    sender: Sender
    bot_user: str
    names: Callable[[str, Iterable[str]], Awaitable[dict[str, str]]]
    waits: dict[str, _Wait] = field(default_factory=dict)
    _posting: set[asyncio.Task[None]] = field(init=False, default_factory=set)

    async def post(self, inquiry: Inquiry, place: Place, *, again: bool) -> None:
        """Post the card; with `again` an earlier run may have posted it.

        What is on its way to Slack is seen to its end, also where a Stop ends the call meanwhile:
        a card that nobody knew of would stay open.

        Raises:
            FunctionError: Slack does not take it.
        """
        task = asyncio.create_task(self._post(inquiry, place, again=again), name="inquiry card")
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)
        await asyncio.shield(task)

    async def _post(self, inquiry: Inquiry, place: Place, *, again: bool) -> None:
        key = _key(inquiry)
        try:
            ts = await posting.find(self.sender, place.since, key) if again else None
            if ts is None:
                await self.sender.budget.take(posting.POST, place.channel)
                ts = await posting.post(self.sender, place, key, _content(inquiry))
        except (Refused, FateUnknown) as error:
            logger.warning("inquiry_not_asked", extra={"reason": str(error)})
            raise FunctionError("The person could not be asked: Slack did not take it.") from error
        await self.storage.inquiries.posted(inquiry.id, ts)
        now = await self.storage.inquiries.get(inquiry.id)
        if now is not None and now.state != "open":  # it has ended before its card was there
            await self.show(now)

    async def show(self, inquiry: Inquiry) -> None:
        """Let the card say how it ended; a failure is no matter."""
        where = (inquiry.channel, inquiry.ts, _key(inquiry))
        await posting.redraw(self.sender, *where, _content(inquiry))

    async def close(self, event: str, call: str = "") -> None:
        """End what a call, or a whole turn, has asked and nobody waits for any more."""
        for inquiry_id in await self.storage.inquiries.open(event, call):
            if closed := await self.storage.inquiries.close(inquiry_id):
                await self.show(closed)

    @contextmanager
    def waiting(self, inquiry: Inquiry) -> Iterator[_Wait]:
        """Let answers to a question wake who waits for it, from before it can be seen."""
        wait = self.waits[inquiry.id] = _Wait(inquiry)
        try:
            yield wait
        finally:
            del self.waits[inquiry.id]

    async def answered(self, wait: _Wait) -> str | None:
        """Wait for the answer; None when the time of the question is up."""
        while True:
            wait.bell.clear()
            now = await self.storage.inquiries.get(wait.inquiry.id)
            if now is None or now.state != "open":
                return now.answer if now and now.state == "answered" else None
            await clock.wait(wait.bell, _LOOK_S, self.sender.clock)

    # What people answer

    def asked(self, message: Event) -> Callable[[], Awaitable[None]] | None:
        """Return what takes a message as the answer that a function waits for, if it is one."""
        for wait in filter(partial(_may_answer, message), self.waits.values()):
            text = readable(message.body["text"], {}, self.bot_user)
            if (plain := card.written(wait.inquiry, text)) is not None:
                return partial(self._written, wait, message, plain)
        return None

    async def _written(self, wait: _Wait, message: Event, plain: str) -> None:
        wait.taken, answered = True, None
        try:
            text = message.body["text"]
            names = await self.names(wait.inquiry.team, nameless(text, self.bot_user))
            given = card.written(wait.inquiry, readable(text, names, self.bot_user)) or plain
            kept = self.storage.inquiries
            answered = await kept.answer(wait.inquiry.id, given, message.id)
        finally:
            wait.taken = answered is not None
        if answered is not None:
            wait.bell.set()
            await self.show(answered)

    async def take(self, click: Invocation) -> str:
        """Take an answer; return what only the person who clicked is told, or nothing."""
        kept = self.storage.inquiries
        inquiry = await kept.get(click.pressed["id"])
        if inquiry is None or inquiry.team != click.team:
            return _GONE
        if click.user != inquiry.user:
            return f"Your answer does not count: only <@{inquiry.user}> is asked."
        given = card.chosen(inquiry, click.text, click.pressed["do"])
        if given is None:
            return "" if click.pressed["do"] == "text" else "Please write an answer first."
        answered = await kept.answer(inquiry.id, given, click.id)
        if answered is None:
            return await self._too_late(inquiry, given, click)
        if wait := self.waits.get(inquiry.id):
            wait.bell.set()
        await self.show(answered)
        return ""

    async def _too_late(self, inquiry: Inquiry, given: str, click: Invocation) -> str:
        """Let the card that was clicked say how it ended, also where its post seemed to fail."""
        kept = self.storage.inquiries
        ended = await kept.close(inquiry.id) or await kept.get(inquiry.id)
        if ended is None:
            return _GONE
        await self.show(replace(ended, ts=ended.ts or click.message_ts))
        same = (ended.state, ended.answer) == ("answered", given)  # sent by Enter and by the button
        return "" if same else _GONE


@dataclass(slots=True)
class CallInquiries:
    """What one call asks, within its `seconds`: the port `Asking` of `functions`.

    Its cards stand below what the `reply` has said, and the reply goes on below them.
    """

    every: Inquiries
    reply: Reply
    call: str
    seconds: float
    number: int = 0

    async def ask(self, question: str, options: Sequence[str]) -> str | None:
        """Put a question to the person who asked, and wait for the answer."""
        if len(options) > card.OPTIONS:
            raise FunctionError(f"A question can have {card.OPTIONS} options at most.")
        self.number += 1
        every, place = self.every, self.reply.place
        asked = Inquiry(
            id=secrets.token_hex(12),
            call=self.call,
            number=self.number,
            event=place.event,
            team=place.team,
            channel=place.channel,
            thread_ts=place.thread_ts,
            user=place.user,
            question=question,
            options=json.dumps([str(option) for option in options]),
        )
        good_for = int(self.seconds * 1000)
        row, other = await every.storage.inquiries.ask(place.ticket, asked, good_for)
        if other is not None and other.state == "open":
            await every.show(replace(other, state="closed"))
        if row.state == "answered":  # before a crash, which may have come before the card said so
            await every.show(row)
        with every.waiting(row) as wait:
            if row.state == "open" and row.ts is None:
                await self.reply.stands()
                await every.post(row, place, again=row.id != asked.id)
            with self.reply.waiting():
                return await every.answered(wait)

    async def close(self) -> None:
        """End what this call has asked, maybe before a crash, and does not wait for any more."""
        await self.every.close(self.reply.place.event, self.call)


def _may_answer(message: Event, wait: _Wait) -> bool:
    """Tell whether a message is of the person who is asked, in the thread of the question."""
    asked = wait.inquiry
    thread = thread_key(asked.team, asked.channel, asked.thread_ts)
    is_theirs = (message.user, message.thread) == (asked.user, thread)
    return is_theirs and message.kind != ASIDE and not wait.taken


def _key(inquiry: Inquiry) -> str:
    return f"inquiry:{inquiry.id}"


def _content(inquiry: Inquiry) -> dict[str, object]:
    return {"text": card.text(inquiry), "blocks": card.blocks(inquiry)}
