"""Lists in pages, as OpenAI cuts them: `after` an id, at most `limit`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import web

from playground.openai.errors import ApiError

NO_ENDS = {"first_id": None, "last_id": None}


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
            raise ApiError(404, f"No such {kind}: {after}", param="after")
        start = places[0] + 1
    return Page(items[start : start + limit], start + limit < len(items))


def listed(data: Sequence[dict[str, Any]], *, has_more: bool, ids: bool = True) -> web.Response:
    """Show the objects of a page, and with `ids` which is the first and which the last."""
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else NO_ENDS
    shown = {"object": "list", "data": data, **(ends if ids else {}), "has_more": has_more}
    return web.json_response(shown)
