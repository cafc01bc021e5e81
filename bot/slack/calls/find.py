"""Find a message whose fate is unknown: was it posted, and what is its ts?"""

import logging
from collections.abc import Collection, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.paging import messages
from bot.slack.calls.place import ANSWER_EVENT, Place
from bot.slack.calls.send import FateUnknown, reason_of
from bot.slack.text.payload import part, parts
from storage.records import PostKind

logger = logging.getLogger(__name__)

_PAGES = 20
_GONE = "thread_not_found"  # its first message was deleted, and there was no other


async def find_post(
    client: AsyncWebClient, place: Place, part: int, kind: PostKind, known: Collection[str] = ()
) -> str | None:
    """Return the ts of part `part` of an answer if it is in the thread.

    A message carries our key. A stream has none before it is stopped: it is then the newest of our
    own messages after the event that carries no key and is not `known` to be something else.

    Raises:
        FateUnknown: Slack cannot be asked now.
    """
    own = [m for m in await _after_event(client, place) if m.get("user") == place.bot_user]
    for message in own:
        if _key(message) == place.key(part):
            return str(message["ts"])
    if kind != "stream":
        return None
    keyless = [str(m["ts"]) for m in own if _is_bare(m) and m["ts"] not in known]
    return max(keyless, key=float, default=None)


async def find_key(client: AsyncWebClient, place: Place, key: str) -> str | None:
    """Return the ts of our message in the thread that carries a key.

    Raises:
        FateUnknown: Slack cannot be asked now.
    """
    newer = await _after_event(client, place)
    return next((str(message["ts"]) for message in newer if _key(message) == key), None)


async def find_files(client: AsyncWebClient, place: Place, files: Collection[str]) -> bool:
    """Tell whether these files, by their ids, are in the thread.

    Raises:
        FateUnknown: Slack cannot be asked now.
    """
    newer = await _after_event(client, place)
    shown = {file.get("id") for message in newer for file in parts(message, "files")}
    return shown.issuperset(files)


def _is_bare(message: Mapping[str, Any]) -> bool:
    """Tell whether a message may be a stream: it has no key, and no file came with it."""
    return _key(message) is None and not message.get("files")


async def _after_event(client: AsyncWebClient, place: Place) -> list[Mapping[str, Any]]:
    """Return the messages of the thread that are newer than the event."""
    where = {"channel": place.channel, "ts": place.thread_ts, "oldest": place.event_ts}
    told = messages(client.conversations_replies, _PAGES, **where, include_all_metadata=True)
    try:
        return [message async for message in told if _after(message, place.event_ts)]
    except NO_ANSWER as error:
        if reason_of(error) == _GONE:
            return []
        logger.warning("thread_not_read", extra={"reason": reason_of(error)})
        raise FateUnknown("conversations.replies") from error


def _after(message: Mapping[str, Any], ts: str) -> bool:
    try:
        return float(message.get("ts") or 0) > float(ts)
    except ValueError:
        return False


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = part(message, "metadata")
    if metadata.get("event_type") != ANSWER_EVENT:
        return None
    key = part(metadata, "event_payload").get("key")
    return str(key) if key else None
