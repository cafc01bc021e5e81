"""SQLite, the default engine: one file, one process, nothing to install.

All writes go through one connection, whose statements run on the event loop and whose commits
mostly run in a thread (`storage.writer`). So SQLite's own locking is never contended by us and its
WAL-reset bug (before 3.51.3, two connections that checkpoint at once) cannot happen: the other
connections are read-only. A lock file keeps a second process out.
"""

import asyncio
import contextlib
import errno
import logging
import os
import sqlite3
from functools import partial
from pathlib import Path

from storage.engine import Connection, Row, T, Undo, Work
from storage.errors import StorageError
from storage.lock import FileLock
from storage.migrations import migrate
from storage.reader import Reader
from storage.sqlite_search import index, is_behind, merge, search
from storage.statements import sentence
from storage.writer import Writer

logger = logging.getLogger(__name__)

OLDEST = (3, 35, 0)  # the first with `returning`
MERGE = 200  # pages of the search index that one write may merge
LOG_BYTES = 4 << 20  # of the write-ahead log, which is begun anew every 200 writes
LONGEST_LOG = 32 << 20  # bytes that are kept of a log which another program's reading made long


class SQLite:
    """An engine over one SQLite file."""

    exclusive = True
    version = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._lock = FileLock(self._path.with_name(self._path.name + ".lock"))
        self._reader = Reader(self._connect_reader)
        self._writer = Writer(self._connect_writer, upkeep=index, after_commit=self._reader.refresh)

    async def open(self) -> None:
        """Lock the file, make it if need be, and bring the schema up to date."""
        try:
            await asyncio.to_thread(self._prepare)
            await self._writer.open()
            await self._reader.open()
        except BaseException:
            await self.close()
            raise
        logger.info(
            "database_opened",
            extra={"path": str(self._path), "sqlite": sqlite3.sqlite_version},
        )

    async def look(self) -> None:
        """Connect only to read, also beside the process that has the lock."""
        if not self._path.exists():
            raise StorageError(
                f"There is no database {self._path} yet: start the bot first, or let DATABASE_URL"
                " name another."
            )
        try:
            await self._reader.open()
        except sqlite3.Error as error:
            raise StorageError(f"{self._path}: {sentence(error)}") from error

    async def close(self) -> None:
        """Finish the work already handed in, then close the file and free its lock."""
        self._reader.close()  # first: the last to close must be the one that may checkpoint
        await self._writer.close()
        self._lock.free()

    async def read(self, work: Work[T], *, long: bool = False) -> T:
        """Run work on a read-only connection: short work at once, long work in a thread."""
        return await self._reader.run_long(work) if long else self._reader.run(work)

    async def write(self, work: Work[T], undo: Undo[T] | None = None, *, long: bool = False) -> T:
        """Run work in the writer's next group and return once that is on the disk."""
        return await self._writer.run(work, undo, long=long)

    async def backup(self, path: Path) -> None:
        """Copy the database to a new file; it appears under its name only when whole."""
        await asyncio.to_thread(self._copy_to, path)

    async def scrub(self) -> None:
        """Merge the search index and empty the WAL, so that deleted text is in neither.

        It goes step by step, for other writes wait behind each.
        """
        pages = -MERGE  # below zero: begin to merge the whole index into one
        while await self.write(partial(merge, pages=pages), long=True):
            pages = MERGE

        def work(_: Connection) -> None:
            self._writer.truncate = True

        await self.write(work)

    async def search(self, scope: str, words: tuple[str, ...], limit: int) -> list[Row]:
        """Find messages, on a connection of its own: a slow search holds no history up."""
        if self._reader.run(is_behind):
            with contextlib.suppress(StorageError):  # what is older can be found all the same
                await self._writer.run(index, long=True)
        work = partial(search, scope=scope, words=words, limit=limit)
        return await self._reader.run_long(work)

    def _prepare(self) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise StorageError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed.")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.take()
            _make_private(self._path)
        except OSError as error:
            advice = (
                "Make room."
                if error.errno in (errno.ENOSPC, errno.EDQUOT)
                else "Let DATABASE_URL name a place that this user may write to."
            )
            raise StorageError(
                f"The database {self._path} cannot be opened ({error.strerror}). {advice}"
            ) from error

    def _connect_writer(self) -> sqlite3.Connection:
        with contextlib.ExitStack() as opened:
            try:
                connection = sqlite3.connect(
                    self._path, timeout=5, isolation_level=None, check_same_thread=False
                )
                opened.callback(connection.close)
                connection.execute("pragma journal_mode = wal")
                connection.execute("pragma synchronous = full")
                connection.execute("pragma secure_delete = on")
                connection.execute("pragma wal_autocheckpoint = 0")  # the writer's thread does it
                connection.execute(f"pragma journal_size_limit = {LONGEST_LOG}")
                migrate(connection)
                _extend(self._path.with_name(self._path.name + "-wal"))
                connection.execute("pragma busy_timeout = 0")  # the writer has its own patience
            except sqlite3.Error as error:
                raise StorageError(f"{self._path}: {sentence(error)}") from error
            opened.pop_all()
        return connection

    def _connect_reader(self) -> sqlite3.Connection:
        address = f"{self._path.as_uri()}?mode=ro"
        return sqlite3.connect(
            address, uri=True, timeout=2, isolation_level=None, check_same_thread=False
        )

    def _copy_to(self, path: Path) -> None:
        """Copy by `vacuum into`: the backup API starts over at every write and may never end."""
        if path.exists():
            raise StorageError(f"{path} exists already: name a new file for the backup.")
        part = path.with_name(path.name + ".part")
        try:
            part.unlink(missing_ok=True)
            _make_private(part)
            with contextlib.closing(self._connect_reader()) as connection:
                connection.execute("vacuum into ?", (str(part),))
            _sync(part)
            part.rename(path)
        except (OSError, sqlite3.Error) as error:
            part.unlink(missing_ok=True)
            raise StorageError(f"{path}: {_reason(error)}") from error


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    with contextlib.suppress(PermissionError):  # a file that another user owns
        path.chmod(0o600)


def _extend(log: Path) -> None:
    """Give the write-ahead log its full size at once.

    A commit that makes a file grow takes the disk half as long again (measured: 460 us, 300 us in
    a log of full size). SQLite takes zeros for no part of the log, for they lack its check sums.
    On a disk without so much room it grows as it must.
    """
    before = log.stat().st_size
    try:
        with log.open("ab") as file:
            file.write(bytes(max(0, LOG_BYTES - before)))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # there may yet be room for what it will hold
        logger.warning("log_not_extended", extra={"reason": error.strerror})
        os.truncate(log, before)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _reason(error: OSError | sqlite3.Error) -> str:
    return sentence(error) if isinstance(error, sqlite3.Error) else f"{error.strerror}."
