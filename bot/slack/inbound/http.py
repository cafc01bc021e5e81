"""Slack's requests over HTTP: their signature is checked, and what Slack has signed goes to Bolt.

Bolt would read a body before it looks at the signature (measured with slack-bolt 1.30): a form of
1 MB takes a quarter of a second, in which nobody is answered, so strangers could keep the bot from
all else. It also fails with a server error on a timestamp that is no number, on a signature that is
no ASCII, and on a body in an unknown encoding, cut off, no object or nested too deep. Slack sends
none of these, nor a header twice, nor a body that takes seconds to arrive, and such requests are
refused like any other forged one: strangers could keep the memory full of bodies that never end.
"""

import asyncio
import logging
import math
import re
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

logger = logging.getLogger(__name__)

_OLD_S = 300  # from which a request is taken for one that somebody has kept
_BODY_S = 3.0  # as long as Slack waits for the answer
_PAUSE_S = 60.0  # between two lines about refusals: anybody may send what is refused
_WRONG = (
    "Its signature is not made with SLACK_SIGNING_SECRET. If it came from Slack, copy the signing "
    "secret anew from Basic Information."
)
_OLD = "It is signed for another time. If it came from Slack, set the clock of this machine."
_ODD = "Its signature is right, but nothing that Slack sends reads so. Who else has the secret?"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_UNREADABLE = (
    *(ValueError, TypeError, AttributeError, RecursionError, LookupError),
    *(ConnectionError, TimeoutError),
)


def endpoint(
    app: AsyncApp, signing_secret: str
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of `POST /slack/events`."""
    tell, verifier = _Refusals(), SignatureVerifier(signing_secret)

    async def handle(request: web.Request) -> web.StreamResponse:
        at = _only(request, "X-Slack-Request-Timestamp")
        signature = _only(request, "X-Slack-Signature")
        if not signature or not signature.isascii() or not _TIMESTAMP.fullmatch(at):
            return _refusal()
        try:
            async with asyncio.timeout(_BODY_S):
                body = await request.read()
            if not verifier.is_valid(body, at, signature):
                tell(_OLD if abs(time.time() - int(at)) > _OLD_S else _WRONG)
                return _refusal()
        except _UNREADABLE:
            return _refusal()
        try:
            asked = await to_bolt_request(request)
        except _UNREADABLE:
            tell(_ODD)
            return _refusal()
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return handle


class _Refusals:
    """Tells now and then of requests that look signed: with a wrong secret nothing arrives."""

    def __init__(self) -> None:
        self._silent_until = -math.inf

    def __call__(self, advice: str) -> None:
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + _PAUSE_S
            logger.warning("request_refused", extra={"advice": advice})


def _only(request: web.Request, name: str) -> str:
    """Return the header of a name, which Bolt would take the last of; "" unless it comes once."""
    values = request.headers.getall(name, ())
    return values[0] if len(values) == 1 else ""


def _refusal() -> web.Response:
    return web.json_response({"error": "invalid request"}, status=401)
