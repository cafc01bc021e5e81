"""The fine-tuning jobs that are followed in a channel: what is shown of each, and when to look.

Any number of processes share the work. `claim` gives a watch that is due to one of them, for as
long as its lease; each claim has a higher fence, so what a late owner saves is refused.
"""

from dataclasses import replace

from storage.engine import Connection
from storage.errors import Lost
from storage.kind import OwnedKind
from storage.records import Watch

_FAR_MS = 2 * 3600 * 1000  # nobody rests for so long: a clock was put back


class Watches(OwnedKind):
    """The watches of all teams; `owner` names this process."""

    async def add(self, watch: Watch) -> None:
        """Begin to watch; a watch of the same job in the same place begins anew."""
        await self._execute(
            """insert into watch (id, team, channel, thread_ts, user_id, account, job, stage, shown,
                state, model, due, changed, failures, created, fence, leased)
            values ($1, $2, $3, $4, $5, $6, $7, 'job', '', '', '', $8, $8, 0, $8, 0, 0)
            on conflict (id) do update set user_id = excluded.user_id, stage = 'job', shown = '',
                state = '', model = '', message_ts = null, due = excluded.due,
                changed = excluded.changed, failures = 0, created = excluded.created,
                fence = watch.fence + 1, owner = null""",
            watch.id,
            watch.team,
            watch.channel,
            watch.thread_ts,
            watch.user,
            watch.account,
            watch.job,
            self._clock(),
        )

    async def claim(self, lease_ms: int) -> Watch | None:
        """Take the watch that is due longest and that nobody holds."""
        now = self._clock()
        rows = await self._engine.write(
            lambda connection: connection.execute(
                """update watch set owner = $1, leased = $2, fence = fence + 1
                where (owner is null or leased <= $3) and id = (
                    select id from watch
                    where (due <= $3 or due > $4) and (owner is null or leased <= $3)
                    order by due, id limit 1)
                returning id, team, channel, thread_ts, user_id, account, job, stage, message_ts,
                    shown, state, model, due, changed, failures, created, fence""",
                self._owner,
                now + lease_ms,
                now,
                now + _FAR_MS,
            ),
            undo=lambda connection, taken: _leave(connection, [row[0] for row in taken]),
        )
        return Watch(*rows[0]) if rows else None

    async def renew(self, watch: Watch, lease_ms: int) -> None:
        """Hold a watch for longer, if it is still held."""
        await self._execute(
            "update watch set leased = $1 where id = $2 and owner = $3 and fence = $4",
            self._clock() + lease_ms,
            watch.id,
            self._owner,
            watch.fence,
        )

    async def keep(self, watch: Watch) -> Watch:
        """Save what is known of a watch in the middle of the work on it; return it."""
        await self._save(watch, self._owner)
        return watch

    async def release(self, watch: Watch, due: int) -> None:
        """Save what is known of a watch, and let it rest until it is due."""
        await self._save(replace(watch, due=due), None)

    async def postpone(self, watch: Watch, due: int) -> None:
        """Let a watch rest after a failure; else it stays as it was kept last."""
        await self._execute(
            """update watch set owner = null, failures = $4, due = $5
            where id = $1 and owner = $2 and fence = $3""",
            watch.id,
            self._owner,
            watch.fence,
            watch.failures,
            due,
        )

    async def end(self, watch: Watch) -> None:
        """Stop watching; nothing is left to do."""
        await self._execute("delete from watch where id = $1", watch.id)

    async def stop(self, watch: Watch) -> None:
        """Follow a job no longer; who looks at it now is refused, and the next look is the last."""
        await self._execute(
            """update watch set stage = 'stopped', due = $2, failures = 0, fence = fence + 1
            where id = $1""",
            watch.id,
            self._clock(),
        )

    async def leave(self) -> None:
        """Let others have what this process holds."""
        await self._execute("update watch set owner = null where owner = $1", self._owner)

    async def next_due(self) -> int | None:
        """Return when the next watch can be claimed."""
        now = self._clock()
        rows = await self._select(
            """select min(case when due > $2 and (owner is null or leased <= $1) then $1
                when owner is null or leased <= $1 or due > leased then due
                else leased end) from watch""",
            now,
            now + _FAR_MS,
        )
        return rows[0][0] if rows and rows[0][0] is not None else None

    async def of_team(self, team: str) -> list[Watch]:
        """Return what a team follows, the oldest first."""
        rows = await self._select(
            """select id, team, channel, thread_ts, user_id, account, job, stage, message_ts,
                shown, state, model, due, changed, failures, created, fence
            from watch where team = $1 and stage <> 'stopped' order by created, id""",
            team,
        )
        return [Watch(*row) for row in rows]

    async def _save(self, watch: Watch, owner: str | None) -> None:
        saved = await self._execute(
            """update watch set owner = $4, stage = $5, message_ts = $6, shown = $7, state = $8,
                model = $9, due = $10, changed = $11, failures = $12, channel = $13,
                thread_ts = $14
            where id = $1 and owner = $2 and fence = $3 returning id""",
            watch.id,
            self._owner,
            watch.fence,
            owner,
            watch.stage,
            watch.message_ts,
            watch.shown,
            watch.state,
            watch.model,
            watch.due,
            watch.changed,
            watch.failures,
            watch.channel,
            watch.thread_ts,
        )
        if not saved:
            raise Lost(f"The watch {watch.id} belongs to another owner now.")


def _leave(connection: Connection, ids: list[str]) -> None:
    for one in ids:
        connection.execute("update watch set owner = null where id = $1", one)
