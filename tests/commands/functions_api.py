"""An API on this machine that HTTP functions may call, and what admins fill in to add one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "integer", "minimum": 1, "description": "the ticket's number"},
        "note": {"type": "string"},
    },
    "required": ["number"],
}


@dataclass
class Api:
    """The API; `requests` are what came in: method, path with query, headers, body."""

    url: str = ""
    documents: dict[str, Any] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any request by its path."""
        body = await request.text()
        self.requests.append((request.method, request.path_qs, dict(request.headers), body))
        match request.path.strip("/").split("/"):
            case ["redirect", *_]:
                raise web.HTTPFound("http://169.254.169.254/latest/meta-data")
            case ["huge", *_]:
                return web.Response(text="x" * 3_000_000)
            case ["documents", name]:
                return web.Response(text=self.documents[name], content_type="application/json")
            case ["tickets", number]:
                return web.json_response({"number": int(number), "state": "open"})
        return web.json_response({"error": "no such thing"}, status=404)


@asynccontextmanager
async def serving() -> AsyncIterator[Api]:
    """Run the API on a free port."""
    api = Api()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()


def filled(url: str, **more: Any) -> dict[str, Any]:
    """Return a form as an admin fills it in; None empties an input."""
    given = {
        "name": "find_ticket",
        "description": "Find a ticket by its number.",
        "method": "GET",
        "url": url,
        "schema": json.dumps(SCHEMA),
        **more,
    }
    return {name: {"input": value} for name, value in given.items() if value is not None}
