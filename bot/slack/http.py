"""Slack's requests over HTTP: handed to Bolt, which checks the signature.

Bolt fails with a server error on a timestamp that is no number; such a request is forged, and is
refused like any other forged one (measured with slack-bolt 1.30).
"""

from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp


def endpoint(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of `POST /slack/events`."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not request.headers.get("X-Slack-Request-Timestamp", "").isdecimal():
            return web.json_response({"error": "invalid request"}, status=401)
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    return handle
