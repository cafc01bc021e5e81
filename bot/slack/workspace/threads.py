"""What people said in a thread, read for a command that is about the thread."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.paging import messages, pages
from bot.slack.calls.send import reason_of
from bot.slack.inbound.incoming import SPOKEN
from bot.slack.inbound.invocation import is_command
from bot.slack.text.payload import part, text_in
from bot.slack.text.said import words_of

logger = logging.getLogger(__name__)

_PAGE = 200
_PAGES = 25
_LINK = re.compile(r"/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?:\?\S*?thread_ts=(\d+\.\d+))?")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message of a thread: who said it, and its text in Slack's writing."""

    user: str
    name: str
    text: str


def linked(link: str) -> tuple[str, str] | None:
    """Return channel and ts of the thread that a link to a message means."""
    found = _LINK.search(link)
    return (found[1], found[4] or f"{found[2]}.{found[3]}") if found else None


class Threads:
    """Reads threads."""

    def __init__(self, client: AsyncWebClient, bot_user: str) -> None:
        self._client = client
        self._bot_user = bot_user

    async def may_read(self, channel: str, user: str) -> bool:
        """Tell whether a person could read a channel themselves: public ones, and their own."""
        try:
            response = await self._client.conversations_info(channel=channel)
            about = part(response, "channel")
            if about.get("is_channel") and not about.get("is_private"):
                return True
            return await self._is_member(channel, user)
        except NO_ANSWER as error:
            logger.info("channel_not_read", extra={"reason": reason_of(error)})
            return False

    async def _is_member(self, channel: str, user: str) -> bool:
        method = self._client.conversations_members
        async for page in pages(method, _PAGES, channel=channel, limit=_PAGE):
            if user in (page.get("members") or ()):
                return True
        return False

    async def read(self, channel: str, thread_ts: str) -> list[Spoken]:
        """Return what was said, oldest first, without commands.

        Raises:
            BotError: Slack does not show it.
        """
        method = self._client.conversations_replies
        try:
            told = messages(method, _PAGES, channel=channel, ts=thread_ts)
            return [found async for message in told if (found := self._spoken(message))]
        except NO_ANSWER as error:
            logger.warning("thread_not_read", extra={"reason": reason_of(error)})
            raise BotError(
                "Slack does not show me this thread: I must be a member of the channel."
            ) from error

    def _spoken(self, message: Mapping[str, Any]) -> Spoken | None:
        text = words_of(message)
        if message.get("subtype") not in SPOKEN or not text.strip():
            return None
        if is_command(text, self._bot_user):
            return None
        return Spoken(
            user=text_in(message, "user"),
            name=text_in(message, "username") or "an app",
            text=text,
        )
