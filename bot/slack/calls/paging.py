"""Lists of Slack's that come in pages."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.text.payload import part, parts

logger = logging.getLogger(__name__)

Page = Mapping[str, Any]
Method = Callable[..., Awaitable[Any]]

_PAGE = 200


async def pages(method: Method, most: int, **arguments: Any) -> AsyncIterator[Page]:
    """Yield page after page, at most `most`."""
    cursor = None
    for _ in range(most):
        page: Page = await method(**arguments, cursor=cursor)
        yield page
        cursor = part(page, "response_metadata").get("next_cursor")
        if not cursor:
            return


async def messages(method: Method, most: int, **where: Any) -> AsyncIterator[Page]:
    """Read message after message of a thread or a channel, at most `most` pages."""
    async for page in pages(method, most, **where, limit=_PAGE):
        for message in parts(page, "messages"):
            yield message


async def told(
    method: Method, most: int, *, patience: float | None = None, **where: Any
) -> tuple[list[Page], bool]:
    """Return the messages that Slack tells of in so many seconds, and whether it told of all."""
    found: list[Page] = []
    try:
        async with asyncio.timeout(patience):
            async for message in messages(method, most, **where):
                found.append(message)  # noqa: PERF401 - what came before a refusal counts
    except NO_ANSWER as error:
        logger.warning("thread_not_read", extra={"reason": reason_of(error)})
        return found, False
    return found, True
