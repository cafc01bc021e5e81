"""The inbox: events that Slack delivered and that a turn must answer.

One commit of `accept` does three things: it drops an event that came before, makes a new one
durable, and takes its thread if no one works on it. Whoever owns a thread answers its events in
order of `ts` until `next` or `finish` says that none is left; they give the thread back in the same
statement that finds `pending` at zero, and `accept` raises `pending` on the same row, so either
the owner sees the event or the next `accept` finds the thread free: no event waits unnoticed.

An event is `new` until it is `done` (answered, or withdrawn by its author) or `dead` (given up); it
is `waiting` while people must decide something first (`storage.parking`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from storage import ownership
from storage.approvals import cancel_of_event, cancel_of_person
from storage.calls import drop_files, end_open
from storage.engine import Connection, Row
from storage.kind import OwnedKind
from storage.messages import store_messages
from storage.parking import park
from storage.posts import forget_unposted, store_final
from storage.records import Event, Message, Post, Ticket, Usage
from storage.revisions import revised_body, take_over
from storage.usage import store_usage

WAITING = "select id from thread where pending > 0 and owner is null"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an event: is it new, and must the receiver work on its thread now?

    `first` is the event as stored if nothing else waits in the thread, so it needs no `next`.
    """

    new: bool
    ticket: Ticket | None = None
    first: Event | None = None


class Inbox(OwnedKind):
    """The events of all threads, for one owner."""

    async def accept(self, event: Event, *, if_known: bool = False) -> Accepted:
        """Store an event once, and take its thread unless someone works on it already.

        With `if_known` an event of a thread that the bot has no part in, or had none when that was
        said, is left out. That is asked in the same transaction, so an event that was accepted a
        moment before counts. Slack waits for 3 s: whoever waits less cancels this, and what was
        claimed meanwhile is given back.
        """
        now = self._clock()
        accept = partial(_accept, event=event, owner=self._owner, now=now, if_known=if_known)
        return await self._engine.write(
            accept, lambda one, accepted: ownership.give_back(one, accepted.ticket)
        )

    async def next(self, ticket: Ticket) -> Event | None:
        """Return the thread's earliest unanswered event; None means it was given back."""
        event = await self._engine.read(lambda connection: _earliest(connection, ticket.thread))
        if event is not None:
            return event
        now = self._clock()
        return await self._engine.write(lambda connection: _next(connection, ticket, 0, now))

    async def finish(
        self,
        ticket: Ticket,
        event_id: str,
        messages: Sequence[Message] = (),
        usage: Usage | None = None,
        posts: Sequence[Post] = (),
    ) -> bool:
        """Store what the turn brought and mark its event as done, in one commit.

        The same commit gives the thread back where nothing more waits in it, and returns False
        then.
        """
        now = self._clock()

        def work(connection: Connection) -> bool:
            ended = _end(connection, event_id, "done", now)
            # what a person said may be withdrawn by now, or another event's to store
            kept = [one for one in messages if ended or one.role != "user"]
            store_messages(connection, ticket.thread, kept, now)
            store_final(connection, ticket.thread, posts, now)
            store_usage(connection, usage, now)
            return _next(connection, ticket, int(ended), now) is not None

        return await self._engine.write(work)

    async def park(
        self,
        ticket: Ticket,
        event_id: str,
        asked: int,
        body: dict[str, Any],
        posts: Sequence[Post] = (),
    ) -> bool:
        """Let an event wait for `asked` decisions; tell whether more waits in the thread.

        When one of them is there by now, that is this event again. `body` is what its turn will go
        on with. False means that the thread was given back.
        """

        def work(connection: Connection, now: int) -> bool:
            store_final(connection, ticket.thread, posts, now)
            forget_unposted(connection, event_id)
            park(connection, event_id, asked, body)
            return _next(connection, ticket, 0, now) is not None

        return await self._held(ticket, work)

    async def parked(self, thread: str) -> set[str]:
        """Return the events of a thread that wait for decisions."""
        rows = await self._select(
            "select id from event where thread = $1 and state = 'waiting'", thread
        )
        return {event_id for (event_id,) in rows}

    async def fail(self, ticket: Ticket, event_id: str, error: str, retry_at: int | None) -> None:
        """Note a failed attempt; without a time to try again, the event is dead."""

        def work(connection: Connection, now: int) -> None:
            connection.execute(
                """update event set attempts = attempts + 1, error = $2, not_before = $3
                where id = $1 and state = 'new'""",
                event_id,
                error,
                retry_at or 0,
            )
            if retry_at is None and _end(connection, event_id, "dead", now):
                ownership.count_off(connection, ticket.thread)

        await self._held(ticket, work)

    async def claim(self, thread: str) -> Ticket | None:
        """Take a thread that has events waiting, unless someone else has it."""
        now = self._clock()
        take = partial(ownership.take, thread=thread, owner=self._owner, now=now)
        return await self._engine.write(take, ownership.give_back)

    async def waiting(self) -> list[str]:
        """List the threads that have unanswered events and no owner."""
        rows = await self._select(WAITING)
        return [thread for (thread,) in rows]

    async def stop(self, thread: str, ts: str, user: str, *, late: bool = False) -> list[str]:
        """Mark what a person's Stop at `ts` ends in a thread as stopped; return the events' ids.

        That is whatever this person has asked until then, and, unless it comes late, the event that
        is being answered, whoever asked. They are due at once, and what they wait for is cancelled,
        so their turns end as well.
        """
        now = self._clock()

        def work(connection: Connection) -> list[Row]:
            current = None if late else _earliest(connection, thread)
            if current is not None and current.ts <= ts:
                cancel_of_event(connection, current.id, now)
            cancel_of_person(connection, thread, ts, user, now)
            return connection.execute(
                """update event set stopped = 1, not_before = 0
                where thread = $1 and state = 'new' and ts <= $2 and (user_id = $3 or id = $4)
                returning id""",
                thread,
                ts,
                user,
                current.id if current else "",
            )

        return [event_id for (event_id,) in await self._engine.write(work)]

    async def leave(self) -> None:
        """Give back every thread of this owner, so that others can go on at once."""
        await self._engine.write(partial(ownership.give_back_all, owner=self._owner))


def _accept(connection: Connection, event: Event, owner: str, now: int, if_known: bool) -> Accepted:
    if if_known and not _is_followed(connection, event):
        return Accepted(new=False)
    ticket = None if if_known else ownership.begin(connection, event.thread, owner, now)
    if ticket is not None:  # a new thread: nothing in it can have been revised or accepted
        _store(connection, event, event.body, now)
        return Accepted(new=True, ticket=ticket, first=event)
    body = revised_body(connection, event)
    if not _store(connection, event, body, now):
        return Accepted(new=False)
    if body is None:  # deleted before it came: there is nothing to answer
        return Accepted(new=True)
    take_over(connection, event, now)
    ticket, alone = ownership.add(connection, event.thread, owner, now)
    return Accepted(new=True, ticket=ticket, first=replace(event, body=body) if alone else None)


def _is_followed(connection: Connection, event: Event) -> bool:
    """Tell whether the bot has a part in an event's thread, and had when that was said.

    What people said before, and Slack delivers late, the bot has read with its thread.
    """
    return bool(
        connection.execute(
            """select 1 from thread where id = $1 and (
                not exists (select 1 from event where thread = $1 and ts > $2
                    and state in ('new', 'done', 'waiting', 'dead'))
                or exists (select 1 from event where thread = $1 and ts < $2
                    and state in ('new', 'done', 'waiting', 'dead')))""",
            event.thread,
            event.ts,
        )
    )


def _store(connection: Connection, event: Event, body: dict[str, Any] | None, now: int) -> bool:
    """Store an event, without a body as done; False if it came before."""
    stored = connection.execute(
        """insert into event (id, thread, ts, kind, user_id, body, state, not_before, created)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (id) do nothing returning id""",
        event.id,
        event.thread,
        event.ts,
        event.kind,
        event.user,
        json.dumps(body or {}, ensure_ascii=False),
        "done" if body is None else "new",
        event.not_before,
        now,
    )
    return bool(stored)


def _next(connection: Connection, ticket: Ticket, ended: int, now: int) -> Event | None:
    """Count off events, and return the next one; None where the thread was given back."""
    if ownership.finish(connection, ticket, ended, now):
        return None
    event = _earliest(connection, ticket.thread)
    if event is None:  # the counter is wrong: whatever the reason, do not turn in circles
        connection.execute("update thread set pending = 0 where id = $1", ticket.thread)
        ownership.give_back(connection, ticket)
    return event


def _earliest(connection: Connection, thread: str) -> Event | None:
    rows = connection.execute(
        """select id, thread, ts, kind, user_id, body, attempts, not_before, stopped, crashes
        from event where thread = $1 and state = 'new' order by ts, id limit 1""",
        thread,
    )
    return _event(rows[0]) if rows else None


def _event(row: Row) -> Event:
    *words, body, attempts, not_before, stopped, crashes = row
    return Event(*[*words, json.loads(body), attempts, not_before, bool(stopped), crashes])


def _end(connection: Connection, event_id: str, state: str, now: int) -> bool:
    """Take an event out of the inbox; False if it is out already (withdrawn).

    What was asked stays with the conversation alone; a dead event keeps it for another try. Its
    thread has one event less to answer then, which the caller notes.
    """
    ended = connection.execute(
        """update event set state = $2, done = $3,
            body = case when $2 = 'done' then '{}' else body end
        where id = $1 and state = 'new' returning id""",
        event_id,
        state,
        now,
    )
    if ended:
        cancel_of_event(connection, event_id, now)
    end_open(connection, event_id, now)
    if state == "done":
        drop_files(connection, event_id)
    return bool(ended)
