"""Messages that a key names: posted once, whatever becomes of a call, and edited later."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.slack.calls.find import find_key
from bot.slack.calls.place import Place, marks, metadata
from bot.slack.calls.send import FateUnknown, Refused, Sender
from bot.slack.outbound.message import GONE, POST, THERE, UPDATE

logger = logging.getLogger(__name__)

_TRIES = 4


async def post(sender: Sender, place: Place, key: str, content: Mapping[str, Any]) -> str:
    """Post a message into a thread and return its ts.

    Raises:
        Refused: Slack does not take it.
        FateUnknown: It may or may not be there.
    """
    where = {"channel": place.channel, "thread_ts": place.thread_ts}
    message = {**where, **marks(key), **content}
    for attempt in range(_TRIES):
        await sender.budget.take(POST, place.channel)
        try:
            answer = await sender.call(POST, message, place.channel)
            return str(answer["ts"])
        except FateUnknown:
            pass
        except Refused as refusal:
            if refusal.word not in (THERE, GONE):
                raise
            if refusal.word == GONE:
                message.pop("client_msg_id", None)
        await sender.clock.sleep(2.0**attempt)  # what is under way may still arrive
        if ts := await find_key(sender.client, place, key):
            return ts
    raise FateUnknown(POST)


async def edit(
    sender: Sender, channel: str, ts: str | None, key: str, content: Mapping[str, Any]
) -> bool:
    """Put other content into the message, and say whether it is there; a failure is no matter."""
    if ts is None:
        return False
    message = {"channel": channel, "ts": ts, "metadata": metadata(key), **content}
    reason = ""
    for attempt in range(_TRIES):
        await sender.budget.take(UPDATE)
        try:
            await sender.call(UPDATE, message)
            return True
        except Refused as refusal:
            reason = str(refusal)
            break
        except FateUnknown as error:  # to edit twice does no harm
            reason = str(error)
            await sender.clock.sleep(2.0**attempt)
    logger.warning("message_not_edited", extra={"key": key, "reason": reason})
    return False
