"""Tell one person what a command brought: by the response_url, else as an ephemeral message.

A response_url is Slack's word that this person may be answered there, also where the bot is no
member; it is good for thirty minutes and five messages. It comes with a payload, so only Slack's
own host (or the configured one) is ever called. A message that starts with `!` has none.
"""

import logging
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryAgain
from bot.slack.calls import checks
from bot.slack.calls.client import NO_ANSWER, is_beside, session_of
from bot.slack.calls.place import QUIET
from bot.slack.calls.send import FateUnknown, Refused, reason_of, word_of
from bot.slack.inbound.invocation import Invocation
from bot.slack.text.blocks import SlackMessage

logger = logging.getLogger(__name__)

_SLACKS = "https://hooks.slack.com/"
_USES = 5  # of a response_url
_KEPT_FOR_THE_RESULT = 2
_PATIENCE_S = 10
_TRIES = 2  # in one way: after a refusal without blocks, else as it was, for it may have buttons
_REFUSALS = range(400, 429)  # the statuses of one; another bad one means that Slack is in trouble


def allowed(url: str, api_url: str) -> bool:
    """Tell whether a response_url may be called: Slack's own host, or that of the Web API."""
    return url.startswith(_SLACKS) or is_beside(url, api_url)


class Responder:
    """Answers one invocation."""

    def __init__(self, client: AsyncWebClient, invocation: Invocation) -> None:
        self._client = client
        self._to = invocation
        self._left = _USES
        self._url = invocation.response_url
        if self._url and not allowed(self._url, client.base_url):
            logger.warning("response_url_refused")
            self._url = None
        self._replace = invocation.original

    async def progress(self, message: SlackMessage) -> bool:
        """Show how far it is, unless what is left of the response_url is for the result."""
        if self._url is None:  # an ephemeral message cannot be changed, so one must do
            await self._ephemeral(message)
            return False
        if self._left <= _KEPT_FOR_THE_RESULT:
            return False
        return await self._post(message)

    async def result(self, message: SlackMessage, *, fresh: bool = False) -> None:
        """Show a result; a `fresh` one leaves the message that was clicked as it is.

        Blocks that Slack refuses are left out: the text says the same. A person whom Slack does
        not let us tell anything is not told.

        Raises:
            TryAgain: Slack takes it in no way now.
        """
        if fresh:
            self._replace = False
        if self._url and await self._post(message):
            return
        await self._ephemeral(message)

    async def open(self, view: dict[str, Any]) -> bool:
        """Open a form; False when Slack does not, as three seconds after what asked for it."""
        try:
            await self._client.views_open(trigger_id=self._to.trigger_id or "", view=view)
        except NO_ANSWER as error:
            logger.warning("form_not_opened", extra={"reason": reason_of(error)})
            return False
        return True

    async def _post(self, message: SlackMessage) -> bool:
        to = {"response_type": "ephemeral", "replace_original": self._replace}
        body = {**message.body(), **to, **QUIET}
        if self._to.thread_ts and not self._replace:
            body["thread_ts"] = self._to.thread_ts
        for _ in range(min(_TRIES, self._left)):
            self._left -= 1
            try:
                await self._send(body)
            except (Refused, FateUnknown) as error:
                logger.warning("response_url_failed", extra={"reason": str(error)})
                if isinstance(error, Refused):
                    body.pop("blocks", None)
            else:
                return True
        return False

    async def _send(self, body: dict[str, Any]) -> None:
        try:
            async with session_of(self._client).post(
                self._url or "",
                json=body,
                allow_redirects=False,
                proxy=self._client.proxy,
                timeout=aiohttp.ClientTimeout(total=_PATIENCE_S),
            ) as response:
                status, told = response.status, (await response.text(errors="replace"))[:200]
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise FateUnknown(type(error).__name__) from error
        if status in _REFUSALS or told.startswith('{"ok":false'):
            raise Refused("response_url", told)
        if status != HTTPStatus.OK:
            raise FateUnknown(f"status {status}")

    async def _ephemeral(self, message: SlackMessage) -> None:
        """Post an ephemeral message; where Slack has none, a direct one."""
        where: dict[str, Any] = {"channel": self._to.channel, "user": self._to.user}
        if self._to.thread_ts:
            where["thread_ts"] = self._to.thread_ts
        body = message.body()
        for _ in range(_TRIES):
            try:
                await self._client.chat_postEphemeral(**where, **body)
            except NO_ANSWER as error:
                logger.info("ephemeral_refused", extra={"reason": reason_of(error)})
                if _is_refusal(error):
                    body.pop("blocks", None)
            else:
                return
        try:
            await self._client.chat_postMessage(channel=self._to.user, **message.body(), **QUIET)
        except NO_ANSWER as error:
            if not _is_refusal(error):
                raise TryAgain("the answer could not be shown") from error
            logger.warning("person_not_told", extra={"reason": reason_of(error)})


def _is_refusal(error: Exception) -> bool:
    """Tell whether Slack will not take this; otherwise it was in trouble, and may have taken it."""
    return isinstance(error, SlackApiError) and not checks.is_passing(word_of(error))
