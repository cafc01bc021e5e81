"""Wait for many things in a row, each with a limit, at the price of one timer.

`asyncio.timeout` sets and removes a timer for each wait, which is a tenth of what reading a token
costs. Here the timer is left running and looks, when it rings, whether the wait of that moment has
really lasted too long. A wait that has is cancelled and raises `TimeoutError`, as there.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Patience:
    """Wait for one thing after the other, each until a moment on the loop's clock."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._until = 0.0
        self._cancelling = 0
        self._rang = False

    async def wait(self, what: Awaitable[T], until: float) -> T:
        """Return what is waited for; raise TimeoutError when it is not there in time."""
        self._until, self._rang = until, False
        self._task = task = asyncio.current_task()
        self._cancelling = task.cancelling() if task is not None else 0
        self._arm()
        try:
            return await what
        except asyncio.CancelledError:
            if self._rang and task is not None and task.uncancel() <= self._cancelling:
                raise TimeoutError from None
            raise
        finally:
            self._task = None

    def end(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None and self._timer.when() <= self._until:
            return
        self.end()
        self._timer = self._loop.call_at(self._until, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if self._until > self._loop.time():
            self._arm()
            return
        self._rang = True
        self._task.cancel()
