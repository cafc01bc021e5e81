"""The one way to Slack's Web API: a client over a shared session, with retries that cannot double.

A client without a session of its own opens a connection for every call. The SDK's handlers retry
whatever failed; here a call that writes something new is never repeated blindly, because a cut
connection or a server's error leaves open whether Slack has done it. What the budget counts is not
repeated here at all: `bot.slack.calls.send` and those who call it know better when and whether.
"""

import asyncio
import random
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.budget import DOCUMENTED
from bot.slack.calls.send import retry_after

# what a call raises when Slack refuses, or gives no answer at all
NO_ANSWER = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)

_CALL_S = 30.0
_KEEPALIVE_S = 60.0
_CONNECTIONS = 100  # at once

_NEW_EACH_TIME = frozenset(  # a repetition of one of these may show twice
    {
        "chat.postEphemeral",
        "files.completeUploadExternal",
        "views.open",
        "views.push",
    }
)


def slack_session() -> aiohttp.ClientSession:
    """Open the session that all clients share; call it inside the running loop, and close it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEPALIVE_S),
        timeout=aiohttp.ClientTimeout(total=_CALL_S),
    )


class _Client(AsyncWebClient):
    """The SDK's client, which takes whatever is no object of JSON for an answer without a word.

    By itself it fails with an error of Python's own on a text or on JSON of another kind, as a
    proxy or a wrong SLACK_API_URL answers (measured with slack-sdk 3.47).
    """

    async def _request(self, **asked: Any) -> dict[str, Any]:
        try:
            answer = await super()._request(**asked)
        except UnicodeDecodeError as error:
            raise aiohttp.ClientPayloadError("The answer is no text.") from error
        return answer if isinstance(answer["data"], dict) else {**answer, "data": {}}


def slack_client(
    token: str, base_url: str, session: aiohttp.ClientSession, proxy: str | None = None
) -> AsyncWebClient:
    """Make a client.

    Slack's SDK reads a proxy from the environment by itself when it is given none; here only
    `proxy` counts.
    """
    client = _Client(
        token=token,
        base_url=base_url,
        session=session,
        timeout=int(_CALL_S),
        retry_handlers=[
            _RateLimitRetry(max_retry_count=3),
            _ServerErrorRetry(max_retry_count=2),
            _ConnectionRetry(max_retry_count=2),
        ],
    )
    client.proxy = proxy
    return client


def session_of(client: AsyncWebClient) -> aiohttp.ClientSession:
    """Return the session of a client that `slack_client` has made."""
    if client.session is None:
        raise TypeError("This client has no session of its own.")
    return client.session


def is_beside(url: str, api_url: str) -> bool:
    """Tell whether an address is on the server of the Web API, where that is not Slack's own."""
    try:
        given, api = urlsplit(url), urlsplit(api_url)
        same = (given.scheme, given.hostname, given.port) == (api.scheme, api.hostname, api.port)
    except ValueError:
        return False
    return same and api.hostname != "slack.com"


def _method(request: HttpRequest) -> str:
    return request.url.split("?", 1)[0].rsplit("/", 1)[-1]


def _repeatable(request: HttpRequest) -> bool:
    return _method(request) not in _NEW_EACH_TIME and _method(request) not in DOCUMENTED


class _RateLimitRetry(AsyncRateLimitErrorRetryHandler):
    """Wait as told, except for methods whose waiting the shared budget arranges."""

    sleep = staticmethod(asyncio.sleep)

    async def _can_retry_async(self, *, request: HttpRequest, **happened: Any) -> bool:
        allowed = _method(request) not in DOCUMENTED
        return allowed and await super()._can_retry_async(request=request, **happened)

    async def prepare_for_next_attempt_async(
        self, *, state: RetryState, response: HttpResponse | None = None, **_: Any
    ) -> None:
        """Wait; the SDK's own fails on a Retry-After that is no whole number of seconds."""
        headers = response.headers if response is not None else {}
        seconds = retry_after({name: values[0] for name, values in headers.items() if values})
        await self.sleep(seconds + random.uniform(0.0, 1.0))  # noqa: S311 - jitter
        state.next_attempt_requested = True
        state.increment_current_attempt()


class _Harmless(AsyncRetryHandler):
    """Repeat only what can be repeated without harm; in front of one of the SDK's handlers."""

    async def _can_retry_async(self, *, request: HttpRequest, **happened: Any) -> bool:
        return _repeatable(request) and await super()._can_retry_async(request=request, **happened)


class _ServerErrorRetry(_Harmless, AsyncServerErrorRetryHandler):
    """Repeat after a server's error."""


class _ConnectionRetry(_Harmless, AsyncConnectionErrorRetryHandler):
    """Repeat after a lost connection."""
