"""The audit: every act that cost, deleted or changed something, and who wanted it.

A line is written before the act and completed after it. What a dead process left as `started` is
shown as it is: nobody knows how far it came.
"""

from dataclasses import replace
from functools import partial

from storage.engine import Connection
from storage.kind import Kind
from storage.records import Act, ActState, row


class Audit(Kind):
    """The acts of all teams."""

    async def begin(self, act: Act) -> bool:
        """Write an act down before it is done; False if it stands there already."""
        begun = replace(act, started=self._clock())
        return await self._engine.write(partial(_store, act=begun))

    async def end(self, act_id: str, state: ActState, detail: str = "", account: str = "") -> None:
        """Note how an act ended, and with which credentials it was done if that is known now.

        The first word on it counts.
        """
        await self._execute(
            """update audit set state = $2, detail = $3, ended = $4,
                account = coalesce(nullif($5, ''), account)
            where id = $1 and state = 'started'""",
            act_id,
            state,
            detail,
            self._clock(),
            account,
        )

    async def get(self, act_id: str) -> Act | None:
        """Return one act."""
        rows = await self._select(
            """select id, team, user_id, channel, command, effect, account, state, detail,
                started, ended
            from audit where id = $1""",
            act_id,
        )
        return Act(*rows[0]) if rows else None

    async def recent(self, team: str, limit: int = 200) -> list[Act]:
        """Return a team's acts, newest first."""
        rows = await self._select(
            """select id, team, user_id, channel, command, effect, account, state, detail,
                started, ended
            from audit where team = $1 order by started desc, id limit $2""",
            team,
            limit,
        )
        return [Act(*row) for row in rows]


def store_done(connection: Connection, act: Act, now: int) -> None:
    """Write down an act that was done at once."""
    _store(connection, replace(act, state="done", ended=now))


def _store(connection: Connection, act: Act) -> bool:
    """Write an act down; False if it stands there already."""
    stored = connection.execute(
        """insert into audit (id, team, user_id, channel, command, effect, account, state,
            detail, started, ended)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (id) do nothing returning id""",
        *row(act),
    )
    return bool(stored)
