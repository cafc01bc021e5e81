"""The Socket Mode connection, which opens again whatever Slack and the network do.

The SDK's own client asks for a new address every ten seconds only, and tries one that does not
open for ever, though Slack's are good once: one handshake that failed would end the bot for good
(measured with slack-sdk 3.47).
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import checks
from bot.slack.calls.client import NO_ANSWER, is_loopback
from bot.slack.calls.send import reason_of, word_of

logger = logging.getLogger(__name__)

_OPENING_S = 5.0  # for a session to open
_PAUSES_S = (1.0, 2.0, 4.0)  # before Slack is asked again for an address
_LONGEST_PAUSE_S = 8.0


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
        if is_loopback(client.base_url):
            self.proxy = None  # the SDK takes one from the environment

    async def issue_new_wss_url(self) -> str:
        """Ask Slack for an address until it gives one."""
        pauses = list(_PAUSES_S)
        while True:
            if address := await self._address():
                return address
            pause = pauses.pop(0) if pauses else _LONGEST_PAUSE_S
            await self._sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter

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
            try:
                async with asyncio.timeout(self._opening_s):
                    await super().connect()  # type: ignore[no-untyped-call]
            except TimeoutError:
                logger.warning("socket_not_opened")
                self.wss_uri = None
            else:
                return

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
        except ValueError:
            logger.warning("socket_message_not_read")
        else:
            await self.run_message_listeners(read, message)
