"""Lists that come in pages: await the first one, or iterate over everything.

Three ways to read one:

    page = await client.files.list(limit=20)
    async for file in client.files.list(purpose="fine-tune"): ...
    async for page in client.files.list().pages(): ...
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from bot.openai.objects import APIObject
from bot.openai.rules import Filled, Options, whole

Item = TypeVar("Item", bound=APIObject)


class PageFilters(Options, total=False):
    """Where in a list to begin, and how many a page has."""

    after: Filled | None
    limit: Annotated[int | None, whole(1)]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, as the server cut it."""

    data: list[Item]
    has_more: bool
    last_id: str | None
    request_id: str | None

    def __iter__(self) -> Iterator[Item]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    @property
    def after(self) -> str | None:
        """Return where the next page begins; None when there is none."""
        if not self.has_more or not self.data:
            return None
        return self.last_id or getattr(self.data[-1], "id", None)


class Listing(Generic[Item]):
    """A list that is fetched page by page, while it is read."""

    def __init__(self, fetch: Callable[[str | None], Awaitable[Page[Item]]]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[Any, None, Page[Item]]:
        return self._fetch(None).__await__()

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in page:
                yield item

    async def pages(self) -> AsyncIterator[Page[Item]]:
        """Give the pages; a server that ignores `after` does not keep us for ever."""
        seen: set[str] = set()
        after: str | None = None
        while True:
            page = await self._fetch(after)
            if page.after in seen:
                return
            yield page
            after = page.after
            if after is None:
                return
            seen.add(after)
