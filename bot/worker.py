"""Runs the threads that this process owns: each in order, different ones at the same time.

A thread is owned by a ticket (`storage.inbox`). `start` takes a ticket and drains the thread: event
after event by Slack time, until storage says that nothing is pending and has released it in the
same statement, so that no event can fall between. A failed event is tried again after a growing
pause, and given up in the end. `sweep` ends approvals whose time is up, and takes over threads
that nobody owns. `stop` cancels what runs in a thread. `leave` ends everything in time for the
platform's SIGKILL; what is accepted from then on is only kept, until `release` gives all back.
"""

import asyncio
import logging
import os
import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Protocol

from bot import logs
from bot.errors import TryAgain
from bot.tasks import pause
from storage import Lost, Storage, StorageError
from storage.engine import WallClock
from storage.records import Event, Ticket

logger = logging.getLogger(__name__)

_SWEEP_S = 2.0
_ATTEMPTS = 5  # until an event is given up
_PAUSE_S = 0.5  # between the first two of them; it doubles each time
_LONGEST_PAUSE_S = 120.0
_PUT_OFF_MS = int(_LONGEST_PAUSE_S * 1200)  # with the jitter
_LAST_S = 3.0  # for what is cancelled to say so where people see it
_FEW = 8  # threads at work; with a thousand to yield for each takes a tenth of the time
_PATIENCE = 12  # times as many tries, two hours of them, while nobody can even be told of it


@dataclass(slots=True)
class _Run:
    """One running answer; `stopped` tells it that a cancellation is a person's wish."""

    event: str
    task: asyncio.Task[Any] | None
    stopped: bool

    def stop(self) -> None:
        """Cancel it, unless that is under way."""
        self.stopped = True
        if self.task and not self.task.cancelling():
            self.task.cancel()

    def end(self) -> None:
        """Take the cancellation back: it was meant for this answer alone."""
        if self.task and self.stopped:
            self.task.uncancel()


class Answerer(Protocol):
    """What the worker drives."""

    async def answer(self, ticket: Ticket, event: Event, stopped: Callable[[], bool]) -> bool:
        """Answer one event and mark it done; `stopped` tells whose wish a cancellation is.

        Tells whether more waits in the thread; False means that the thread was given back.
        """

    async def apologise(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        """Tell people that an event is given up."""


@dataclass(eq=False, repr=False)
class Worker:
    """Drains threads.

    Args:
        storage: Where events wait.
        answers: What answers them.
        clock: What time it is.
        sleep: Waits some seconds.
    """

    storage: Storage
    answers: Answerer
    clock: WallClock
    _: KW_ONLY
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _drains: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _runs: dict[str, _Run] = field(init=False, default_factory=dict)
    # what a drain begins with that has not begun, by thread
    _firsts: dict[str, Event] = field(init=False, default_factory=dict)
    # before another try, by the id of the event
    _pauses: dict[str, asyncio.Event] = field(init=False, default_factory=dict)
    _leaving: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    @property
    def running(self) -> int:
        """Return how many threads are being worked on."""
        return len(self._drains)

    def start(self, ticket: Ticket, first: Event | None = None) -> None:
        """Work on a thread until nothing is pending in it.

        `first` spares a look into storage when it is known to be the only event that waits.
        """
        if first is not None:
            self._firsts[ticket.thread] = first
        task = asyncio.create_task(self._drain(ticket), name=f"thread {ticket.thread}")
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    def stop(self, thread: str, events: Collection[str]) -> bool:
        """Cancel a thread's answer to one of `events`.

        Tells whether one was at work, paused, or about to begin.
        """
        if paused := self._pauses.keys() & events:
            self._pauses[paused.pop()].set()
            return True
        if (first := self._firsts.get(thread)) and first.id in events:
            del self._firsts[thread]  # what has become of it stands in storage
            return True
        run = self._runs.get(thread)
        if run is None or run.event not in events:
            return False
        run.stop()
        return True

    async def _drain(self, ticket: Ticket) -> None:
        """Answer one event after the other; a database in trouble is waited for.

        Nothing ends it early but the loss of the thread: what is owned would wait until a restart.
        """
        event = self._firsts.pop(ticket.thread, None)
        if len(self._drains) <= _FEW:
            os.sched_yield()  # who reads the acknowledgement may wait for this very processor
        while not self._leaving.is_set():
            try:
                event = event or await self.storage.inbox.next(ticket)
                if event is None:
                    return
                wait = event.not_before - self.clock()
                if 0 < wait <= _PUT_OFF_MS:  # longer: a clock was put back
                    await self._pause(event, wait / 1000)
                    event = None  # it may have been edited, withdrawn or stopped
                    continue
                if not await self._one(ticket, event):
                    return
                event = None
            except Lost:
                logger.warning("conversation_lost", extra={"conversation": ticket.thread})
                return
            except Exception as error:
                _tell("conversation_failed", error, {"conversation": ticket.thread})
                await pause(self.sleep, _SWEEP_S, self._leaving)
                event = None

    async def _pause(self, event: Event, seconds: float) -> None:
        stopped = self._pauses[event.id] = asyncio.Event()
        try:
            await pause(self.sleep, seconds, self._leaving, stopped)
        finally:
            del self._pauses[event.id]

    async def _one(self, ticket: Ticket, event: Event) -> bool:
        """Answer one event; False if the thread was given back with it.

        A Stop ends this and not the drain.
        """
        failure: Exception | None = None
        run = _Run(event.id, asyncio.current_task(), stopped=event.stopped)
        self._runs[ticket.thread] = run
        try:
            with logs.bind(event_id=event.id):
                return await self.answers.answer(ticket, event, lambda: run.stopped)
        except asyncio.CancelledError:
            if not run.stopped or self._leaving.is_set():
                raise  # else nobody has seen to it: the event is marked, and looked at anew
        except Lost:
            raise
        except Exception as error:
            failure = error
        finally:
            if self._runs.get(ticket.thread) is run:  # given back, it may be worked on anew
                del self._runs[ticket.thread]
            run.end()
        if failure is not None:
            await self._failed(ticket, event, failure)
        return True

    async def _failed(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        # crashes do not count: another event may have killed the process
        tries = event.attempts + 1
        _tell("answer_failed", error, {"event_id": event.id, "tries": tries})
        retry_at: int | None = None
        if tries < _ATTEMPTS or not await self._apologised(ticket, event, error, tries):
            seconds = min(_PAUSE_S * 2 ** (tries - 1), _LONGEST_PAUSE_S)
            seconds *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            retry_at = self.clock() + int(seconds * 1000)
        await self._note(ticket, event, type(error).__name__, retry_at)

    async def _note(self, ticket: Ticket, event: Event, error: str, retry_at: int | None) -> None:
        """Store a failure, however long that takes: the model is asked again only then."""
        while not self._leaving.is_set():
            try:
                await self.storage.inbox.fail(ticket, event.id, error, retry_at)
                return
            except Lost:
                raise
            except StorageError as trouble:
                logger.error("failure_not_stored", extra={"reason": str(trouble)})
                await pause(self.sleep, _SWEEP_S, self._leaving)

    async def _apologised(
        self, ticket: Ticket, event: Event, error: BaseException, tries: int
    ) -> bool:
        """Tell people; while Slack cannot be reached there is more patience, but not for ever."""
        try:
            await self.answers.apologise(ticket, event, error)
        except Exception as failure:
            _tell("apology_failed", failure, {"event_id": event.id, "tries": tries})
            return tries >= _ATTEMPTS * _PATIENCE
        return True

    # From start to end

    async def sweep(self) -> None:
        """End what nobody decides in time, and take over what nobody owns, until cancelled."""
        while True:
            try:
                await self.storage.approvals.expire()
                await self._take_over()
            except Exception as error:
                _tell("sweep_failed", error, {})
            await self.sleep(_SWEEP_S)

    async def _take_over(self) -> None:
        for thread in await self.storage.inbox.waiting():
            if ticket := await self.storage.inbox.claim(thread):
                logger.info("conversation_resumed", extra={"conversation": thread})
                self.start(ticket)

    async def leave(self, patience_s: float) -> None:
        """Let running answers end, for so long; cancel the rest, and begin nothing more."""
        self._leaving.set()
        drains = list(self._drains)
        if drains:
            logger.info("draining", extra={"conversations": len(drains)})
            _, late = await asyncio.wait(drains, timeout=patience_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_LAST_S)

    async def release(self) -> None:
        """Give every thread back, once nothing more is accepted."""
        try:
            await self.storage.inbox.leave()
        except StorageError as error:  # a full disk: the next start gives them back
            logger.error("conversations_not_released", extra={"reason": str(error)})


def _tell(event: str, error: BaseException, extra: dict[str, object]) -> None:
    """Write a failure into the log; one that is none of our own has no traceback."""
    if isinstance(error, TryAgain | StorageError):
        reason = f"{error}: {error.__cause__}" if error.__cause__ else str(error)
        logger.warning(event, extra=extra | {"reason": reason})
    else:
        logger.error(event, exc_info=error, extra=extra)
