"""What admins chose while the bot runs, such as the model of a channel; one value for a name.

`scope` is a team (`T1`) or a channel of it (`T1:C1`); the narrower one counts.
"""

from storage.kind import Kind

MODEL = "model"  # the name of the choice which model answers


class Choices(Kind):
    """The choices of all teams."""

    async def get(self, team: str, channel: str, name: str) -> str | None:
        """Return what was chosen for a channel, else for its team."""
        rows = await self._select(
            """select value from choice where name = $3 and scope in ($1, $2)
            order by length(scope) desc limit 1""",
            team,
            f"{team}:{channel}",
            name,
        )
        return rows[0][0] if rows else None

    async def all(self, team: str, name: str) -> dict[str, str]:
        """Return every choice of a team by its scope."""
        rows = await self._select(
            """select scope, value from choice
            where name = $2 and (scope = $1 or (scope >= $3 and scope < $4))""",
            team,
            name,
            f"{team}:",
            f"{team};",
        )
        return dict(rows)

    async def save(self, scope: str, name: str, value: str | None, user: str) -> None:
        """Set a choice, or take it back with None."""
        if value is None:
            await self._execute("delete from choice where scope = $1 and name = $2", scope, name)
            return
        await self._execute(
            """insert into choice (scope, name, value, user_id, created)
            values ($1, $2, $3, $4, $5)
            on conflict (scope, name) do update set value = excluded.value,
                user_id = excluded.user_id, created = excluded.created""",
            scope,
            name,
            value,
            user,
            self._clock(),
        )
