"""How often a long run tells how far it is: soon at first, then ever more rarely.

Slack allows five messages by a response_url in all, so the steps between two grow; what was not
told is kept, and the newest is told when its time has come.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bot.desk.blocks import plain_message
from bot.errors import TryAgain
from bot.slack.outbound.respond import Responder
from bot.tasks import beside

_STEPS_S = (3.0, 8.0, 30.0)
_WORKING = "Working on it …"


@asynccontextmanager
async def paced(responder: Responder) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Show the progress of what runs inside; yield what it tells its progress to."""
    newest = _WORKING

    async def tell(text: str) -> None:
        nonlocal newest
        newest = text

    async def show() -> None:
        with suppress(TryAgain):
            for step in _STEPS_S:
                await asyncio.sleep(step)
                if not await responder.progress(plain_message(newest)):
                    return

    async with beside(show(), name="progress"):
        yield tell
