"""How fast the model speaks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playground.openai.answer import Answer


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the first word and between words; an answer may bring its own."""

    first: float = 0.0
    gap: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def before(self, answer: Answer) -> None:
        """Wait as a model does before its first word."""
        await self.wait(answer.delay or self.first)

    async def between(self, answer: Answer) -> None:
        """Wait between two words."""
        await self.wait(self.gap if answer.gap is None else answer.gap)

    async def through(self, answer: Answer) -> None:
        """Wait as long as all words take."""
        gap = self.gap if answer.gap is None else answer.gap
        await self.wait(gap * len(answer.pieces))

    async def wait(self, seconds: float) -> None:
        """Wait, unless there is nothing to wait for."""
        if seconds > 0:
            await self.sleep(seconds)
