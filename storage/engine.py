"""The seam between what is stored and the database that keeps it.

Work is a plain synchronous function of a connection. An engine runs it inside one transaction: it
is kept whole or not at all. The same work runs on every database, so its SQL is lower case,
portable and takes `$1` placeholders; times are milliseconds handed in by the caller.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

Row = tuple[Any, ...]
T = TypeVar("T")
WallClock = Callable[[], int]  # milliseconds since 1970


class Connection(Protocol):
    """What work may do with the database."""

    def execute(self, sql: str, *params: object) -> list[Row]:
        """Run one statement and return its rows."""


Work = Callable[[Connection], T]
Undo = Callable[[Connection, T], None]


class Engine(Protocol):
    """One database: the few methods that differ from one to the next."""

    @property
    def exclusive(self) -> bool:
        """Tell whether this process is the only one that can have the database open."""

    @property
    def version(self) -> str:
        """Name the database program and its version."""

    async def open(self) -> None:
        """Connect, and bring the schema up to date."""

    async def look(self) -> None:
        """Connect only to read, also beside the process that has it open."""

    async def close(self) -> None:
        """Finish the work already handed in, then let go of the database."""

    async def read(self, work: Work[T], *, long: bool = False) -> T:
        """Run work that changes nothing; `long` if it takes more than a few milliseconds."""

    async def write(self, work: Work[T], undo: Undo[T] | None = None, *, long: bool = False) -> T:
        """Run work and return once its changes are durable.

        A caller that is cancelled meanwhile never learns the result: `undo` then gets it. `long`
        is for work that takes more than a few milliseconds: nothing but other writes waits for it.
        """

    async def backup(self, path: Path) -> None:
        """Write a consistent copy to a new file while work goes on."""

    async def scrub(self) -> None:
        """Leave no trace of deleted rows in the database's files."""

    async def search(self, scope: str, words: tuple[str, ...], limit: int) -> list[Row]:
        """Find messages by words; full-text search is each database's own.

        `scope` is the beginning of the threads' names to look in. Rows are thread, slack_ts,
        user, name, content, created.
        """
