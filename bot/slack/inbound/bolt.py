"""Bolt as we use it: our middleware in front, and Socket Mode; signatures are checked in `http`.

Bolt resets the level of its loggers and warns of tokens in the environment: that is settled here.
It answers 404 to what nobody listens to, which in Socket Mode means no acknowledgement, so what
stands in front answers everything but Slack's check of the address.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import ClientError
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.async_internals import (
    run_async_bolt_app,
    send_async_response,
)
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.errors import StartError
from bot.slack.calls import checks
from bot.slack.calls.send import word_of
from bot.slack.inbound.connection import Connection

logger = logging.getLogger(__name__)

_LEAVING_S = 2.0  # for the acknowledgements that are on their way

Next = Callable[[], Awaitable[BoltResponse]]  # what comes behind a middleware
First = Callable[[AsyncBoltRequest, Next], Awaitable[BoltResponse]]


class _Before(AsyncMiddleware):
    """`first` as Bolt's own kind of middleware: for a plain function it looks up 40 arguments."""

    def __init__(self, first: First) -> None:
        self._first = first

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Next
    ) -> BoltResponse:
        """Hand the request over."""
        return await self._first(req, next)


class _App(AsyncApp):
    """Bolt's app without a Slack client of its own for every request.

    Nobody here wants one, and it takes 0.15 ms of an acknowledgement (measured). Should Bolt make
    them elsewhere one day, it makes them again, and no more.
    """

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context["logger"] = self.logger
        req.context["token"] = self.client.token
        req.context["client"] = self.client


def bolt_app(client: AsyncWebClient, first: First) -> AsyncApp:
    """Make the Bolt app; `first` sees every request before Bolt asks Slack who we are."""
    app = _App(
        name="callboard",
        client=client,
        request_verification_enabled=False,  # of what comes over HTTP, `http` has seen to it
        before_authorize=_Before(first),
        logger=logs.quiet("bot.bolt"),
    )
    app.error(_failed)
    return app


async def _failed(error: Exception) -> BoltResponse:
    logger.error("listener_failed", exc_info=error)
    return BoltResponse(status=500, body="")


class Socket:
    """The Socket Mode connection; make it inside the running loop."""

    def __init__(self, app: AsyncApp, token: str) -> None:
        self._app = app
        self._token = token
        self._connection = Connection(token, app.client, app.logger)
        self._connection.socket_mode_request_listeners.append(self._handle)

    async def connect(self) -> None:
        """Open the connection, which stays open from then on.

        Where Slack refuses the token it would ask for ever, so the first address is asked for here.

        Raises:
            StartError: Slack refuses the token; its text says what to do.
        """
        connection = self._connection
        try:
            opened = await connection.web_client.apps_connections_open(app_token=self._token)
            connection.wss_uri = opened["url"]
        except SlackApiError as error:
            word = word_of(error)
            if not checks.is_passing(word):
                finding = checks.app_token_refused(word)
                raise StartError(f"{finding.subject}: {finding.text}") from error
            logger.warning("slack_not_ready", extra={"reason": word})  # it goes on trying
        except (ClientError, OSError, TimeoutError):
            logger.warning("slack_not_reached")  # the same
        await connection.connect()

    async def close(self) -> None:
        """Close the connection, after the acknowledgements of what it brought.

        What is not acknowledged Slack delivers again.
        """
        if at_work := self._connection.at_work:
            await asyncio.wait(at_work, timeout=_LEAVING_S)
        await self._connection.close()  # type: ignore[no-untyped-call]

    async def _handle(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Have one envelope handled and acknowledged."""
        started = time.time()
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(self._connection, request, response, started)

    @property
    def lost(self) -> bool:
        """Tell whether events cannot arrive now."""
        session = self._connection.current_session
        return session is None or session.closed or self._connection.stale
