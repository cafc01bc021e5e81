"""Earlier messages of a channel, for the function `search_messages`.

Two sources: our own store (all conversations with the bot, by full-text search) and the newest
page of the channel in Slack, for what people said without us. Only the channel of the question is
ever searched: whoever asks there may read there.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

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
        """Find earlier messages of this channel, those with the most words of the query first."""
        words = [word.casefold() for word in words_in(query)]
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
        if sum(_held(one.text, words) == len(words) for one in stored) >= limit:
            return stored
        known = {one.event for one in stored}
        fresh = await self._in_slack(team, channel, words)
        found = [*stored, *(one for one in fresh if one.event not in known)]
        return sorted(found, key=lambda one: -_held(one.text, words))[:limit]

    async def _in_slack(self, team: str, channel: str, words: Sequence[str]) -> list[FoundMessage]:
        """Find messages among Slack's newest that have half of the words at least."""
        try:
            page = await self.client.conversations_history(channel=channel, limit=_PAGE)
        except NO_ANSWER as error:
            logger.info("channel_not_read", extra={"reason": reason_of(error)})
            return []
        said = (m for m in parts(page, "messages") if m.get("subtype") in SPOKEN)
        hits = [message for message in said if _has_half(words_of(message), words)]
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


def _has_half(text: str, words: Sequence[str]) -> bool:
    held = _held(text, words)
    return held > 0 and 2 * held >= len(words)


def _held(text: str, words: Sequence[str]) -> int:
    """Count the words that a text has."""
    text = text.casefold()
    return sum(word in text for word in words)
