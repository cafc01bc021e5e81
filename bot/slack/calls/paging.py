"""Lists of Slack's that come in pages."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

Page = Mapping[str, Any]


async def pages(
    method: Callable[..., Awaitable[Any]], most: int, **arguments: Any
) -> AsyncIterator[Page]:
    """Ask for page after page until there are no more, at most so many."""
    cursor = None
    for _ in range(most):
        page: Page = await method(**arguments, cursor=cursor)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
