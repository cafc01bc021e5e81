"""One time limit for many: what takes longer than so many seconds is cancelled.

`asyncio.timeout` sets and removes a timer each time, which is 45 us of an acknowledgement
(measured). Whatever has the same limit must end in the order in which it began, so one timer is
enough: it waits for the eldest that still goes on.
"""

import asyncio
from types import TracebackType


class TimeLimit:
    """A limit of some seconds: `with limit.begin():` raises TimeoutError when they are over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: dict[_Limited, None] = {}  # the eldest first
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> "_Limited":
        """Return what must end in time: the block of a `with` in the current task."""
        return _Limited(self)

    def add(self, one: "_Limited") -> None:
        """Let one begin."""
        loop = asyncio.get_running_loop()
        one.until = loop.time() + self.seconds
        self._running[one] = None
        if self._timer is None:
            self._timer = loop.call_at(one.until, self._ring)

    def remove(self, one: "_Limited") -> None:
        """Let one end."""
        self._running.pop(one, None)

    def _ring(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        for one in list(self._running):
            if one.until > loop.time():
                self._timer = loop.call_at(one.until, self._ring)
                return
            self.remove(one)
            one.expire()


class _Limited:
    """What goes on under a limit."""

    def __init__(self, limit: TimeLimit) -> None:
        self.until = 0.0
        self._limit = limit
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._expired = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self._limit.add(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._limit.remove(self)
        if self._expired and self._task is not None:
            ours = self._task.uncancel() <= self._cancelling
            if ours and isinstance(error, asyncio.CancelledError):
                raise TimeoutError from error

    def expire(self) -> None:
        """Cancel it: its time is over."""
        self._expired = True
        if self._task is not None:
            self._task.cancel()
