"""Questions that wait for one person's yes or no: asked once, decided once, good for a while.

The first answer counts, whichever process takes it. `event` is the click that decided, so that the
same click taken up again after a crash is told apart from a second one. What is kept without an
effect asks nothing, so it is never decided.
"""

from storage.engine import Connection, Engine, WallClock
from storage.records import Decision, DecisionState


class Decisions:
    """The questions of all teams."""

    def __init__(self, engine: Engine, clock: WallClock) -> None:
        self._engine = engine
        self._clock = clock

    async def ask(self, decision: Decision) -> None:
        """Write a question down; those long expired are removed on the way."""
        now = self._clock()
        await self._engine.write(lambda connection: _ask(connection, decision, now))

    async def get(self, decision_id: str) -> Decision | None:
        """Return a question."""
        return await self._engine.read(lambda connection: _get(connection, decision_id))

    async def decide(
        self, decision_id: str, user: str, state: DecisionState, event: str
    ) -> Decision | None:
        """Decide a question that waits for this user, or return None when that cannot be.

        The event that decided may ask again and gets the same answer.
        """
        now = self._clock()
        return await self._engine.write(
            lambda connection: _decide(connection, decision_id, user, state, event, now)
        )


_DAY_MS = 24 * 3600 * 1000


def _ask(connection: Connection, decision: Decision, now: int) -> None:
    connection.execute("delete from decision where expires < $1", now - _DAY_MS)
    connection.execute(
        """insert into decision (id, team, user_id, line, effect, typed, state, event, expires)
        values ($1, $2, $3, $4, $5, $6, 'waiting', '', $7)""",
        decision.id,
        decision.team,
        decision.user,
        decision.line,
        decision.effect,
        decision.must_type,
        decision.expires,
    )


def _get(connection: Connection, decision_id: str) -> Decision | None:
    rows = connection.execute(
        """select id, team, user_id, line, effect, expires, typed, state, event
        from decision where id = $1""",
        decision_id,
    )
    return Decision(*rows[0]) if rows else None


def _decide(
    connection: Connection,
    decision_id: str,
    user: str,
    state: DecisionState,
    event: str,
    now: int,
) -> Decision | None:
    rows = connection.execute(
        """update decision set state = $3, event = $4
        where id = $1 and user_id = $2 and effect <> ''
            and ((state = 'waiting' and expires >= $5) or (state = $3 and event = $4))
        returning id, team, user_id, line, effect, expires, typed, state, event""",
        decision_id,
        user,
        state,
        event,
        now,
    )
    return Decision(*rows[0]) if rows else None
