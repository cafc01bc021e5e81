"""The worker: in order, again after a failure, given up in the end, and away in time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.errors import TryAgain
from bot.tasks import beside
from bot.worker import Worker
from storage import Storage, StorageError, milliseconds, open_storage
from storage.inbox import Inbox
from storage.records import Event, Ticket


class Answers:
    """Answers by script: an exception is raised, anything else is done."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.script: list[Exception] = []
        self.answered: list[str] = []
        self.apologies: list[str] = []
        self.hold: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.wishes: list[bool] = []
        self.lasting: asyncio.Event | None = None
        self.stopped_from_the_start: list[bool] = []
        self.silenced = 0
        self.ends = False  # when stopped, and does not fail

    async def answer(self, ticket: Ticket, event: Event, stopped: Callable[[], bool]) -> bool:
        self.begun.set()
        self.stopped_from_the_start.append(stopped())
        if self.script:
            raise self.script.pop(0)
        try:
            if self.hold:
                await self.hold.wait()
        except asyncio.CancelledError:
            self.wishes.append(stopped())
            if not self.ends:
                raise
        self.answered.append(event.id)
        more = await self.storage.inbox.finish(ticket, event.id)
        if self.lasting:
            await self.lasting.wait()
        return more

    async def apologise(self, ticket: Ticket, event: Event, error: BaseException) -> None:
        if self.silenced:
            self.silenced -= 1
            raise ConnectionError
        self.apologies.append(event.id)


class FullInbox(Inbox):
    """Stores no failure, and tells of no event, so many times."""

    refusals = 0
    silence = 0

    async def next(self, ticket: Ticket) -> Event | None:
        if self.silence:
            self.silence -= 1
            raise StorageError("The disk is full.")
        return await super().next(ticket)

    async def fail(self, *attempt: Any) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StorageError("The disk is full.")
        await super().fail(*attempt)


@pytest_asyncio.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await open_storage(f"sqlite:///{tmp_path}/w.db", "me")
    opened.inbox = FullInbox(opened.engine, "me", milliseconds)
    yield opened
    await opened.close()


@pytest.fixture
def answers(storage: Storage) -> Answers:
    return Answers(storage)


@pytest.fixture
def worker(storage: Storage, answers: Answers) -> Worker:
    now = [10**15]

    async def at_once(seconds: float) -> None:
        now[0] += int(seconds * 1000) + 1
        await asyncio.sleep(0)

    return Worker(storage, answers, lambda: now[0], sleep=at_once)


def an_event(ts: str, thread: str = "T:C:1") -> Event:
    return Event(f"msg:{thread}:{ts}", thread, ts, "message", "U1", {"text": "hi"})


async def take(storage: Storage, worker: Worker, *events: Event) -> None:
    for event in events:
        accepted = await storage.inbox.accept(event)
        if accepted.ticket:
            worker.start(accepted.ticket, accepted.first)


async def paused(storage: Storage, answers: Answers) -> Worker:
    """Give a worker that pauses for ever before a second try."""
    pauses = asyncio.Event()

    async def for_ever(_: float) -> None:
        pauses.set()
        await asyncio.Event().wait()

    worker = Worker(storage, answers, lambda: 10**15, sleep=for_ever)
    answers.script = [TryAgain("a broken stream")]
    await take(storage, worker, an_event("1"))
    async with asyncio.timeout(30):
        await pauses.wait()
    return worker


async def at_rest(worker: Worker) -> None:
    async with asyncio.timeout(30):
        while worker.running:
            await asyncio.sleep(0)


async def test_events_of_a_thread_are_answered_in_order(storage, worker, answers):
    await take(storage, worker, an_event("1"), an_event("2"), an_event("3"))
    await at_rest(worker)

    assert [one.rpartition(":")[2] for one in answers.answered] == ["1", "2", "3"]


async def test_a_failed_answer_is_tried_again(storage, worker, answers, caplog):
    answers.script = [ValueError("a bug"), TryAgain("a broken stream"), StorageError("No room.")]
    await take(storage, worker, an_event("1"))
    await at_rest(worker)

    assert len(answers.answered) == 1
    assert answers.apologies == []
    bug, passing, full = [one for one in caplog.records if one.message == "answer_failed"]
    assert bug.exc_info
    assert (passing.reason, passing.exc_info) == ("a broken stream", None)
    assert (full.reason, full.exc_info) == ("No room.", None)
    assert passing.event_id == an_event("1").id


async def test_an_answer_that_always_fails_is_given_up_and_the_next_one_runs(
    storage, worker, answers
):
    answers.script = [ValueError("a bug")] * 5
    await take(storage, worker, an_event("1"), an_event("2"))
    await at_rest(worker)

    assert [one.rpartition(":")[2] for one in answers.apologies] == ["1"]
    assert [one.rpartition(":")[2] for one in answers.answered] == ["2"]


async def test_a_clock_that_was_put_back_holds_up_no_new_try(storage, answers):
    worker = Worker(storage, answers, lambda: 10**12, sleep=lambda _: asyncio.Event().wait())
    await take(storage, worker, replace(an_event("1"), not_before=10**12 + 3_600_000))
    await at_rest(worker)

    assert len(answers.answered) == 1


async def test_an_event_that_outlived_many_processes_has_as_many_tries(storage, worker, answers):
    answers.script = [TryAgain("a broken stream")]
    accepted = await storage.inbox.accept(an_event("1"))
    worker.start(accepted.ticket, replace(an_event("1"), crashes=30))
    await at_rest(worker)

    assert len(answers.answered) == 1
    assert answers.apologies == []


async def test_an_event_whose_apology_cannot_be_posted_is_tried_again(storage, worker, answers):
    answers.script = [ValueError("a bug")] * 6
    answers.silenced = 2
    await take(storage, worker, an_event("1"), an_event("2"))
    await at_rest(worker)

    assert [one.rpartition(":")[2] for one in answers.answered] == ["1", "2"]


async def test_an_event_that_nobody_can_be_told_of_is_kept_while_slack_is_down_for_an_hour(
    storage, worker, answers
):
    answers.script = [TryAgain("Slack says nothing")] * 40
    answers.silenced = 36
    await take(storage, worker, an_event("1"))
    await at_rest(worker)

    assert len(answers.answered) == 1


async def test_an_event_whose_apology_can_never_be_posted_is_given_up(storage, worker, answers):
    answers.script = [ValueError("a bug")] * 60
    answers.silenced = 99
    await take(storage, worker, an_event("1"), an_event("2"))
    await at_rest(worker)

    assert [one.rpartition(":")[2] for one in answers.answered] == ["2"]


async def test_an_answer_is_not_made_again_before_its_failure_is_stored(storage, worker, answers):
    storage.inbox.refusals = 3
    answers.script = [StorageError("The disk is full.")]
    await take(storage, worker, an_event("1"))
    await at_rest(worker)

    assert storage.inbox.refusals == 0
    assert len(answers.answered) == 1


async def test_a_database_in_trouble_is_waited_for(storage, worker, answers):
    storage.inbox.silence = 3
    accepted = await storage.inbox.accept(an_event("1"))
    worker.start(accepted.ticket)
    await at_rest(worker)

    assert storage.inbox.silence == 0
    assert len(answers.answered) == 1


async def test_a_second_stop_does_not_break_off_what_the_first_one_ends(storage, worker, answers):
    answers.hold, answers.lasting = asyncio.Event(), asyncio.Event()
    answers.ends = True
    await take(storage, worker, an_event("1"))
    await answers.begun.wait()
    for _ in range(2):
        worker.stop("T:C:1", ["msg:T:C:1:1"])
        await asyncio.sleep(0)
    answers.lasting.set()
    await at_rest(worker)

    assert answers.wishes == [True]
    assert len(answers.answered) == 1


async def test_a_thread_taken_anew_while_its_last_answer_winds_up_can_be_stopped(
    storage, worker, answers
):
    answers.lasting, answers.hold = asyncio.Event(), asyncio.Event()
    answers.hold.set()
    await take(storage, worker, an_event("1"))
    async with asyncio.timeout(30):
        while await storage.inbox.waiting() or not answers.answered:
            await asyncio.sleep(0)
    answers.hold.clear()
    answers.begun.clear()
    await take(storage, worker, an_event("2"))
    await answers.begun.wait()
    answers.lasting.set()
    async with asyncio.timeout(30):
        while worker.running > 1:
            await asyncio.sleep(0)

    assert worker.stop("T:C:1", ["msg:T:C:1:2"])
    answers.hold.set()
    await at_rest(worker)


async def test_what_is_stopped_while_the_answer_before_winds_up_is_answered_as_stopped(
    storage, worker, answers
):
    answers.lasting, answers.hold = asyncio.Event(), asyncio.Event()
    ticket = Ticket("T:C:1", "me", 1)
    await take(storage, worker, an_event("1"), an_event("2"))
    answers.hold.set()
    async with asyncio.timeout(30):
        while (await storage.inbox.next(ticket)).ts == "1":
            await asyncio.sleep(0)
    worker.stop("T:C:1", await storage.inbox.stop("T:C:1", "2", "U1"))
    answers.lasting.set()
    await at_rest(worker)

    assert answers.stopped_from_the_start == [False, True]


async def test_stop_ends_the_answer_and_not_the_thread(storage, worker, answers):
    answers.hold = asyncio.Event()
    await take(storage, worker, an_event("1"))
    await answers.begun.wait()
    worker.stop("T:C:1", ["msg:T:C:1:1"])
    answers.hold.set()
    await at_rest(worker)

    assert answers.wishes == [True]


async def test_a_stop_does_not_wait_for_a_pause_between_two_tries(storage, answers):
    worker = await paused(storage, answers)
    async with asyncio.timeout(30):
        stopped = await storage.inbox.stop("T:C:1", "1", "U1")
        assert worker.stop("T:C:1", stopped)
        await at_rest(worker)

    assert answers.answered == ["msg:T:C:1:1"]


async def test_a_stopped_answer_that_fails_pauses_before_each_new_try(storage, answers):
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    worker = Worker(storage, answers, lambda: 10**15 + round(sum(pauses) * 1000), sleep=note)
    answers.script = [TryAgain("Slack says nothing")] * 3
    accepted = await storage.inbox.accept(an_event("1"))
    await storage.inbox.stop("T:C:1", "1", "U1")
    worker.start(accepted.ticket)
    await at_rest(worker)

    assert [0.3 < one < 2.5 for one in pauses] == [True] * 3


async def test_a_stop_where_nothing_runs_does_nothing(worker):
    assert worker.stop("T:C:1", ["msg:T:C:1:1"]) is False


async def test_a_stop_of_an_earlier_answer_does_not_end_a_later_one(storage, worker, answers):
    answers.hold = asyncio.Event()
    await take(storage, worker, an_event("2"))
    await answers.begun.wait()

    assert worker.stop("T:C:1", ["msg:T:C:1:1"]) is False
    answers.hold.set()
    await at_rest(worker)


async def test_threads_that_nobody_owns_are_taken_over(storage, worker, answers):
    await storage.inbox.accept(an_event("1"))
    await storage.inbox.leave()
    async with asyncio.timeout(30), beside(worker.sweep(), "sweep"):
        while not answers.answered:
            await asyncio.sleep(0)
    await worker.leave(1)

    assert len(answers.answered) == 1


async def test_leaving_waits_for_answers_that_end_in_time(storage, worker, answers):
    answers.hold = asyncio.Event()
    await take(storage, worker, an_event("1"))
    await answers.begun.wait()
    leaving = asyncio.create_task(worker.leave(5))
    await asyncio.sleep(0)
    answers.hold.set()
    await leaving

    assert len(answers.answered) == 1


async def test_leaving_gets_over_a_database_that_takes_nothing_more(storage, worker, caplog):
    await storage.close()

    await worker.leave(1)
    await worker.release()

    assert [one.message for one in caplog.records] == ["conversations_not_released"]


async def test_leaving_gives_back_what_does_not_end_in_time(storage, worker, answers):
    answers.hold = asyncio.Event()
    await take(storage, worker, an_event("1"))
    await answers.begun.wait()
    await worker.leave(0.01)
    await worker.release()

    assert answers.wishes == [False]
    assert await storage.inbox.waiting() == ["T:C:1"]


async def test_leaving_does_not_wait_for_a_pause_between_two_tries(storage, answers):
    worker = await paused(storage, answers)
    async with asyncio.timeout(30):
        await worker.leave(60)
    await worker.release()

    assert await storage.inbox.waiting() == ["T:C:1"]
