"""Who runs when: the limits of a function, and the order of calls in one conversation.

A function declared with `parallel=False` runs alone in its conversation: it waits for the calls
that came before it, and those that come after wait for it.
"""

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from functions._errors import Refused

THREADS = 32  # of all functions together that are a plain `def`
SHARE = 8  # of them for each
MINUTE = 60.0
TOO_MANY = "too many calls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often a function may run, over all people, in this process."""

    per_minute: int | None = None
    at_once: int | None = None

    def __post_init__(self) -> None:
        """Refuse limits under which nothing could ever run."""
        for number in (self.per_minute, self.at_once):
            if number is not None and (type(number) is not int or number < 1):
                raise ValueError(f"a limit must be a whole number of at least 1, not {number!r}")

    def __str__(self) -> str:
        """Say it to people: `2 a minute, 1 at once`."""
        words = zip((self.per_minute, self.at_once), ("a minute", "at once"), strict=True)
        return ", ".join(f"{number} {word}" for number, word in words if number) or "none"


class Gate:
    """Let calls through one by one, together, or not at all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, threads: int = THREADS) -> None:
        self._clock = clock
        self._threads = asyncio.Semaphore(threads)
        self._starts: dict[str, deque[float]] = defaultdict(deque)
        self._slots: dict[tuple[str, int], asyncio.Semaphore] = {}
        self._inside: dict[str, list[tuple[bool, asyncio.Event]]] = defaultdict(list)

    @asynccontextmanager
    async def turn(self, conversation: str, *, alone: bool) -> AsyncIterator[None]:
        """Wait for those before that must not run beside this call."""
        inside = self._inside[conversation]
        before = [left for was_alone, left in inside if alone or was_alone]
        me = (alone, asyncio.Event())
        inside.append(me)
        try:
            for left in before:
                await left.wait()
            yield
        finally:
            me[1].set()
            inside.remove(me)
            if not inside:
                self._inside.pop(conversation, None)

    @asynccontextmanager
    async def limited(
        self, name: str, limit: Limit, patience: float, *, in_thread: bool = False
    ) -> AsyncIterator[ExitStack]:
        """Take what the limit allows, and a thread if need be, or raise `Refused`.

        All is given back at the end, but for what was taken out of what is held: a call that is
        left behind keeps its place in the function's limit, and takes no thread from others.
        """
        with ExitStack() as held, ExitStack() as thread:
            most = limit.at_once  # a changed file may say otherwise than before
            if in_thread:
                most = min(most or SHARE, SHARE)
            if most is not None:
                slots = self._slots.setdefault((name, most), asyncio.Semaphore(most))
                held.callback(await _taken(name, slots, patience))
            if in_thread:
                thread.callback(await _taken(name, self._threads, patience))
            if limit.per_minute is not None:
                self._count(name, limit.per_minute)
            yield held

    def _count(self, name: str, per_minute: int) -> None:
        now = self._clock()
        starts = self._starts[name]
        while starts and now - starts[0] >= MINUTE:
            starts.popleft()
        if len(starts) >= per_minute:
            wait = MINUTE - (now - starts[0])
            raise Refused(
                f"{name} was not run: its limit is {per_minute} a minute. "
                f"It can be called again in {math.ceil(wait)} seconds.",
                TOO_MANY,
            )
        starts.append(now)


async def _taken(name: str, places: asyncio.Semaphore, patience: float) -> Callable[[], None]:
    """Wait for a place, and return what gives it back."""
    try:
        async with asyncio.timeout(patience):
            await places.acquire()
    except TimeoutError:
        text = f"{name} was not run: it is busy with other calls. Try again later."
        raise Refused(text, TOO_MANY) from None
    return places.release
