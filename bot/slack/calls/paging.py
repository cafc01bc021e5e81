"""Lists of Slack's that come in pages."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from bot.slack.text.payload import part, parts

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
