"""The Socket Mode connection, which opens again whatever Slack and the network do.

The SDK's own client asks for a new address every ten seconds only, and tries one that does not
open for ever, though Slack's are good once: one handshake that failed would end the bot for good.
Where Slack closes each session at once, it asks fifty times a second (measured with slack-sdk
3.47). Here the pauses grow with the failures in a row; a session that is soon over is one. What is
ordinary in a network is a line in the log and no traceback, and never the address: who has it can
open it.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import checks
from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of, word_of

logger = logging.getLogger(__name__)

_OPENING_S = 5.0  # for a session to open
_LASTING_S = 10.0  # from which it counts as a success
_PAUSES_S = (0.0, 0.0, 0.5, 1.0, 2.0, 4.0)  # after so many failures
_TOLD = 3  # failures, from which short sessions are told of
_ADVICE = (
    "Slack closes the connection again and again. Is Socket Mode on in the app's settings, and is "
    "this the only bot with this app token?"
)


class Connection(SocketModeClient):
    """The SDK's client with patience of its own; make it inside the running loop."""

    def __init__(
        self,
        token: str,
        client: AsyncWebClient,
        bolt: logging.Logger,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        opening_s: float = _OPENING_S,
    ) -> None:
        super().__init__(token, logger=bolt, web_client=client)
        self.at_work: set[asyncio.Task[None]] = set()  # what is done about messages
        self._sleep = sleep
        self._opening_s = opening_s
        self._failures = 0  # in a row
        self._opened: float | None = None  # when the newest session was
        self.proxy = client.proxy  # the SDK takes one from the environment

    async def issue_new_wss_url(self) -> str:
        """Ask Slack for an address until it gives one."""
        self._look_back()
        while True:
            if pause := _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]:
                await self._sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            if address := await self._address():
                return address
            self._failures += 1

    def _look_back(self) -> None:
        """Count the session that is over as a success or a failure."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        lasted = time.monotonic() - opened
        self._failures = 0 if lasted >= _LASTING_S else self._failures + 1
        if self._failures >= _TOLD:
            logger.warning("socket_short_lived", extra={"seconds": lasted, "advice": _ADVICE})

    async def _address(self) -> str | None:
        """Return where to open a session, or None where Slack does not tell."""
        try:
            opened = await self.web_client.apps_connections_open(app_token=self.app_token)
            return opened.get("url")
        except NO_ANSWER as error:
            word = word_of(error) if isinstance(error, SlackApiError) else ""
            about = {"reason": reason_of(error)}
            if not checks.is_passing(word):
                about["advice"] = checks.app_token_refused(word).text
            logger.warning("socket_not_offered", extra=about)
            return None

    async def connect(self) -> None:
        """Open a session; after a failure at a new address."""
        while not self.closed:
            if self.wss_uri is None:
                self.wss_uri = await self.issue_new_wss_url()
                continue  # it may be closed by now
            try:
                async with asyncio.timeout(self._opening_s):
                    await self._open(self.wss_uri)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                logger.warning("socket_not_opened", extra={"reason": type(error).__name__})
                self._failures += 1
                self.wss_uri = None
            else:
                self._opened = time.monotonic()
                return

    async def _open(self, address: str) -> None:
        """Open a session in the place of the old one, and begin to listen to it and to watch it."""
        self.auto_reconnect_enabled = False  # that the old one is closed is no reason to
        if self.current_session is not None:
            await self.current_session.close()
        self.current_session = await self.aiohttp_client_session.ws_connect(
            address, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy
        )
        await self.current_session.ping(f"sdk-ping-pong:{time.time()}".encode())
        self.auto_reconnect_enabled, self.stale = True, False
        for old in (self.current_session_monitor, self.message_receiver):
            if old is not None:
                old.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def send_message(self, message: str) -> None:
        """Send an acknowledgement; what is not acknowledged Slack delivers again."""
        try:
            await super().send_message(message)
        except ConnectionError:
            logger.warning("acknowledgement_not_sent")

    async def enqueue_message(self, message: str) -> None:
        """Have a message handled in a task of its own.

        The SDK does so by way of a queue and of a task that empties it, which takes 30 us more.
        """
        task = asyncio.create_task(self._handled(message), name="slack message")
        self.at_work.add(task)
        task.add_done_callback(self.at_work.discard)

    async def _handled(self, message: str) -> None:
        try:
            read = json.loads(message)
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict):
            await self.run_message_listeners(read, message)
        else:
            logger.warning("socket_message_not_read")
