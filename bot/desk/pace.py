"""How often a long run tells how far it is: soon at first, then ever more rarely.

Slack allows five messages by a response_url in all, so the steps between two grow; what was not
told is kept, and the newest is told when its time has come.
"""

import asyncio
from types import TracebackType
from typing import Self

from bot.desk.blocks import draw
from bot.desk.values import Text
from bot.slack.outbound.respond import Responder

_STEPS_S = (1.0, 8.0, 30.0)
_WORKING = "Working on it …"


class Pace:
    """Tells the progress of one run; `async with` it around the run."""

    def __init__(self, responder: Responder, steps: tuple[float, ...] = _STEPS_S) -> None:
        self._responder = responder
        self._steps = steps
        self._newest = _WORKING
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._tell(), name="progress")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tell(self, text: str) -> None:
        """Note how far the run is."""
        self._newest = text

    async def _tell(self) -> None:
        for step in self._steps:
            await asyncio.sleep(step)
            if not await self._responder.progress(draw([Text(self._newest)], "")):
                return
