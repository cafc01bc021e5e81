"""What happens before Slack gets its acknowledgement: events are stored, and their thread claimed.

Bolt acknowledges an event before its listener runs, and drops it when its own authorization fails;
so events never reach a listener. This middleware stands before the authorization (behind the check
of the signature), stores what a turn must answer in one commit, hands the thread to the worker, and
answers for Bolt. When storing fails it raises: Slack gets no acknowledgement and delivers again.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.calls import checks
from bot.slack.inbound import incoming
from bot.slack.inbound.bolt import Next
from bot.slack.inbound.early import Early
from bot.slack.text.readable import nameless, written
from storage import Storage, StorageError
from storage.records import Event, Ticket

logger = logging.getLogger(__name__)

DEADLINE_S = 2.5  # Slack waits 3 s, and then delivers again or, after a command, shows a failure
_MISSED_S = 1.5  # of that, for what a late mention has missed; the rest of it comes later
_LEAVING_S = 1.0
_REFUSES_S = 60.0  # after the last refusal; who waits for the end of it may send nothing meanwhile
_REMEMBERED = 1_000  # mentions that missed nothing more; each look at what one missed asks Slack
_RETRY = "x-slack-retry-num"  # Bolt gives it to events of Socket Mode too


@dataclass(eq=False, repr=False)
class Intake:
    """The middleware; one for the process.

    Args:
        storage: Where events are kept.
        bot_user: The bot's own Slack user id.
        start: Begins to work on a thread; gets the event when it is the only one that waits.
        stop: Cancels what runs in a thread if it answers one of these events.
        opened: Greets a person who opened one of the app's tabs.
        names: Looks up the names of a team's users.
        missed: Finds the edit of a mention that is delivered late, and what was written below it.
        asked: Gives what takes a message as the answer to a function that asks; None for others.
    """

    storage: Storage
    bot_user: str
    _: KW_ONLY
    start: Callable[[Ticket, Event | None], None]
    stop: Callable[[str, list[str]], bool]
    opened: Callable[[incoming.Opened], Awaitable[None]]
    names: Callable[[str, Iterable[str]], Awaitable[dict[str, str]]]
    missed: Callable[[Event], Awaitable[list[Event | incoming.Revised]]]
    asked: Callable[[Event], Callable[[], Awaitable[None]] | None]
    _beside: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _early: Early = field(init=False, default_factory=Early)
    _whole: deque[str] = field(init=False, default_factory=lambda: deque(maxlen=_REMEMBERED))
    _refused: float = field(init=False, default=-math.inf)

    async def __call__(self, req: AsyncBoltRequest, next_: Next) -> BoltResponse:
        """Take an event; Bolt answers Slack's check of our address, and nothing else is for us."""
        match req.body.get("type"):
            case "url_verification":
                return await next_()
            case "event_callback":
                return await self._event(req)
        return BoltResponse(status=200, body="")  # or Slack would deliver it again

    @property
    def refuses(self) -> bool:
        """Tell whether the last event could not be stored, as where the disk is full."""
        return time.monotonic() - self._refused < _REFUSES_S

    async def _event(self, req: AsyncBoltRequest) -> BoltResponse:
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._take(req.body, late=req.headers.get(_RETRY, ["0"])[0] != "0")
        except (TimeoutError, StorageError) as error:  # maybe thousands: one line each
            reason = str(error) or "it took too long"
            logger.error("event_not_stored", extra={"reason": reason})
            self._refused = time.monotonic()
            return BoltResponse(status=503, body="")
        self._refused = -math.inf
        return BoltResponse(status=200, body="")

    async def _take(self, body: dict[str, Any], late: bool) -> None:
        match incoming.parse(body, self.bot_user):
            case incoming.Heard(event, if_known=True):
                await self._followed(event)
            case incoming.Heard(event):
                await self._heard(event, late)
            case incoming.Revised() as revised:
                await self._revised(revised)
            case incoming.Stopped(thread, at, user):
                ended = await self.storage.inbox.stop(thread, at, user, late=late)
                await self._end(thread, ended)
            case incoming.Opened() as opened:
                self._begin(self.opened(opened))
            case incoming.Removed(team, why):
                advice = checks.removed(team, why)
                logger.error("app_removed", extra={"team": team, "advice": advice})

    async def _heard(self, event: Event, late: bool) -> None:
        await self._accept(event)
        for reply in self._early.after(event):
            await self._followed(reply)
        if late and event.id not in self._whole:
            await asyncio.wait({self._begin(self._catch_up(event))}, timeout=_MISSED_S)
        self._whole.append(event.id)

    async def _catch_up(self, mention: Event) -> None:
        for found in await self.missed(mention):
            if isinstance(found, Event):
                await self._followed(found)
            else:
                await self._revised(found)

    async def _followed(self, event: Event) -> None:
        """Take a message without a mention, if the bot is part of its thread."""
        self._early.keep(event)
        if await self._accept(event, if_known=True):
            self._early.drop(event.thread, event.id)

    async def _accept(self, delivered: Event, *, if_known: bool = False) -> bool:
        """Store an event and work on its thread; tell whether it is new.

        An answer to a function goes past the turn that waits for it.
        """
        event = self._early.current(delivered)
        if event is None:
            return False
        answer = self.asked(event)
        accepted = await self.storage.inbox.accept(event, if_known=if_known)
        if answer is not None and accepted.new:
            self._begin(answer())
        if accepted.ticket:
            self.start(accepted.ticket, accepted.first)
        return accepted.new

    async def _end(self, thread: str, events: list[str]) -> None:
        """Cancel what runs; what waits is ended by a run of its own."""
        if not self.stop(thread, events) and (ticket := await self.storage.inbox.claim(thread)):
            self.start(ticket, None)

    async def _revised(self, revised: incoming.Revised) -> None:
        text = revised.text
        is_known = await self.storage.messages.knows(revised.thread)  # most edits are none of ours
        if not is_known:
            self._early.revise(revised)
        if text is not None:
            people = nameless(text, self.bot_user) if is_known else ()
            names = await self.names(revised.team, people)
            text = written(text, revised.files, names, self.bot_user)
        await self.storage.messages.revise(revised.thread, revised.ts, text, revised.at)
        if text is None:  # nobody wants the answer any more
            await self._end(revised.thread, [revised.event])

    async def leave(self) -> None:
        """Let what goes on beside the events end, or end it."""
        if self._beside:
            _, late = await asyncio.wait(self._beside, timeout=_LEAVING_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Start what the acknowledgement need not wait for."""
        task = asyncio.create_task(_guarded(work), name="beside an event")
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task


async def _guarded(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        logger.exception("event_not_followed")
