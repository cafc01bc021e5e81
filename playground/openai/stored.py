"""Stored chat completions: those that were made with `store: true`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import metadata
from playground.openai.errors import ApiError
from playground.openai.paging import Listing, has_metadata
from playground.openai.reading import read_object
from playground.openai.reply import Reply, completion

ROOT = "/v1/chat/completions"
LISTING = Listing(orders=("asc", "desc"), filters=("model", "metadata"))
MESSAGES = Listing(orders=("asc", "desc"))
Json = dict[str, Any]


@dataclass(slots=True)
class StoredCompletion:
    """A completion and the request that it answered."""

    id: str
    request: Json
    answer: Json
    metadata: Json

    def shown(self) -> Json:
        """Give the object."""
        names = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "tools")
        asked = {name: self.request.get(name) for name in names}
        return {**self.answer, "request_id": None, "metadata": self.metadata, **asked}

    def messages(self) -> list[Json]:
        """Give the objects of the messages of the request."""
        return [
            {**message, "id": f"{self.id}-{place}", **content_of(message)}
            for place, message in enumerate(self.request["messages"])
        ]


class Stored:
    """Stored completions."""

    def __init__(self) -> None:
        self.kept: dict[str, StoredCompletion] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [
            web.get(ROOT, self.index),
            web.get(f"{ROOT}/{{id}}", self.retrieve),
            web.post(f"{ROOT}/{{id}}", self.update),
            web.delete(f"{ROOT}/{{id}}", self.delete),
            web.get(f"{ROOT}/{{id}}/messages", self.messages),
        ]

    def keep(self, reply: Reply) -> None:
        """Keep an answer, if its request wants that."""
        if reply.request.get("store"):
            given = reply.request.get("metadata") or {}
            self.kept[reply.id] = StoredCompletion(
                reply.id, reply.request, completion(reply), given
            )

    async def index(self, request: web.Request) -> web.Response:
        """List what is stored, the oldest first."""
        meant = [one.shown() for one in self.kept.values() if fits(one, request.query)]
        return LISTING.answer(request, meant)

    async def retrieve(self, request: web.Request) -> web.Response:
        """Give one completion."""
        return web.json_response(self.find(request).shown())

    async def update(self, request: web.Request) -> web.Response:
        """Change the metadata."""
        found = self.find(request)
        body = await read_object(request, {"metadata": metadata}, ("metadata",))
        found.metadata = body["metadata"]
        return web.json_response(found.shown())

    async def delete(self, request: web.Request) -> web.Response:
        """Forget one."""
        found = self.find(request)
        del self.kept[found.id]
        gone = {"object": "chat.completion.deleted", "id": found.id, "deleted": True}
        return web.json_response(gone)

    async def messages(self, request: web.Request) -> web.Response:
        """List the messages of one."""
        return MESSAGES.answer(request, self.find(request).messages())

    def find(self, request: web.Request) -> StoredCompletion:
        """Give the one that is meant, or refuse."""
        identifier = request.match_info["id"]
        if identifier not in self.kept:
            raise ApiError(404, f"Chat completion not found: {identifier}", param="id")
        return self.kept[identifier]


def fits(one: StoredCompletion, query: Mapping[str, str]) -> bool:
    """Say whether a completion is meant by the filters."""
    return query.get("model") in (None, one.answer["model"]) and has_metadata(one.metadata, query)


def content_of(message: Json) -> Json:
    """Tell a content of parts from one of text."""
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    return {"content": None if parts else content, "content_parts": parts}
