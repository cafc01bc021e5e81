"""Run a function within its time: a coroutine as a task, a plain `def` in a daemon thread.

The answer comes on time whatever the function does. One that does not stop when its time is up is
abandoned: nobody waits for it, but it is counted, it keeps its place in the function's limit until
it ends, and a function with too many abandoned calls is not started again until some have ended. So
functions that hang, however many, stop themselves and not the others.
Nothing that a function raises gets out, not even `SystemExit`.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from functions._calling.beside import Ended, Raised, Returned, beside
from functions._calling.guard import Guard, Overdue
from functions._errors import Refused
from functions._results.simple import is_simple
from functions._results.some import some_of_stream

logger = logging.getLogger(__name__)

ABANDONED = 4
QUICK = 500  # parts of a result that is made at once, in the loop

Work = Callable[[], Any]
Finish = Callable[[Any], Any]


class Runner:
    """Run functions side by side, in bounded numbers."""

    def __init__(self) -> None:
        self._guard = Guard()
        self._abandoned: dict[asyncio.Future[Any], str] = {}  # each with its function

    def watching(self, timeout: float) -> contextlib.AbstractContextManager[None]:
        """End what an author does within, in the loop and without `await`, when it takes longer."""
        return self._guard.watching(time.monotonic() + timeout)

    def refuse(self, name: str) -> None:
        """Raise `Refused` for a function of which too many calls have never ended."""
        if list(self._abandoned.values()).count(name) >= ABANDONED:
            text = f"{name} was not run: earlier calls are still running. Try again later."
            raise Refused(text, "busy")

    async def run(
        self,
        name: str,
        work: Work,
        finish: Finish,
        *,
        is_async: bool,
        timeout: float,
        held: contextlib.ExitStack,
    ) -> Ended:
        """Run the work and say how it ended, at the latest when the timeout is over.

        `finish` makes the result of what it returned, within the same time. What is `held` for it
        is taken out and kept where it is abandoned, until it ends.
        """
        ends, thread = time.monotonic() + timeout, f"function {name}"
        in_time = partial(self._in_time, name, ends, held)
        if not is_async:
            outcome = await in_time(beside(thread, partial(_worked, work, finish)))
            if not (isinstance(outcome, Returned) and _belongs_to_loop(outcome.value)):
                return outcome
            work = partial(_same, outcome.value)
        outcome = await in_time(asyncio.create_task(self._caught(work, ends), name=name))
        if not isinstance(outcome, Returned):
            return outcome
        if is_simple(outcome.value, QUICK):
            return Returned(finish(outcome.value))
        return await in_time(beside(thread, partial(finish, outcome.value)))

    async def _caught(self, work: Work, ends: float) -> Ended:
        try:
            with self._guard.watching(ends):
                return Returned(await _awaited(work()))
        except BaseException as error:  # a cancelled one was abandoned: nobody reads its outcome
            return Raised(error)

    async def _in_time(
        self, name: str, ends: float, held: contextlib.ExitStack, future: asyncio.Future[Any]
    ) -> Ended:
        try:
            await asyncio.wait({future}, timeout=max(ends - time.monotonic(), 0.01))
        finally:
            if not future.done():
                self._abandon(name, held.pop_all(), future)
        if not future.done():  # it may still be at it
            return Raised(Overdue())
        ended: Ended = Raised(asyncio.CancelledError()) if future.cancelled() else future.result()
        return ended

    def _abandon(self, name: str, held: contextlib.ExitStack, future: asyncio.Future[Any]) -> None:
        self._abandoned[future] = name
        future.add_done_callback(self._abandoned.pop)
        future.add_done_callback(lambda _: held.close())
        if isinstance(future, asyncio.Task):
            future.cancel()
            self._guard.keep_watching(future)
        logger.warning("function_abandoned", extra={"function": name})


def _worked(work: Work, finish: Finish) -> Any:
    value = work()
    return value if _belongs_to_loop(value) else finish(value)


def _same(value: Any) -> Any:
    return value


def _belongs_to_loop(value: Any) -> bool:
    """Tell by the type, as an object may raise when it is asked."""
    return issubclass(type(value), Awaitable) or _is_stream(type(value))


def _is_stream(kind: type) -> bool:
    """Tell what gives values one by one; slack_sdk's answers would ask for further pages."""
    return issubclass(kind, AsyncIterator) and not hasattr(kind, "__getitem__")


async def _awaited(value: Any) -> Any:
    while issubclass(type(value), Awaitable):
        value = await value
    return await some_of_stream(value) if _is_stream(type(value)) else value
