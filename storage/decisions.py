"""Questions that wait for one person's yes or no: asked once, decided once, good for a while.

The first answer counts, whichever process takes it. `event` is the click that decided, so that the
same click taken up again after a crash is told apart from a second one. What is kept without an
effect asks nothing, so it is never decided.
"""

from storage.engine import Connection
from storage.kind import Kind
from storage.records import Decision, DecisionState, row

_DAY_MS = 24 * 3600 * 1000


class Decisions(Kind):
    """The questions of all teams."""

    async def ask(self, decision: Decision) -> None:
        """Write a question down; those long expired are removed on the way."""
        long_ago = self._clock() - _DAY_MS

        def work(connection: Connection) -> None:
            connection.execute("delete from decision where expires < $1", long_ago)
            connection.execute(
                """insert into decision (id, team, user_id, line, effect, expires, typed, state,
                    event)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
                *row(decision),
            )

        await self._engine.write(work)

    async def get(self, decision_id: str) -> Decision | None:
        """Return a question."""
        rows = await self._select(
            """select id, team, user_id, line, effect, expires, typed, state, event
            from decision where id = $1""",
            decision_id,
        )
        return Decision(*rows[0]) if rows else None

    async def decide(
        self, decision_id: str, user: str, state: DecisionState, event: str
    ) -> Decision | None:
        """Decide a question that waits for this user, or return None when that cannot be.

        The event that decided may ask again and gets the same answer.
        """
        rows = await self._execute(
            """update decision set state = $3, event = $4
            where id = $1 and user_id = $2 and effect <> ''
                and ((state = 'waiting' and expires >= $5) or (state = $3 and event = $4))
            returning id, team, user_id, line, effect, expires, typed, state, event""",
            decision_id,
            user,
            state,
            event,
            self._clock(),
        )
        return Decision(*rows[0]) if rows else None
