"""What is in the files that people have shown, as the model is told.

They are fetched anew for each turn, for what is in them is kept nowhere: pictures and documents as
data URLs, texts in words, of long ones the beginning. The model is told which are too old or too
large to be shown, or not to be had.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence

from bot.slack.text.markdown import CUT
from bot.slack.text.said import quoted
from bot.slack.text.shown import LARGEST, data_url, is_office, kind_of, text_of
from bot.slack.workspace.files import FileError, Files, SharedFile
from storage.records import Message, Shown

logger = logging.getLogger(__name__)

_MOST = 5  # files of a conversation, the newest
# characters of all files of a kind, as they are sent
_LONGEST = {"picture": 12_000_000, "document": 12_000_000, "text": 60_000}
_SECONDS = 15.0


async def opened(files: Files, messages: Sequence[Message]) -> list[Message]:
    """Return messages with what is in the files that were shown in them."""
    every = [file for message in reversed(messages) for file in reversed(message.shown)]
    if not every:
        return list(messages)
    newest = every[:_MOST]
    read = await asyncio.gather(*(_read(files, file) for file in newest))
    inside = _fitting(zip(newest, read, strict=True))
    return [_opened(message, inside) for message in messages]


def _fitting(read: Iterable[tuple[Shown, str | None]]) -> dict[str, str]:
    """Return by id what there is room for; a text that is too long is cut."""
    inside: dict[str, str] = {}
    room = dict(_LONGEST)
    for file, content in read:
        if content and file.kind == "text" and len(content) > room["text"] > 0:
            content = content[: room["text"] - 1] + CUT
        if content and len(content) <= room[file.kind]:
            inside[file.id] = content
            room[file.kind] -= len(content)
    return inside


def _opened(message: Message, inside: Mapping[str, str]) -> Message:
    """Return a message with what it shows by its data, and texts among its words."""
    if not message.shown:
        return message
    there = [file for file in message.shown if file.id in inside]
    shown = tuple(one._replace(url=inside[one.id]) for one in there if one.kind != "text")
    texts = [
        f"[What is in {one.name}:]\n{quoted(inside[one.id])}" for one in there if one.kind == "text"
    ]
    unseen = ", ".join(file.name for file in message.shown if file.id not in inside)
    note = [f"[Not shown to you: {unseen}]"] if unseen else []
    return message._replace(content="\n".join([message.content, *texts, *note]), shown=shown)


async def _read(files: Files, file: Shown) -> str | None:
    """Return what is in a file; None if Slack does not hand it out, or it is something else."""
    try:
        async with asyncio.timeout(_SECONDS):
            data = await files.read(SharedFile(file.id, file.name, "", 0, file.url), LARGEST)
    except (FileError, TimeoutError):
        logger.info("file_not_fetched", extra={"file": file.id})
        return None
    if file.kind == "text":
        return await asyncio.to_thread(_words_of, data) if is_office(data) else text_of(data)
    kind = kind_of(data)
    is_document = kind == "application/pdf"
    return data_url(kind, data) if kind and is_document == (file.kind == "document") else None


def _words_of(data: bytes) -> str | None:
    from bot.slack.text.office import words_of  # with what reads training data: not at the start

    return words_of(data, _LONGEST["text"])
