"""The ways of every kind of record into the database: one statement, or work for an owner."""

from collections.abc import Callable

from storage.engine import Connection, Engine, Row, T, WallClock
from storage.ownership import hold
from storage.records import Ticket


class Kind:
    """One kind of record."""

    def __init__(self, engine: Engine, clock: WallClock) -> None:
        self._engine = engine
        self._clock = clock

    async def _select(self, sql: str, *params: object, long: bool = False) -> list[Row]:
        """Run one statement that changes nothing, and return its rows."""
        return await self._engine.read(lambda one: one.execute(sql, *params), long=long)

    async def _execute(self, sql: str, *params: object) -> list[Row]:
        """Run one statement, and return its rows once its changes are durable."""
        return await self._engine.write(lambda one: one.execute(sql, *params))

    async def _held(
        self, ticket: Ticket, work: Callable[[Connection, int], T], *, long: bool = False
    ) -> T:
        """Run work, which also gets the time, for the owner of a thread.

        Raises:
            Lost: another owner works on the thread now.
        """
        now = self._clock()

        def held(connection: Connection) -> T:
            hold(connection, ticket, now)
            return work(connection, now)

        return await self._engine.write(held, long=long)


class OwnedKind(Kind):
    """One kind of record that processes share; `owner` names this one in its claims."""

    def __init__(self, engine: Engine, owner: str, clock: WallClock) -> None:
        super().__init__(engine, clock)
        self._owner = owner
