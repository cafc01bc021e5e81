"""Slack's requests over HTTP: handed to Bolt, which checks the signature.

Bolt fails with a server error on a timestamp that is no number, on a signature that is no ASCII,
and on a body in an unknown encoding, cut off, no object or nested too deep, which it reads before
it looks at the signature (measured with slack-bolt 1.30). Slack sends none of these, and such
requests are refused like any other forged one.
"""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError, LookupError, ConnectionError)


def endpoint(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of `POST /slack/events`."""

    async def handle(request: web.Request) -> web.StreamResponse:
        signed = request.headers.get("X-Slack-Signature", "").isascii()
        at = request.headers.get("X-Slack-Request-Timestamp", "")
        if not signed or not _TIMESTAMP.fullmatch(at):
            return _refusal()
        try:
            asked = await to_bolt_request(request)
        except _UNREADABLE:
            return _refusal()
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return handle


def _refusal() -> web.Response:
    return web.json_response({"error": "invalid request"}, status=401)
