"""What people have shown: the newest pictures of a conversation, as the model gets them.

They are fetched anew for each turn, for their bytes are kept nowhere; the model is told of those
that are older, gone or not to be had.
"""

import asyncio
import base64
import logging
from collections.abc import Mapping, Sequence

from bot.slack.text.pictures import LARGEST, kind_of
from bot.slack.workspace.files import FileError, Files, SharedFile
from storage.records import Message, Picture

logger = logging.getLogger(__name__)

_MOST = 5
_MOST_CHARACTERS = 12_000_000  # of all together, as they are sent
_SECONDS = 15.0


async def shown(files: Files, messages: Sequence[Message]) -> list[Message]:
    """Return messages with the newest pictures as data URLs, and in words which cannot be seen."""
    newest = [one for message in reversed(messages) for one in reversed(message.pictures)][:_MOST]
    if not newest:
        return [_shown(message, {}) for message in messages]
    fetched = await asyncio.gather(*(_fetched(files, one) for one in newest))
    urls: dict[str, str] = {}
    room = _MOST_CHARACTERS
    for picture, url in zip(newest, fetched, strict=True):
        if url and len(url) <= room:
            urls[picture.id] = url
            room -= len(url)
    return [_shown(message, urls) for message in messages]


def _shown(message: Message, urls: Mapping[str, str]) -> Message:
    if not message.pictures:
        return message
    seen = tuple(one._replace(url=urls[one.id]) for one in message.pictures if one.id in urls)
    unseen = ", ".join(one.name for one in message.pictures if one.id not in urls)
    note = f"\n[You cannot see any more: {unseen}]" if unseen else ""
    return message._replace(content=message.content + note, pictures=seen)


async def _fetched(files: Files, picture: Picture) -> str | None:
    """Return a picture as a data URL; None if Slack does not hand it out."""
    try:
        async with asyncio.timeout(_SECONDS):
            data = await files.read(
                SharedFile(picture.id, picture.name, "", 0, picture.url), LARGEST
            )
    except (FileError, TimeoutError):
        logger.info("picture_not_fetched", extra={"file": picture.id})
        return None
    kind = kind_of(data)
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if kind else None
