"""Any order of operations on the inbox, compared after each with a model of plain values."""

import asyncio
import itertools
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from storage_samples import an_event

from storage import Lost, open_storage
from storage.ownership import give_back
from storage.records import Event, Ticket

T = TypeVar("T")
THREADS = ("T1:C1:1", "T1:C1:2")
DELETED = ("", None)
threads = st.sampled_from(THREADS)
times = st.integers(10, 13).map(lambda n: f"{n}.000000")


@dataclass
class Thread:
    """What a thread must look like."""

    new: dict[str, Event] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    revisions: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    known: bool = False
    fence: int = 0
    ticket: Ticket | None = None
    old: list[Ticket] = field(default_factory=list)

    def earliest(self) -> Event | None:
        return min(self.new.values(), key=lambda event: (event.ts, event.id), default=None)

    def own(self, owner: str, name: str) -> Ticket:
        self.fence += 1
        self.ticket = Ticket(name, owner, self.fence)
        return self.ticket

    def disown(self) -> None:
        if self.ticket:
            self.old.append(self.ticket)
        self.ticket = None


class InboxMachine(RuleBasedStateMachine):
    """One process after another works on the same few threads."""

    scheme = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.names = (f"process-{n}" for n in itertools.count())
        self.model = {name: Thread() for name in THREADS}
        self.open()

    def do(self, operation: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(operation)

    def go_on(self, thread: Thread, following: Event | None) -> None:
        assert following == thread.earliest()
        if following is None:
            thread.disown()

    def finished(self, thread: Thread, more: bool) -> None:
        ticket = thread.ticket
        assert ticket
        self.go_on(thread, self.do(self.storage.inbox.next(ticket)) if more else None)

    def open(self) -> None:
        self.owner = next(self.names)
        path = Path(self.folder.name, "callboard.db")
        self.storage = self.do(open_storage(f"{self.scheme}:///{path}", self.owner))

    def teardown(self) -> None:
        self.do(self.storage.close())
        self.runner.close()
        self.folder.cleanup()

    @rule(name=threads, events=st.lists(st.tuples(times, st.sampled_from("abc")), max_size=4))
    def accept(self, name: str, events: list[tuple[str, str]]) -> None:
        for ts, kind in events:
            self.accept_one(name, ts, kind)

    def accept_one(self, name: str, ts: str, kind: str) -> None:
        thread, event = self.model[name], an_event(ts, name)
        event = replace(event, id=f"{kind}:{name}:{ts}")
        accepted = self.do(self.storage.inbox.accept(event))

        is_new = event.id not in thread.new and event.id not in thread.ended
        assert accepted.new == is_new
        revision = thread.revisions.get(ts)
        takes = False
        if is_new and revision == DELETED:
            thread.ended.add(event.id)
        elif is_new:
            thread.known = True
            takes = thread.ticket is None
            text = {"text": revision[1], "revised": True} if revision else {}
            thread.new[event.id] = replace(event, body=event.body | text)
        assert accepted.ticket == (thread.own(self.owner, name) if takes else None)

    @rule(name=threads)
    def claim(self, name: str) -> None:
        thread = self.model[name]
        takes = thread.new and thread.ticket is None
        ticket = self.do(self.storage.inbox.claim(name))
        assert ticket == (thread.own(self.owner, name) if takes else None)

    @rule(name=threads)
    def look_for_the_next(self, name: str) -> None:
        thread = self.model[name]
        if thread.ticket:
            self.go_on(thread, self.do(self.storage.inbox.next(thread.ticket)))

    @rule(name=threads)
    def finish(self, name: str) -> None:
        thread = self.model[name]
        if thread.ticket and (event := thread.earliest()):
            thread.ended.add(thread.new.pop(event.id).id)
            self.finished(thread, self.do(self.storage.inbox.finish(thread.ticket, event.id)))

    @rule(name=threads, data=st.data())
    def finish_again(self, name: str, data: st.DataObject) -> None:
        thread = self.model[name]
        if thread.ticket and thread.ended:
            event_id = data.draw(st.sampled_from(sorted(thread.ended)))
            self.finished(thread, self.do(self.storage.inbox.finish(thread.ticket, event_id)))

    @rule(name=threads, retry_at=st.none() | st.integers(1, 9))
    def fail(self, name: str, retry_at: int | None) -> None:
        thread = self.model[name]
        if thread.ticket and (event := thread.earliest()):
            self.do(self.storage.inbox.fail(thread.ticket, event.id, "error", retry_at))
            if retry_at is None:
                thread.ended.add(thread.new.pop(event.id).id)
            else:
                attempts = event.attempts + 1
                thread.new[event.id] = replace(event, attempts=attempts, not_before=retry_at)

    @rule(name=threads, ts=times)
    def stop(self, name: str, ts: str) -> None:
        thread = self.model[name]
        meant = {event.id for event in thread.new.values() if event.ts <= ts}
        assert set(self.do(self.storage.inbox.stop(name, ts, "U1"))) == meant
        for event_id in meant:
            thread.new[event_id] = replace(thread.new[event_id], stopped=True)

    @rule(name=threads, ts=times, edited=times, text=st.none() | st.sampled_from("abc"))
    def revise(self, name: str, ts: str, edited: str, text: str | None) -> None:
        thread = self.model[name]
        newest = thread.revisions.get(ts, ("", ""))
        is_news = thread.known and newest != DELETED and (text is None or edited >= newest[0])
        assert self.do(self.storage.messages.revise(name, ts, text, edited)) == is_news
        if not is_news:
            return
        thread.revisions[ts] = DELETED if text is None else (edited, text)
        for event in [event for event in thread.new.values() if event.ts == ts]:
            if text is None and (event.attempts or event.crashes):  # something may stand in Slack
                thread.new[event.id] = replace(event, stopped=True, not_before=0)
            elif text is None:
                thread.ended.add(thread.new.pop(event.id).id)
            else:
                thread.new[event.id] = replace(
                    event, body=event.body | {"text": text, "revised": True}
                )

    @rule(name=threads)
    def give_back(self, name: str) -> None:
        thread = self.model[name]
        if thread.ticket:
            self.do(self.storage.engine.write(partial(give_back, ticket=thread.ticket)))
            thread.disown()

    @precondition(lambda self: any(thread.old for thread in self.model.values()))
    @rule(data=st.data(), name=threads)
    def write_with_an_old_ticket(self, data: st.DataObject, name: str) -> None:
        if old := self.model[name].old:
            ticket = data.draw(st.sampled_from(old))
            self.do(self.storage.engine.write(partial(give_back, ticket=ticket)))
            with pytest.raises(Lost):
                self.do(self.storage.inbox.finish(ticket, f"{name}:10.000000"))

    @rule()
    def leave(self) -> None:
        self.do(self.storage.inbox.leave())
        for thread in self.model.values():
            thread.disown()

    @rule()
    def crash(self) -> None:
        self.do(self.storage.close())
        self.open()
        for thread in self.model.values():
            if thread.ticket and (event := thread.earliest()):
                thread.new[event.id] = replace(event, crashes=event.crashes + 1)
            thread.disown()

    @invariant()
    def what_is_unanswered_is_counted_and_what_nobody_owns_waits(self) -> None:
        waiting = self.do(self.storage.inbox.waiting())
        rows = self.do(
            self.storage.engine.read(lambda c: c.execute("select id, pending from thread"))
        )
        known = {name: thread for name, thread in self.model.items() if thread.known}
        assert dict(rows) == {name: len(thread.new) for name, thread in known.items()}
        assert set(waiting) == {n for n, each in known.items() if each.new and not each.ticket}


def test_inbox_behaves_like_its_model() -> None:
    run_state_machine_as_test(
        InboxMachine, settings=settings(max_examples=40, stateful_step_count=30)
    )
