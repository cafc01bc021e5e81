"""SQLite's connections that only read: short work at once on the loop, long work in a thread."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable

from storage.engine import T, Work
from storage.errors import StorageError
from storage.statements import Statements, explained


class Reader:
    """A connection that changes nothing; each piece of work sees one moment of the database.

    Short pieces that follow each other in one go of the loop see the same moment, unless a write
    becomes known meanwhile (`refresh`): to begin a moment costs more than most of them, since
    SQLite drops all pages that it has in memory when there is anything new.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._begun = False

    async def open(self) -> None:
        """Connect."""
        self._connection = await asyncio.to_thread(self._connect)
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._begun = False

    def run(self, work: Work[T]) -> T:
        """Run short work here and now."""
        if self._connection is None:
            raise StorageError("The database is closed.")
        try:
            if not self._begun:
                self._connection.execute("begin")
                self._begun = True
                self._loop.call_soon(self.refresh)
            return work(Statements(self._connection))
        except sqlite3.Error as error:
            self.refresh()
            raise explained(error) from error

    def refresh(self) -> None:
        """Let the next work see what is there then."""
        if self._begun and self._connection is not None:
            self._begun = False
            with contextlib.suppress(sqlite3.Error):  # nothing was changed
                self._connection.execute("rollback")

    async def run_long(self, work: Work[T]) -> T:
        """Run work in a thread, on a connection of its own, so that nothing waits for it."""
        if self._connection is None:
            raise StorageError("The database is closed.")
        return await asyncio.to_thread(self._run_long, work)

    def _run_long(self, work: Work[T]) -> T:
        try:
            with contextlib.closing(self._connect()) as connection:
                connection.execute("begin")
                return work(Statements(connection))
        except sqlite3.Error as error:
            raise explained(error) from error
