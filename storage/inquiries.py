"""Questions that functions put to the person who asked, and what they answered.

A row is found again by its call and its number within that call, so a call that runs again after a
crash meets the answers it was given before; if it now asks something else there, the row and its
answer go. It is answered once, by one statement that finds it open, in time, and its turn not over;
`click` is the event that answered.
"""

from dataclasses import replace

from storage.engine import Connection
from storage.kind import Kind
from storage.records import ASIDE, MESSAGE, Inquiry, Ticket, row


class Inquiries(Kind):
    """The questions of all turns."""

    async def ask(
        self, ticket: Ticket, inquiry: Inquiry, good_for_ms: int
    ) -> tuple[Inquiry, Inquiry | None]:
        """Write a question down, or take up the same one asked before.

        Returns it, and the other question that stood in its place, if there was one.
        """
        return await self._held(
            ticket,
            lambda one, now: _ask(
                one, ticket.thread, replace(inquiry, created=now, expires=now + good_for_ms)
            ),
        )

    async def posted(self, inquiry_id: str, ts: str) -> None:
        """Note the `ts` of the message that asks."""
        await self._execute("update inquiry set ts = $2 where id = $1", inquiry_id, ts)

    async def get(self, inquiry_id: str) -> Inquiry | None:
        """Return one question."""
        found = await self._engine.read(lambda connection: _find(connection, inquiry_id))
        return found[0] if found else None

    async def answer(self, inquiry_id: str, answer: str, event: str) -> Inquiry | None:
        """Answer what is open; None when that cannot be. The same event may answer again.

        A message that answers becomes an aside in the same commit: it gets no turn of its own.
        """
        now = self._clock()

        def work(connection: Connection) -> Inquiry | None:
            if not connection.execute(
                """update inquiry set state = 'answered', answer = $2, click = $3
                where id = $1 and ((state = 'open' and expires > $4 and exists (
                        select 1 from event where event.id = inquiry.event
                            and state = 'new' and stopped = 0))
                    or (state = 'answered' and click = $3)) returning id""",
                inquiry_id,
                answer,
                event,
                now,
            ):
                return None
            connection.execute(
                "update event set kind = $2 where id = $1 and kind = $3", event, ASIDE, MESSAGE
            )
            return _find(connection, inquiry_id)[0]

        return await self._engine.write(work)

    async def close(self, inquiry_id: str) -> Inquiry | None:
        """End a question that nobody waits for any more; None if it has ended before."""
        closed = await self._execute(
            "update inquiry set state = 'closed' where id = $1 and state = 'open' returning id",
            inquiry_id,
        )
        return await self.get(inquiry_id) if closed else None

    async def open(self, event_id: str, call: str) -> list[str]:
        """Return the ids of the open questions of a call, or with "" of the whole event."""
        rows = await self._select(
            """select id from inquiry
            where event = $1 and ($2 = '' or call = $2) and state = 'open'""",
            event_id,
            call,
        )
        return [inquiry_id for (inquiry_id,) in rows]


def _ask(connection: Connection, thread: str, inquiry: Inquiry) -> tuple[Inquiry, Inquiry | None]:
    other = _remove_other(connection, inquiry)
    ((inquiry_id,),) = connection.execute(
        """insert into inquiry (id, call, number, event, team, channel, thread_ts, user_id,
            question, options, state, answer, created, expires, ts, thread, click)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '')
        on conflict (call, number) do update set expires = excluded.expires returning id""",
        *row(inquiry),
        thread,
    )
    return _find(connection, inquiry_id)[0], other


def _remove_other(connection: Connection, inquiry: Inquiry) -> Inquiry | None:
    """Remove what the call asked in this place if it was another question, or is closed."""
    rows = connection.execute(
        """select id from inquiry
        where call = $1 and number = $2
            and (question <> $3 or options <> $4 or state = 'closed')""",
        inquiry.call,
        inquiry.number,
        inquiry.question,
        inquiry.options,
    )
    if not rows:
        return None
    (other,) = _find(connection, rows[0][0])
    connection.execute("delete from inquiry where id = $1", other.id)
    return other


def _find(connection: Connection, inquiry_id: str) -> list[Inquiry]:
    rows = connection.execute(
        """select id, call, number, event, team, channel, thread_ts, user_id, question, options,
            state, answer, created, expires, ts
        from inquiry where id = $1""",
        inquiry_id,
    )
    return [Inquiry(*row) for row in rows]
