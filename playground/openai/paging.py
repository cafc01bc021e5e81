"""Lists in pages, as OpenAI cuts them: `after` an id, at most `limit`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from playground.openai.reading import not_found


class Named(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Give the id."""


T = TypeVar("T")
N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page."""

    items: Sequence[T]
    has_more: bool


def page_of(items: Sequence[N], after: str | None, limit: int, kind: str) -> Page[N]:
    """Cut a page out of items that are in order already."""
    start = 0
    if after:
        places = [place for place, item in enumerate(items) if item.id == after]
        if not places:
            raise not_found(kind, after, param="after")
        start = places[0] + 1
    return Page(items[start : start + limit], start + limit < len(items))
