"""Lists in pages, as OpenAI cuts them: `after` an id, at most `limit`, in an `order`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import NAMES, choice, whole, wrong_type
from playground.openai.errors import ApiError, bad_request

METADATA = "metadata["
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """How things of one kind are asked for and shown.

    The first of the `orders` is the usual one; where there are none, the newest come first.
    """

    usual: int = 20
    most: int = 100
    orders: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    kind: str = "object"
    ends: bool = True

    def answer(self, request: web.Request, items: Sequence[Json]) -> web.Response:
        """Show the page that the query asks for; the items come oldest first, each with its id."""
        query = request.query
        self._check_names(query)
        limit, start = self._limit(query), 0
        order = query.get("order", self.orders[0]) if self.orders else "desc"
        if self.orders:
            choice(*self.orders)(order, "order")
        items = items[::-1] if order.startswith("desc") else items
        if after := query.get("after"):
            ids = [item["id"] for item in items]
            if after not in ids:
                raise ApiError(404, f"No such {self.kind}: {after}", param="after")
            start = ids.index(after) + 1
        end = start + limit
        return listed(items[start:end], has_more=end < len(items), ends=self.ends)

    def _check_names(self, query: Mapping[str, str]) -> None:
        known = {"after", "limit", *self.filters, *(("order",) if self.orders else ())}
        for name in query:
            if name not in known and not ("metadata" in known and name.startswith(METADATA)):
                raise bad_request(f"Unknown query parameter: '{name}'.", name, "unknown_parameter")

    def _limit(self, query: Mapping[str, str]) -> int:
        written = query.get("limit", self.usual)
        try:
            limit = int(written)
        except ValueError as error:
            raise wrong_type("limit", NAMES[int], written) from error
        whole(1, self.most)(limit, "limit")
        return limit


def listed(data: Sequence[Json], *, has_more: bool, ends: bool = True) -> web.Response:
    """Show the objects of a page, and with `ends` which is the first and which the last."""
    ids = [item["id"] for item in data] or [None]
    named = {"first_id": ids[0], "last_id": ids[-1]} if ends else {}
    return web.json_response({"object": "list", "data": data, **named, "has_more": has_more})


def has_metadata(given: Json, query: Mapping[str, str]) -> bool:
    """Say whether metadata are as the query filters them: `metadata[key]=value`."""
    return all(
        given.get(name.removeprefix(METADATA).removesuffix("]")) == value
        for name, value in query.items()
        if name.startswith(METADATA)
    )
