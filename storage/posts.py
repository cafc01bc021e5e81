"""The Slack messages that turns are writing: noted before Slack is asked, kept up to date.

A row in state `sending` after a crash means "perhaps posted": look in Slack before posting.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from storage.engine import Connection
from storage.kind import Kind
from storage.messages import store_messages
from storage.records import Message, Post, Ticket, row


class Posts(Kind):
    """The parts of the answer to each event."""

    async def begin(self, ticket: Ticket, post: Post, messages: Sequence[Message] = ()) -> None:
        """Note that a part is about to be posted; a part already noted stays as it is.

        `messages`, the question that is being answered, are stored in the same commit.
        """

        def work(connection: Connection, now: int) -> None:
            store_messages(connection, ticket.thread, messages, now)
            connection.execute(
                """insert into post (event, part, kind, state, ts, body, thread, updated)
                values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (event, part) do nothing""",
                *row(post),
                ticket.thread,
                now,
            )

        await self._held(ticket, work)

    async def sent(self, ticket: Ticket, event_id: str, part: int, ts: str) -> None:
        """Note the `ts` that Slack gave a part."""
        await self._held(
            ticket,
            lambda one, now: one.execute(
                """update post set ts = $3, updated = $4,
                    state = case when state = 'final' then state else 'sent' end
                where event = $1 and part = $2""",
                event_id,
                part,
                ts,
                now,
            ),
        )

    async def save(self, ticket: Ticket, event_id: str, part: int, body: str) -> None:
        """Keep the text shown so far, for a restart to complete."""
        sql = "update post set body = $3, updated = $4 where event = $1 and part = $2"
        await self._held(ticket, lambda one, now: one.execute(sql, event_id, part, body, now))

    async def of_event(self, event_id: str) -> list[Post]:
        """Read the parts of an event's answer, in order."""
        rows = await self._select(
            """select event, part, kind, state, ts, body from post
            where event = $1 order by part""",
            event_id,
        )
        return [Post(*row) for row in rows]

    async def known(self, thread: str) -> set[str]:
        """Return what Slack calls the messages of a thread's answers, as far as it is noted."""
        rows = await self._select(
            """select post.ts from event join post on post.event = event.id
            where event.thread = $1 and post.ts is not null""",
            thread,
        )
        return {ts for (ts,) in rows}


def store_final(connection: Connection, thread: str, posts: Iterable[Post], now: int) -> None:
    """Store parts as final, noted before or not."""
    for post in posts:
        connection.execute(
            """insert into post (event, part, kind, state, ts, body, thread, updated)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (event, part) do update set state = 'final', kind = excluded.kind,
                ts = coalesce(excluded.ts, post.ts), body = excluded.body, updated = $8""",
            *row(replace(post, state="final")),
            thread,
            now,
        )


def forget_unposted(connection: Connection, event_id: str) -> None:
    """Drop the parts that were meant to be posted and, as is known now, never were."""
    connection.execute("delete from post where event = $1 and ts is null", event_id)
