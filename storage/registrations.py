"""Functions that admins added while the bot runs, and those that they switched off.

One version counts every change, so that each process sees by a single number whether to read anew.
"""

from dataclasses import replace

from storage.engine import Connection
from storage.kind import Kind
from storage.records import Registration, SwitchedOff, row


class Registrations(Kind):
    """The registrations and switches of all teams."""

    async def version(self) -> int:
        """Return a number that grows with each change."""
        rows = await self._select("select version from registration_version")
        return int(rows[0][0])

    async def all(self) -> list[Registration]:
        """Return every registered function of every team."""
        rows = await self._select(
            """select team, name, kind, body, user_id, created from registration
            order by team, name"""
        )
        return [Registration(*row) for row in rows]

    async def save(self, registration: Registration) -> None:
        """Add a function, or put it in the place of the one of its name."""
        await self._changed(
            """insert into registration (team, name, kind, body, user_id, created)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (team, name) do update set kind = excluded.kind, body = excluded.body,
                user_id = excluded.user_id, created = excluded.created""",
            *row(replace(registration, created=self._clock())),
        )

    async def amend(self, team: str, name: str, was: str, body: str) -> bool:
        """Put a body in the place of the one that it was; False if it is not that any more."""
        return await self._changed(
            """update registration set body = $1
            where team = $2 and name = $3 and body = $4 returning name""",
            body,
            team,
            name,
            was,
        )

    async def remove(self, team: str, name: str) -> bool:
        """Remove a function; False if there is none of this name."""
        return await self._changed(
            "delete from registration where team = $1 and name = $2 returning name", team, name
        )

    async def switched_off(self) -> list[SwitchedOff]:
        """Return every switch that is off."""
        rows = await self._select(
            """select team, channel, name, user_id, created from switched_off
            order by team, channel, name"""
        )
        return [SwitchedOff(*row) for row in rows]

    async def switch_off(self, switch: SwitchedOff) -> None:
        """Switch a function off in a channel, or everywhere where the channel is empty."""
        await self._changed(
            """insert into switched_off (team, channel, name, user_id, created)
            values ($1, $2, $3, $4, $5) on conflict (team, channel, name) do nothing""",
            *row(replace(switch, created=self._clock())),
        )

    async def switch_on(self, team: str, channel: str, name: str) -> bool:
        """Take a switch back; False if it was not off there."""
        return await self._changed(
            """delete from switched_off where team = $1 and channel = $2 and name = $3
            returning name""",
            team,
            channel,
            name,
        )

    async def _changed(self, sql: str, *params: object) -> bool:
        """Run a statement and count it as a change; tell whether it returned a row."""

        def work(connection: Connection) -> bool:
            rows = connection.execute(sql, *params)
            connection.execute("update registration_version set version = version + 1")
            return bool(rows)

        return await self._engine.write(work)
