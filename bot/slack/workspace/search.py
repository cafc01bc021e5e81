"""Earlier messages of a channel, for the function `search_messages`.

Two sources: our own store (all conversations with the bot, by full-text search) and the newest
page of the channel in Slack, for what people said without us. Only the channel of the question is
ever searched: whoever asks there may read there.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.inbound.incoming import SPOKEN, message_id
from bot.slack.text.payload import parts
from bot.slack.text.readable import readable
from bot.slack.text.said import people_in, words_of
from bot.slack.workspace.people import People
from functions import FoundMessage
from storage.messages import Messages, words_in

logger = logging.getLogger(__name__)

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Search:
    """Searches one channel; the port `Messages` of `functions`."""

    client: AsyncWebClient
    store: Messages
    people: People
    bot_user: str

    async def search(
        self, team: str, channel: str, query: str, limit: int
    ) -> Sequence[FoundMessage]:
        """Find earlier messages of this channel: stored ones first, then Slack's newest."""
        stored = [
            FoundMessage(
                text=one.text,
                thread_ts=one.thread_ts,
                created=one.said,
                name=one.name,
                user=one.user,
                event=message_id(team, channel, one.slack_ts or ""),
            )
            for one in await self.store.search(team, channel, query, limit)
        ]
        known = {one.event for one in stored}
        fresh = await self._in_slack(team, channel, query) if len(stored) < limit else []
        return [*stored, *(one for one in fresh if one.event not in known)][:limit]

    async def _in_slack(self, team: str, channel: str, query: str) -> list[FoundMessage]:
        words = [word.casefold() for word in words_in(query)]
        try:
            page = await self.client.conversations_history(channel=channel, limit=_PAGE)
        except NO_ANSWER as error:
            logger.info("channel_not_read", extra={"reason": reason_of(error)})
            return []
        said = (m for m in parts(page, "messages") if m.get("subtype") in SPOKEN)
        hits = [message for message in said if words and _has(message, words)]
        users = {user for message in hits for user in people_in(message, self.bot_user)}
        names = await self.people.names(team, users)
        return [
            FoundMessage(
                text=readable(words_of(message), names, self.bot_user),
                thread_ts=str(message.get("thread_ts") or message["ts"]),
                created=int(float(message["ts"]) * 1000),
                name=names.get(message.get("user") or "") or message.get("username"),
                user=message.get("user"),
                event=message_id(team, channel, str(message["ts"])),
            )
            for message in hits
        ]


def _has(message: Mapping[str, Any], words: Sequence[str]) -> bool:
    text = words_of(message).casefold()
    return all(word in text for word in words)
