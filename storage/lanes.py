"""The threads in which SQLite works: one that writes, one that reads, each with its connection.

The writer commits in groups: it takes every write that is waiting, runs each in a savepoint of
one transaction, commits once and only then tells the callers. One fsync serves them all, which
is what makes `synchronous=FULL` affordable under a burst.
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from storage.engine import Job, Row, T, Undo
from storage.errors import StorageError

logger = logging.getLogger(__name__)

BATCH = 256
PATIENCE = 2.0  # seconds that a write waits for another program's lock
UNDO_PATIENCE = 30.0  # nobody waits for it, and nobody would try again
NAMES = tuple(str(number) for number in range(1, 33))


@dataclass(slots=True, eq=False)
class Task:
    """One job on its way through a lane, and what became of it."""

    job: Job[Any]
    future: "asyncio.Future[Any]"
    undo: Undo[Any] | None
    deadline: float
    ran: bool = False
    result: Any = None
    error: Exception | None = None


class Statements:
    """The connection that a job sees: numbered placeholders in, lists of rows out."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def execute(self, sql: str, *params: object) -> list[Row]:
        """Run one statement and return its rows."""
        values = dict(zip(NAMES, params, strict=False))
        try:
            return self._execute(sql, values).fetchall()
        except UnicodeEncodeError:  # half a character, as broken JSON escapes leave it
            whole = {name: _whole(value) for name, value in values.items()}
            return self._execute(sql, whole).fetchall()


class Lane(ABC):
    """One thread with one connection, made in it; jobs run in the order they were handed in."""

    def __init__(self, name: str, connect: Callable[[], sqlite3.Connection]) -> None:
        self._name = name
        self._connect = connect
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._closed = True

    async def start(self) -> None:
        """Start the thread and wait until it is connected."""
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        opened: asyncio.Future[None] = self._loop.create_future()
        threading.Thread(target=self._main, args=(opened,), name=self._name, daemon=True).start()
        self._closed = False
        await opened

    async def stop(self) -> None:
        """Let the jobs already handed in end, then disconnect."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            await self._ended

    async def run(self, job: Job[T], undo: Undo[T] | None = None) -> T:
        """Hand a job in and wait for its result."""
        if self._closed:
            raise StorageError("The database is closed.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(Task(job, future, undo, time.monotonic() + PATIENCE))
        return await future

    def _main(self, opened: "asyncio.Future[None]") -> None:
        try:
            with contextlib.closing(self._connect()) as connection:
                self._call(_settle, opened, None, None)
                while (task := self._queue.get()) is not None:
                    self._serve(connection, task)
        except Exception as error:
            self._call(_settle, opened, None, explained(error))
        finally:
            self._call(_settle, self._ended, None, None)

    @abstractmethod
    def _serve(self, connection: sqlite3.Connection, task: Task) -> None:
        """Run a job, and perhaps others that wait, and deliver what came of it."""

    def _call(self, callback: Callable[..., None], *args: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *args)

    def _deliver(self, tasks: list[Task]) -> None:
        for task in tasks:
            if not task.future.done():
                _settle(task.future, task.result, task.error)
            elif task.undo is not None and task.ran and task.error is None and not self._closed:
                self._queue.put(self._undoing(task.undo, task.result))

    def _undoing(self, undo: Undo[T], result: T) -> Task:
        future: asyncio.Future[None] = self._loop.create_future()
        future.add_done_callback(_log_failure)
        deadline = time.monotonic() + UNDO_PATIENCE
        return Task(lambda connection: undo(connection, result), future, None, deadline)


class Reader(Lane):
    """The lane for jobs that change nothing: each sees one moment of the database."""

    def _serve(self, connection: sqlite3.Connection, task: Task) -> None:
        try:
            connection.execute("begin")
            try:
                task.result = task.job(Statements(connection))
            finally:
                connection.execute("commit")
        except Exception as error:
            task.error = explained(error)
        self._call(self._deliver, [task])


class Writer(Lane):
    """The lane for writes, which it commits in groups."""

    truncate = False  # a job sets it: empty the WAL after this group

    def _serve(self, connection: sqlite3.Connection, task: Task) -> None:
        batch = [task]
        try:
            if self._begin(connection, batch):
                self._commit(connection, batch)
        except Exception as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("rollback")
            for each in batch:
                each.error = explained(error)
        self._call(self._deliver, batch)

    def _begin(self, connection: sqlite3.Connection, batch: list[Task]) -> bool:
        """Take the lock while anyone has patience, then take along all who wait by now."""
        while batch:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                self._take_waiting(batch)
                self._refuse_impatient(batch, error)
            else:
                self._take_waiting(batch)
                return True
        return False

    def _take_waiting(self, batch: list[Task]) -> None:
        while len(batch) < BATCH:
            try:
                task = self._queue.get_nowait()
            except Empty:
                return
            if task is None:  # the end: leave it for the main loop
                self._queue.put(None)
                return
            batch.append(task)

    def _refuse_impatient(self, batch: list[Task], error: sqlite3.Error) -> None:
        now = time.monotonic()
        impatient = [task for task in batch if task.deadline <= now]
        for task in impatient:
            task.error = explained(error)
        batch[:] = [task for task in batch if task.deadline > now]
        self._call(self._deliver, impatient)

    def _commit(self, connection: sqlite3.Connection, batch: list[Task]) -> None:
        statements = Statements(connection)
        for task in batch:
            if not task.future.cancelled():
                _in_savepoint(connection, statements, task)
        connection.execute("commit")
        if self.truncate:
            with contextlib.suppress(sqlite3.Error):  # what was asked for is done all the same
                busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
                self.truncate = bool(busy)


def _in_savepoint(connection: sqlite3.Connection, statements: Statements, task: Task) -> None:
    """Run one job so that its failure undoes nothing but itself."""
    connection.execute("savepoint job")
    try:
        task.result = task.job(statements)
        task.ran = True
    except Exception as error:
        if not connection.in_transaction:  # SQLite has rolled the whole group back
            raise
        connection.execute("rollback to job")
        task.error = explained(error)
    connection.execute("release job")


def _whole(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _settle(future: "asyncio.Future[Any]", result: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _log_failure(future: "asyncio.Future[None]") -> None:
    if not future.cancelled() and future.exception() is not None:
        logger.error("undo_failed", exc_info=future.exception())


def explained(error: Exception) -> Exception:
    """Turn an error of SQLite into one of ours, with a sentence; leave all others alone."""
    if not isinstance(error, sqlite3.Error):
        return error
    ours = StorageError(sentence(error))
    ours.__cause__ = error
    return ours


def sentence(error: sqlite3.Error) -> str:
    """Say for a person what SQLite's error means."""
    sentences = {
        sqlite3.SQLITE_BUSY: "Another program keeps the database locked.",
        sqlite3.SQLITE_FULL: "The disk is full: the database can store nothing more.",
        sqlite3.SQLITE_IOERR: "The disk failed under the database.",
        sqlite3.SQLITE_READONLY: "The database file may not be written to.",
        sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
        sqlite3.SQLITE_CORRUPT: "The database file is damaged: restore a backup.",
        sqlite3.SQLITE_NOTADB: "The database file is not a SQLite database.",
    }
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return sentences.get(code, f"The database refused a statement: {error}")
