"""The ledger of function calls: a line before a function runs, completed when it has ended.

A line that is still `started` after a crash tells that the function may have had its effect; one
that is so at the end of its event (a call was stopped, or had to be left alone) is `unknown`. The
files that a call has produced are written in one commit with its end, so that no crash comes
between the two, and removed when they are in the thread. What Slack calls them is noted with the
call before Slack is asked to show them, so that after a crash they can be looked for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.engine import Connection
from storage.kind import Kind
from storage.records import Attachment, Call, CallState, Ticket, row


@dataclass(frozen=True, slots=True)
class Called:
    """One call as people look back at it.

    `state` is that of the ledger, or of the approval where the call never ran; `approval` and
    `decided_by` are empty where nobody was asked. `thread` is the conversation.
    """

    thread: str
    name: str
    arguments: str
    user: str
    state: str
    started: int
    ended: int | None
    approval: str
    decided_by: str


class Calls(Kind):
    """The function calls of all turns, and of commands that try one."""

    async def begin(self, ticket: Ticket, call: Call) -> Call | None:
        """Write a call down before it runs, or return the line that already stands there."""

        def work(connection: Connection, now: int) -> Call | None:
            *words, _ = row(replace(call, started=now))
            written = connection.execute(
                """insert into call (id, event, name, arguments, effect, key, user_id, state,
                    result, started, ended, thread)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                on conflict (id) do nothing returning id""",
                *words,
                ticket.thread,
            )
            return None if written else _get(connection, call.id)

        return await self._held(ticket, work)

    async def end(
        self,
        ticket: Ticket,
        call_id: str,
        state: CallState,
        result: str | None,
        files: Sequence[Attachment] = (),
    ) -> None:
        """Complete a call's line, and keep the files that it has produced."""

        def work(connection: Connection, now: int) -> None:
            connection.execute(
                "update call set state = $2, result = $3, ended = $4 where id = $1",
                call_id,
                state,
                result,
                now,
            )
            for n, file in enumerate(files):
                connection.execute(
                    """insert into attachment (name, mimetype, data, call, n, event)
                    select $1, $2, $3, id, $4, event from call where id = $5""",
                    *row(file),
                    n,
                    call_id,
                )

        await self._held(ticket, work, long=bool(files))

    async def uploads(self, call_id: str) -> list[str]:
        """Return what Slack calls the files of a call that a turn before has uploaded.

        They may be shown or not.
        """
        rows = await self._select("select uploads from call where id = $1", call_id)
        found: list[str] = json.loads(rows[0][0]) if rows else []
        return found

    async def uploaded(self, ticket: Ticket, call_id: str, uploads: Sequence[str]) -> None:
        """Note what Slack calls the files of a call, before it is asked to show them."""
        await self._held(ticket, lambda one, _: _note_uploads(one, call_id, uploads))

    async def delivered(self, ticket: Ticket, call_id: str) -> None:
        """Remove the files of a call: people have them, or cannot get them."""

        def work(connection: Connection, _: int) -> None:
            connection.execute("delete from attachment where call = $1", call_id)
            _note_uploads(connection, call_id, [])

        await self._held(ticket, work, long=True)

    async def get(self, call_id: str) -> Call | None:
        """Return a call's line with its files, if there is one."""
        return await self._engine.read(lambda connection: _get(connection, call_id))

    async def recent(
        self, team: str, limit: int, *, name: str = "", user: str = "", failed: bool = False
    ) -> list[Called]:
        """Return a team's newest calls, the newest first.

        Those of the ledger, and those that never ran; of one function, for one person, or that did
        not end well, if asked for.
        """
        rows = await self._select(
            """select call.thread, call.name, call.arguments, call.user_id, call.state,
                call.started as began, call.ended, coalesce(approval.state, ''),
                coalesce(approval.decided_by, '')
            from call left join approval on approval.call = call.id
            where call.thread like $1 and $2 in ('', call.name) and $3 in ('', call.user_id)
                and ($4 = 0 or call.state <> 'done')
            union all
            select thread, name, arguments, user_id, state, created, decided, state, decided_by
            from approval
            where team = $5 and $2 in ('', name) and $3 in ('', user_id)
                and not exists (select 1 from call where call.id = approval.call)
            order by began desc limit $6""",
            f"{team}:%",
            name,
            user,
            int(failed),
            team,
            limit,
            long=True,
        )
        return [Called(*row) for row in rows]


def end_open(connection: Connection, event_id: str, now: int) -> None:
    """Note that nobody will learn how the calls of an event ended that are still under way."""
    connection.execute(
        "update call set state = 'unknown', ended = $2 where event = $1 and state = 'started'",
        event_id,
        now,
    )


def drop_files(connection: Connection, event_id: str) -> None:
    """Remove the files of an event whose turn is over, posted or not."""
    connection.execute("delete from attachment where event = $1", event_id)


def _note_uploads(connection: Connection, call_id: str, found: Sequence[str]) -> None:
    """Note what Slack calls files; not beside their bytes, which that would write again."""
    connection.execute("update call set uploads = $2 where id = $1", call_id, json.dumps(found))


def _get(connection: Connection, call_id: str) -> Call | None:
    rows = connection.execute(
        """select id, event, name, arguments, effect, key, user_id, state, result, started, ended
        from call where id = $1""",
        call_id,
    )
    files = connection.execute(
        "select name, mimetype, data from attachment where call = $1 order by n", call_id
    )
    kept = tuple(Attachment(*file) for file in files)
    return replace(Call(*rows[0]), attachments=kept) if rows else None
