"""The tokens that turns took, one row for an event."""

from storage.engine import Connection
from storage.kind import Kind
from storage.records import Usage, row


class UsageLog(Kind):
    """What was used, by team and by person; rows are written with what a turn says."""

    async def total(self, team: str, since: int, user: str | None = None) -> tuple[int, int]:
        """Sum the tokens in and out of a team, or of one of its people, since a time in ms."""
        rows = await self._select(
            """select coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0) from usage
            where team = $1 and created >= $2 and user_id = coalesce($3, user_id)""",
            team,
            since,
            user,
            long=True,
        )
        tokens_in, tokens_out = rows[0]
        return int(tokens_in), int(tokens_out)


def store_usage(connection: Connection, usage: Usage | None, now: int) -> None:
    """Add what requests of an event's turn took to what others of it have taken."""
    if usage is None or not (usage.tokens_in or usage.tokens_out):
        return
    connection.execute(
        """insert into usage (event, team, user_id, model, tokens_in, tokens_out, created)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (event) do update set
            tokens_in = usage.tokens_in + excluded.tokens_in,
            tokens_out = usage.tokens_out + excluded.tokens_out""",
        *row(usage),
        now,
    )
