"""Tasks of asyncio: one that goes on beside a block, and a pause that an event cuts short."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Let work go on in a task of its own; what of it is left at the block's end is cancelled."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def pause(
    sleep: Callable[[float], Awaitable[None]], seconds: float, *until: asyncio.Event
) -> None:
    """Sleep so many seconds, or until one of the events is set."""
    waits = {
        asyncio.ensure_future(sleep(seconds)),
        *(asyncio.create_task(event.wait(), name="pause") for event in until),
    }
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
