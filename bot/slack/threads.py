"""What people said in a thread, read for a command that is about the thread."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError

logger = logging.getLogger(__name__)

_PAGE = 200
_PAGES = 25
_SPOKEN = (None, "file_share", "thread_broadcast", "bot_message")
_COMMAND = re.compile(r"\s*(?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:]*)?![a-z]")


class ThreadError(BotError):
    """A thread could not be read."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message of a thread: who said it, and its text in Slack's writing."""

    user: str
    name: str
    text: str


class Threads:
    """Reads threads."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def read(self, channel: str, thread_ts: str) -> list[Spoken]:
        """Return what was said, oldest first, without commands.

        Raises:
            ThreadError: Slack does not show it.
        """
        found: list[Mapping[str, Any]] = []
        cursor = ""
        for _ in range(_PAGES):
            try:
                page = await self._client.conversations_replies(
                    channel=channel, ts=thread_ts, limit=_PAGE, cursor=cursor or None
                )
            except (SlackClientError, OSError, TimeoutError) as error:
                logger.warning("thread_not_read", extra={"reason": type(error).__name__})
                raise ThreadError(
                    "Slack does not show me this thread: I must be a member of the channel."
                ) from error
            found += page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return [spoken for message in found if (spoken := _spoken(message))]


def _spoken(message: Mapping[str, Any]) -> Spoken | None:
    text = str(message.get("text") or "")
    if message.get("subtype") not in _SPOKEN or not text.strip() or _COMMAND.match(text):
        return None
    return Spoken(
        user=str(message.get("user") or ""),
        name=str(message.get("username") or "an app"),
        text=text,
    )
