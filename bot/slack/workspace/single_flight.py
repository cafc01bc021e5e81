"""One question to Slack for all who want to know the same at the same time.

Many turns begin at once after a start or in a busy hour, often by the same people, and Slack counts
each question.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Questions under way, by what they ask for."""

    def __init__(self) -> None:
        self._asking: dict[Hashable, asyncio.Task[T]] = {}

    async def ask(self, key: Hashable, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the answer to the question of this key, which is asked unless it is under way.

        It goes on when whoever asked is cancelled, for others may wait for it.
        """
        task = self._asking.get(key)
        if task is None:
            self._asking[key] = task = asyncio.create_task(question(), name="question to Slack")
            task.add_done_callback(lambda _: self._asking.pop(key))
        return await asyncio.shield(task)
