"""Function calls that a person must approve, and what became of each.

A row is decided once, by one statement that finds it `pending`: whoever clicks first, or the time
that is up, or Stop. The same transaction writes the audit and wakes the turn that waits. `click` is
the event that decided, so that the same click taken up again after a crash gets the same answer.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from storage import ownership
from storage.audit import store_done
from storage.engine import Connection, Row
from storage.kind import OwnedKind
from storage.parking import wake
from storage.records import Act, Approval, ApprovalState, Decided, Ticket, row


class Approvals(OwnedKind):
    """The approvals of all turns, for one owner."""

    async def ask(self, ticket: Ticket, approval: Approval, good_for_ms: int) -> Approval:
        """Write down what is asked, or return what was asked before."""
        return await self._held(
            ticket,
            lambda one, now: _ask(
                one, ticket.thread, replace(approval, created=now, expires=now + good_for_ms)
            ),
        )

    async def posted(self, approval_id: str, ts: str) -> None:
        """Note the `ts` of the message that asks."""
        await self._execute("update approval set ts = $2 where id = $1", approval_id, ts)

    async def shown(self, approval_id: str) -> None:
        """Note that the message shows how it ended."""
        await self._execute("update approval set shown = 1 where id = $1", approval_id)

    async def get(self, approval_id: str) -> Approval | None:
        """Return one approval."""
        found = await self._engine.read(partial(_find, approval_id=approval_id))
        return found[0] if found else None

    async def of_event(self, event_id: str) -> list[Approval]:
        """Return what an event's turn has asked, in the order of its calls."""
        return await self._engine.read(partial(_find, event=event_id))

    async def decide(
        self, approval_id: str, user: str, state: ApprovalState, click: str
    ) -> Decided | None:
        """Decide what is pending and in time; None when that cannot be.

        The click that decided may ask again and gets the same answer. Whoever gets a ticket must
        work on the thread.
        """
        now = self._clock()

        def work(connection: Connection) -> Decided | None:
            decided = connection.execute(
                """update approval set state = $2, decided_by = $3, click = $4,
                    decided = coalesce(decided, $5)
                where id = $1 and ((state = 'pending' and expires > $5)
                    or (state = $2 and click = $4)) returning id""",
                approval_id,
                state,
                user,
                click,
                now,
            )
            return _ended(connection, approval_id, self._owner, now) if decided else None

        return await self._engine.write(work)

    async def cancel(self, approval_id: str) -> None:
        """End what nobody can be asked."""
        now = self._clock()
        await self._engine.write(partial(_end, approval_id=approval_id, state="cancelled", now=now))

    async def expire(self) -> int:
        """End what nobody has decided in time, and wake the turns; return how many.

        Each in a transaction of its own: none holds the rows of two threads.
        """
        now = self._clock()
        due = await self._select(
            "select id from approval where state = 'pending' and expires <= $1", now
        )
        for (approval_id,) in due:
            await self._engine.write(
                partial(_end, approval_id=approval_id, state="expired", now=now)
            )
        return len(due)


def cancel_of_person(connection: Connection, thread: str, ts: str, user: str, now: int) -> None:
    """End everything that a person's events of a thread up to `ts` wait for, and wake them."""
    rows = connection.execute(
        """select approval.id from approval join event on event.id = approval.event
        where event.thread = $1 and event.ts <= $2 and event.user_id = $3
            and approval.state = 'pending'""",
        thread,
        ts,
        user,
    )
    _cancel_all(connection, rows, now)


def cancel_of_event(connection: Connection, event_id: str, now: int) -> None:
    """End everything that an event whose turn is over has asked."""
    rows = connection.execute(
        "select id from approval where event = $1 and state = 'pending'", event_id
    )
    _cancel_all(connection, rows, now)


def _cancel_all(connection: Connection, rows: Iterable[Row], now: int) -> None:
    for (approval_id,) in rows:
        _end(connection, approval_id, "cancelled", now)


def _end(connection: Connection, approval_id: str, state: ApprovalState, now: int) -> None:
    ended = connection.execute(
        """update approval set state = $2, decided = $3
        where id = $1 and state = 'pending' returning id""",
        approval_id,
        state,
        now,
    )
    if ended:
        _ended(connection, approval_id, None, now)


def _ended(connection: Connection, approval_id: str, owner: str | None, now: int) -> Decided:
    """Tell the audit, and wake the turn; `owner` works on its thread if nobody does."""
    (approval,) = _find(connection, approval_id)
    store_done(connection, _act(approval), now)
    thread = wake(connection, approval.event, now)
    ticket = ownership.take(connection, thread, owner, now) if thread and owner else None
    return Decided(approval, ticket)


def _act(approval: Approval) -> Act:
    return Act(
        id=f"approval:{approval.id}",
        team=approval.team,
        user=approval.decided_by or approval.user,
        channel=approval.channel,
        command=f"call {approval.name}",
        effect=approval.redacted,
        detail=f"{approval.state}, asked for by {approval.user}",
        started=approval.decided or approval.created,
    )


def _ask(connection: Connection, thread: str, approval: Approval) -> Approval:
    *words, approvers, shown = row(approval)
    connection.execute(
        """insert into approval (id, call, event, team, channel, thread_ts, name, title, arguments,
            defaults, origin, digest, user_id, redacted, created, expires, state, decided_by,
            decided, ts, approvers, shown, thread, click)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, '')
        on conflict (call) do nothing""",
        *words,
        " ".join(approvers),
        int(shown),
        thread,
    )
    asked = _find(connection, event=approval.event)
    return next(one for one in asked if one.call == approval.call)


def _find(
    connection: Connection, approval_id: str | None = None, event: str | None = None
) -> list[Approval]:
    """Return the approval of an id, or those of an event in the order of its calls."""
    rows = connection.execute(
        """select id, call, event, team, channel, thread_ts, name, title, arguments, defaults,
            origin, digest, user_id, redacted, created, expires, state, decided_by, decided, ts,
            approvers, shown
        from approval where id = $1 or event = $2 order by call""",
        approval_id,
        event,
    )
    return [_approval(row) for row in rows]


def _approval(row: Row) -> Approval:
    *words, approvers, shown = row
    return Approval(*[*words, tuple(approvers.split()), bool(shown)])
