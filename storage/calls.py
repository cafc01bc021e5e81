"""The ledger of function calls: a line before a function runs, completed when it has ended.

A line that is still `started` after a crash tells that the function may have had its effect.
"""

from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import partial

from storage import attachments
from storage.called import Called, recent
from storage.engine import Connection
from storage.kind import Kind
from storage.records import Attachment, Call, CallState, Ticket


class Calls(Kind):
    """The function calls of all turns, and of commands that try one."""

    async def begin(self, ticket: Ticket, call: Call) -> Call | None:
        """Write a call down before it runs, or return the line that already stands there."""

        def job(connection: Connection, now: int) -> Call | None:
            *words, _ = astuple(replace(call, started=now))
            written = connection.execute(
                """insert into call (id, event, name, arguments, effect, key, user_id, state,
                    result, started, ended, thread)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                on conflict (id) do nothing returning id""",
                *words,
                ticket.thread,
            )
            return None if written else _get(connection, call.id)

        return await self._held(ticket, job)

    async def end(
        self,
        ticket: Ticket,
        call_id: str,
        state: CallState,
        result: str | None,
        files: Sequence[Attachment] = (),
    ) -> None:
        """Complete a call's line, and keep the files that it has produced."""

        def job(connection: Connection, now: int) -> None:
            connection.execute(
                "update call set state = $2, result = $3, ended = $4 where id = $1",
                call_id,
                state,
                result,
                now,
            )
            attachments.keep(connection, call_id, files)

        await self._held(ticket, job, long=bool(files))

    async def uploads(self, call_id: str) -> list[str]:
        """Return what Slack calls the files of a call that a turn before has uploaded."""
        return await self._engine.read(partial(attachments.uploads, call_id=call_id))

    async def uploaded(self, ticket: Ticket, call_id: str, uploads: Sequence[str]) -> None:
        """Note what Slack calls the files of a call, before it is asked to show them."""
        await self._held(ticket, lambda one, _: attachments.note_uploads(one, call_id, uploads))

    async def delivered(self, ticket: Ticket, call_id: str) -> None:
        """Remove the files of a call: people have them, or cannot get them."""
        await self._held(ticket, lambda one, _: attachments.drop(one, call_id), long=True)

    async def get(self, call_id: str) -> Call | None:
        """Return a call's line with its files, if there is one."""
        return await self._engine.read(lambda connection: _get(connection, call_id))

    async def recent(self, team: str, name: str = "", limit: int = 200) -> list[Called]:
        """Return a team's calls, newest first: of one function, or of all."""
        return await self._engine.read(
            lambda connection: recent(connection, team, name, limit), long=True
        )


def _get(connection: Connection, call_id: str) -> Call | None:
    rows = connection.execute(
        """select id, event, name, arguments, effect, key, user_id, state, result, started, ended
        from call where id = $1""",
        call_id,
    )
    files = attachments.kept(connection, call_id) if rows else ()
    return replace(Call(*rows[0]), attachments=files) if rows else None
