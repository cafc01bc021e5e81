"""Whatever is posted by us: once, whatever becomes of a call, and found again afterwards.

A message carries a key in its metadata, and as an id by which Slack knows it again. One of unknown
fate is looked for where it belongs before it is made again. A stream has no metadata before it is
stopped: it is looked for among our own messages without a key. Files are known by their ids.
"""

import logging
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.paging import messages
from bot.slack.calls.place import QUIET, Place
from bot.slack.calls.send import FateUnknown, Refused, Sender, reason_of
from bot.slack.text.payload import part as part_of
from bot.slack.text.payload import parts
from storage.records import PostKind

logger = logging.getLogger(__name__)

POST, UPDATE, START = "chat.postMessage", "chat.update", "chat.startStream"
_SHOW = "files.completeUploadExternal"
_EVENT = "callboard_answer"  # event_type of the metadata
_THERE = "duplicate_message"  # how Slack refuses a post that it has, also before it shows it
_DELETED = "duplicate_message_not_found"  # the same of a post that somebody has deleted
_GONE = "thread_not_found"  # its first message was deleted, and there was no other
_TRIES = 6
_FILE_PAUSES_S = (0.0, 1.0, 2.0, 4.0)  # Slack shows a file some time after it said that it would
_ARRIVES_S = 2.0  # until a stream of unknown fate has arrived, and is shown to who reads the thread
_PAGES = 20

Known = Callable[[], Awaitable[Collection[str]]]


def metadata(key: str) -> dict[str, Any]:
    """Return the message metadata that carries a key."""
    return {"event_type": _EVENT, "event_payload": {"key": key}}


def marks(key: str) -> dict[str, Any]:
    """Return what a new message carries: its key, also as an id by which Slack knows it again."""
    return {
        **QUIET,
        "client_msg_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"callboard:{key}")),
        "metadata": metadata(key),
    }


async def post(
    sender: Sender, place: Place, key: str, content: Mapping[str, Any], *, anew: bool = False
) -> str:
    """Post a message into a thread and return its ts; its turn is taken from the budget.

    With `anew` another message had this key and is gone: Slack would know its id.

    Raises:
        Refused: Slack does not take it.
        FateUnknown: It may or may not be there.
    """
    message = {**_where(place), **marks(key), **content}
    if anew:
        del message["client_msg_id"]
    for attempt in range(_TRIES):
        if attempt:
            await sender.budget.take(POST, place.channel)
        refusal = ""
        try:
            return str((await sender.call(POST, message, place.channel))["ts"])
        except FateUnknown:
            pass
        except Refused as refused:
            refusal = refused.word
            if refusal == _DELETED and message.pop("client_msg_id", None):
                continue
            if refusal != _THERE:
                raise
        await sender.clock.sleep(2.0**attempt)  # what is under way may still arrive
        if ts := await find(sender, place.since, key):
            if refusal:  # it was posted some time, maybe with less text
                await edit(sender, place.channel, ts, key, content)
            return ts
    raise FateUnknown(POST)


async def edit(sender: Sender, channel: str, ts: str, key: str, content: Mapping[str, Any]) -> None:
    """Put other content into a message; its turn is taken from the budget.

    Raises:
        Refused: Slack does not take it.
        FateUnknown: It may or may not have happened.
    """
    message = {"channel": channel, "ts": ts, "metadata": metadata(key), **content}
    await sender.insist(UPDATE, message, _TRIES)


async def redraw(
    sender: Sender, channel: str, ts: str | None, key: str, content: Mapping[str, Any]
) -> bool:
    """Edit a message when there is room for it, and say whether that was done; it need not be."""
    if ts is None:
        return False
    await sender.budget.take(UPDATE)
    try:
        await edit(sender, channel, ts, key, content)
    except (Refused, FateUnknown) as error:
        logger.warning("message_not_edited", extra={"key": key, "reason": str(error)})
        return False
    return True


async def delete(sender: Sender, channel: str, ts: str) -> None:
    """Delete a message, as far as Slack lets us."""
    try:
        await sender.call("chat.delete", {"channel": channel, "ts": ts})
    except (Refused, FateUnknown) as error:
        logger.info("message_not_deleted", extra={"reason": str(error)})


async def start(
    sender: Sender, place: Place, number: int, chunks: Sequence[object], known: Known
) -> str:
    """Start a stream as a part of an answer, and return its ts; its turn is taken.

    `known` returns the ts of what is known to be something else.

    Raises:
        Refused: No stream was started.
        FateUnknown: Slack cannot be asked now.
    """
    recipient = {"recipient_user_id": place.user, "recipient_team_id": place.user_team}
    try:
        message = {**_where(place), **recipient, "chunks": chunks}
        return str((await sender.call(START, message, wait=False))["ts"])
    except FateUnknown:
        await sender.clock.sleep(_ARRIVES_S)
    if ts := await find_part(sender, place, number, "stream", await known()):
        return ts
    raise Refused(START, "never_arrived")


async def show_files(
    sender: Sender, place: Place, titles: Mapping[str, str], *, again: bool = False
) -> bool:
    """Let Slack show uploaded files, by their ids, which it does once; False where it may not have.

    With `again` it may have been asked before.

    Raises:
        Refused: Slack does not take them.
    """
    files = [{"id": id, "title": title} for id, title in titles.items()]
    arguments = {"files": files, "channel_id": place.channel, "thread_ts": place.thread_ts}
    for pause in _FILE_PAUSES_S:
        await sender.clock.sleep(pause)
        try:
            if again and await _are_there(sender, place, titles):
                return True
            await sender.call(_SHOW, arguments, place.channel)
        except FateUnknown:
            again = True
        except Refused:
            if not again:
                raise
        else:
            return True
    return False


# Looking


async def find(sender: Sender, where: Mapping[str, str], key: str) -> str | None:
    """Return the ts of the message that carries a key.

    `where` is a channel, the ts of a thread where it stands in one, and the `oldest` that it can
    be.

    Raises:
        FateUnknown: Slack cannot be asked now.
    """
    return _keyed(await read(sender, where), key)


async def find_part(
    sender: Sender, place: Place, number: int, kind: PostKind, known: Collection[str]
) -> str | None:
    """Return the ts of a part of an answer.

    A stream that was not stopped is the newest of our own messages after the event that carries no
    key, came with no file, and is not `known` to be something else.

    Raises:
        FateUnknown: Slack cannot be asked now.
    """
    newer = await read(sender, place.since)
    if (ts := _keyed(newer, place.key(number))) or kind != "stream":
        return ts
    own = [m for m in newer if m.get("user") == place.bot_user and not m.get("files")]
    bare = [str(m["ts"]) for m in own if _key(m) is None and m["ts"] not in known]
    return max(bare, key=float, default=None)


async def read(sender: Sender, where: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return what was written in a thread or a channel since `oldest`, as `find` does.

    It is asked twice: nothing else leads to a stream that has started and was not told of.

    Raises:
        FateUnknown: Slack cannot be asked now.
    """
    try:
        return await _read(sender, where)
    except FateUnknown:
        await sender.clock.sleep(_ARRIVES_S)
        return await _read(sender, where)


async def _read(sender: Sender, where: Mapping[str, str]) -> list[Mapping[str, Any]]:
    client = sender.client
    method = client.conversations_replies if "ts" in where else client.conversations_history
    told = messages(method, _PAGES, **where, include_all_metadata=True)
    try:
        return [message async for message in told if _is_after(message, where["oldest"])]
    except NO_ANSWER as error:
        if reason_of(error) == _GONE:
            return []
        logger.warning("thread_not_read", extra={"reason": reason_of(error)})
        raise FateUnknown("conversations.replies") from error


async def _are_there(sender: Sender, place: Place, files: Collection[str]) -> bool:
    newer = await read(sender, place.since)
    shown = {file.get("id") for message in newer for file in parts(message, "files")}
    return shown.issuperset(files)


def _where(place: Place) -> dict[str, str]:
    return {"channel": place.channel, "thread_ts": place.thread_ts}


def _is_after(message: Mapping[str, Any], ts: str) -> bool:
    try:
        return float(message.get("ts") or 0) > float(ts)
    except ValueError:
        return False


def _keyed(found: Sequence[Mapping[str, Any]], key: str) -> str | None:
    return next((str(message["ts"]) for message in found if _key(message) == key), None)


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = part_of(message, "metadata")
    if metadata.get("event_type") != _EVENT:
        return None
    key = part_of(metadata, "event_payload").get("key")
    return str(key) if key else None
