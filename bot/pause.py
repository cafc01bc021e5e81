"""A pause that an event cuts short."""

import asyncio
from collections.abc import Awaitable, Callable


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
