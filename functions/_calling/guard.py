"""Keeps the event loop going whatever an author's code does in it, a coroutine or a validator.

While such code computes or sleeps without `await`, nothing else runs in the loop, no time
limit either. So a thread looks, while there are calls, for one whose time is up, and whether the
loop still turns. If it does not, a signal that does nothing by itself interrupts the thread of the
loop, and its handler raises `Overdue` in the function, but only where its author's code is at work
and none of ours. A call that was left behind, which may tidy up for ever, is still looked at.
Where the loop is not in the main thread, or the system has no such signal or no further thread,
functions are trusted.

A task that a function starts, and that wants to end the process, would end the loop: asyncio lets
`SystemExit` and `KeyboardInterrupt` through. So the tasks of functions turn them into `Ended`.
"""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Awaitable, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import Any

PATIENCE_S = 0.05  # that a loop may take to turn
EVERY_S = 0.05  # how long after its time, at most, a call is looked at
OURS = ("asyncio.", "bot.", "functions._", "storage.")
BELOW = (
    "asyncio.events",
    "functions._calling.guard",
    "functions._calling.run",
    "functions._declaring.declared",
    "functions._declaring.validation",
    "functions._results.some",
)  # what calls the author's code

_ENDS: ContextVar[float] = ContextVar("ends")  # when the function at work must have ended


class Overdue(BaseException):
    """Ends a function whose time is up; `except Exception` in it does not catch this."""


class Ended(Exception):
    """Stands for the end of the process, where a task of a function asked for that."""


class Guard:
    """Watches over calls; its thread ends when there are none."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[float, asyncio.AbstractEventLoop]] = {}
        self._lock = threading.Lock()
        self._works = False

    @contextlib.contextmanager
    def watching(self, ends: float) -> Iterator[None]:
        """Let what runs inside, and the tasks that it starts, hold up the loop until then only."""
        loop = asyncio.get_running_loop()
        if loop.get_task_factory() is None:
            loop.set_task_factory(_task)
        call, token = object(), _ENDS.set(ends)
        self._add(call, ends, loop)
        try:
            yield
        finally:
            _ENDS.reset(token)
            self._drop(call)

    def keep_watching(self, task: asyncio.Task[Any]) -> None:
        """Let a task that was left behind not hold up the loop either, until it ends."""
        self._add(task, time.monotonic(), task.get_loop())
        task.add_done_callback(self._drop)

    def _drop(self, call: object) -> None:
        self._due.pop(call, None)

    def _add(self, call: object, ends: float, loop: asyncio.AbstractEventLoop) -> None:
        if not _can_interrupt():
            return
        with self._lock:
            self._due[call] = ends, loop
            if self._works:
                return
            with contextlib.suppress(RuntimeError):  # the system has no further thread
                threading.Thread(target=self._work, name="function guard", daemon=True).start()
                self._works = True

    def _work(self) -> None:
        while True:
            time.sleep(EVERY_S)
            with self._lock:
                due = list(self._due.items())
                self._works = bool(due)
            if not due:
                return
            for call, (ends, loop) in due:
                if loop.is_closed():
                    self._drop(call)
                elif ends <= time.monotonic() and not _turns(loop):
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGURG)


def _can_interrupt() -> bool:
    """Make ready to interrupt this thread, if that is possible."""
    if threading.get_ident() != threading.main_thread().ident or not hasattr(signal, "SIGURG"):
        return False
    if signal.getsignal(signal.SIGURG) in (signal.SIG_DFL, signal.SIG_IGN):
        signal.signal(signal.SIGURG, _interrupt)
    return signal.getsignal(signal.SIGURG) is _interrupt


def _turns(loop: asyncio.AbstractEventLoop) -> bool:
    turned = threading.Event()
    try:
        loop.call_soon_threadsafe(turned.set)
    except RuntimeError:  # it is closed
        return True
    return turned.wait(PATIENCE_S)


def _interrupt(number: int, frame: FrameType | None) -> None:
    ends = _ENDS.get(None)
    if ends is not None and time.monotonic() > ends and _is_authors(frame):
        raise Overdue


def _is_authors(frame: FrameType | None) -> bool:
    """Tell whether an author's code is at work, and was called by none of ours but the runner."""
    names: list[str] = []
    while frame is not None and not (names and names[-1].startswith(OURS)):
        names.append(f"{frame.f_globals.get('__name__')}")
        frame = frame.f_back
    return len(names) > 1 and names[-1].startswith(BELOW)


def _task(loop: asyncio.AbstractEventLoop, work: Any, /, **options: Any) -> asyncio.Task[Any]:
    contained = work if _ENDS.get(None) is None else _contained(work)
    return asyncio.Task(contained, loop=loop, **options)


async def _contained(work: Awaitable[Any]) -> Any:
    try:
        return await work
    except (SystemExit, KeyboardInterrupt) as error:
        raise Ended(f"{type(error).__name__} in a task of a function") from error
