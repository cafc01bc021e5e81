"""SQLite's one connection that writes: statements on the event loop, commits there or in a thread.

A statement takes microseconds once its pages are in memory, a commit waits for the disk. To hand a
statement to another thread and back costs more than to run it (measured: 75 us for the way there
and back, up to the interpreter's switch interval when the loop is busy). So the writer runs its
work where it is handed in, and only commits, and work that says that it is long, in its
thread. While a commit is under way further writes gather; the next commit takes them all, each
in a savepoint of one transaction, and then the callers are told. One fsync serves them all, which
is what makes `synchronous=FULL` affordable under a burst.

What nobody waits for, `upkeep` and the moving of the log to the file, is done in the thread once in
`LOGGED` writes.

A commit that comes alone, to a disk that was quick the last time, stays on the loop: what the way
to the thread and back costs nobody else can use then (measured: 150 us of an acknowledgement). The
loop may lose `BRIEF` in each `CALM` to that.
"""

import asyncio
import contextlib
import logging
import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from storage.engine import T, Undo, Work
from storage.errors import StorageError
from storage.statements import Statements, explained

logger = logging.getLogger(__name__)

BATCH = 256  # writes of one commit: some 30 ms of the loop's time
PATIENCE = 2.0  # seconds that a write waits for another program's lock
PAUSE = 0.005  # between two tries to get it
UNDO_PATIENCE = 30.0  # nobody waits for it, and nobody would try again
BRIEF = 0.001  # seconds that the disk may have taken for the next commit to stay on the loop
CALM = 0.005  # seconds without a commit before one that stays on the loop
LOGGED = 200  # writes until the upkeep is due


@dataclass(slots=True, eq=False)
class Task:
    """One piece of work on its way through the writer, and what became of it."""

    work: Work[Any]
    future: "asyncio.Future[Any]"
    undo: Undo[Any] | None
    deadline: float
    long: bool
    result: Any = None
    error: Exception | None = None


class Writer:
    """The one connection that writes; its commits run in a thread, and it is handed over whole."""

    truncate = False  # work sets it: empty the WAL after this group

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        upkeep: Work[None],
        after_commit: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._upkeep = upkeep
        self._after_commit = after_commit
        self._clock = clock
        self._waiting: deque[Task] = deque()
        self._work_due = False  # the loop or the thread is at work, and will look at what waits
        self._commits: SimpleQueue[list[Task] | None] = SimpleQueue()
        self._closed = True
        self._took = math.inf  # seconds, the last commit
        self._done_at = 0.0
        self._logged = 0  # writes in the write-ahead log
        self._connection: sqlite3.Connection

    async def open(self) -> None:
        """Start the thread, and connect in it."""
        self._loop = asyncio.get_running_loop()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        opened: asyncio.Future[None] = self._loop.create_future()
        threading.Thread(
            target=self._main, args=(opened,), name="storage-writer", daemon=True
        ).start()
        await opened
        self._closed = False

    async def close(self) -> None:
        """Let the work already handed in end, then disconnect."""
        if not self._closed:
            self._closed = True
            await self._idle.wait()
            self._commits.put(None)
            await self._ended

    async def run(self, work: Work[T], undo: Undo[T] | None = None, *, long: bool = False) -> T:
        """Hand work in and wait until its changes are on the disk."""
        if self._closed:
            raise StorageError("The database is closed.")
        future: asyncio.Future[T] = self._loop.create_future()
        task = Task(work, future, undo, self._clock() + PATIENCE, long)
        self._add(task)
        try:
            return await future
        except asyncio.CancelledError:
            if not future.cancelled():  # between the answer and the caller's turn to take it
                self._undo(task)
            raise

    def _add(self, task: Task) -> None:
        self._waiting.append(task)
        if not self._work_due:
            self._work_due = True
            self._idle.clear()
            self._work()

    # On the loop, while the thread is idle

    def _work(self) -> None:
        """Run what waits and have it committed; called again until nothing waits."""
        batch: list[Task] = []
        try:
            if not self._waiting:
                self._work_due = False
                self._idle.set()
                return
            if not self._begin():
                self._loop.call_later(PAUSE, self._work)
                return
            self._run_waiting(batch)
        except Exception as error:
            self._roll_back(batch, error)
            self._committed(batch)
        else:
            self._hand_over(batch)

    def _hand_over(self, batch: list[Task]) -> None:
        if self._is_brief(batch):
            self._commit(batch)
            self._committed(batch)
        else:
            self._commits.put(batch)

    def _is_brief(self, batch: list[Task]) -> bool:
        """Tell whether the loop may wait for this commit."""
        return (
            self._took < BRIEF
            and self._clock() - self._done_at > CALM
            and self._logged < LOGGED
            and not self.truncate
            and not (batch and batch[-1].long)
        )

    def _begin(self) -> bool:
        """Take the lock; while another program has it, refuse who has waited long enough."""
        try:
            self._connection.execute("begin immediate")
        except sqlite3.Error as error:
            is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            now = self._clock() if is_busy else math.inf
            self._refuse([task for task in self._waiting if task.deadline <= now], error)
            return False
        return True

    def _refuse(self, tasks: list[Task], error: sqlite3.Error) -> None:
        for task in tasks:
            self._waiting.remove(task)
            task.error = explained(error)
        self._deliver(tasks)

    def _run_waiting(self, batch: list[Task]) -> None:
        """Move waiting tasks to the batch and run them, but for a long one, which comes last."""
        while self._waiting and len(batch) < BATCH:
            task = self._waiting.popleft()
            if task.future.cancelled():
                continue
            alone = not (batch or self._waiting)
            batch.append(task)
            if task.long:
                return
            if alone:  # nothing else to keep when it fails: no savepoint
                task.result = task.work(Statements(self._connection))
            else:
                _in_savepoint(self._connection, task)

    def _committed(self, batch: list[Task]) -> None:
        self._after_commit()
        self._deliver(batch)
        self._loop.call_soon(self._work)  # the callers are told before more work is done

    def _deliver(self, tasks: list[Task]) -> None:
        for task in tasks:
            if not task.future.done():
                _settle(task.future, task.result, task.error)
            else:
                self._undo(task)

    def _undo(self, task: Task) -> None:
        """Take back what work did whose caller never learns the result."""
        if (undo := task.undo) is not None and task.error is None and not self._closed:
            future: asyncio.Future[None] = self._loop.create_future()
            future.add_done_callback(_log_failure)
            deadline = self._clock() + UNDO_PATIENCE
            self._add(Task(lambda one: undo(one, task.result), future, None, deadline, long=False))

    # In the thread, while the loop leaves the connection alone

    def _main(self, opened: "asyncio.Future[None]") -> None:
        try:
            self._connection = self._connect()
        except Exception as error:
            self._call(_settle, opened, None, explained(error))
            return
        self._call(_settle, opened, None, None)
        try:
            while (batch := self._commits.get()) is not None:
                self._commit(batch)
                self._look_after()
                self._call(self._committed, batch)
        finally:
            self._connection.close()
            self._call(_settle, self._ended, None, None)

    def _look_after(self) -> None:
        """Do the upkeep and move the write-ahead log to the file, now and then or when asked for.

        What was committed is safe whether that succeeds or not.
        """
        with contextlib.suppress(sqlite3.Error):
            if self.truncate:
                asked = self._connection.execute("pragma wal_checkpoint(truncate)")
                self.truncate = bool(asked.fetchone()[0])
            elif self._logged >= LOGGED:
                self._logged = 0
                self._keep_up()
                self._connection.execute("pragma wal_checkpoint(passive)")

    def _keep_up(self) -> None:
        try:
            with self._connection:
                self._connection.execute("begin immediate")
                self._upkeep(Statements(self._connection))
        except sqlite3.Error as error:
            logger.warning("upkeep_failed", extra={"reason": str(error)})

    # In either

    def _commit(self, batch: list[Task]) -> None:
        began = self._clock()
        try:
            if batch and batch[-1].long:
                _in_savepoint(self._connection, batch[-1])
                began = self._clock()  # what was before is no work of the disk
            self._connection.execute("commit")
        except Exception as error:
            self._roll_back(batch, error)
        self._logged += LOGGED if batch and batch[-1].long else len(batch)
        self._done_at = self._clock()
        self._took = self._done_at - began

    def _roll_back(self, batch: list[Task], error: Exception) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("rollback")
        for task in batch:
            task.error = explained(error)

    def _call(self, callback: Callable[..., None], *args: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *args)


def _in_savepoint(connection: sqlite3.Connection, task: Task) -> None:
    """Run one piece of work so that its failure undoes nothing but itself."""
    connection.execute("savepoint work")
    try:
        task.result = task.work(Statements(connection))
    except Exception as error:
        if not connection.in_transaction:  # SQLite has rolled the whole group back
            raise
        connection.execute("rollback to work")
        task.error = explained(error)
    connection.execute("release work")


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
