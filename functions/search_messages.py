"""Search what was said earlier in the channel where the question was asked."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from functions._context import Context, FoundMessage
from functions._declaring.function import function

TEXT_LIMIT = 500


@function(effect="read", timeout=15)
async def search_messages(
    query: Annotated[str, Field(min_length=1, max_length=200, description="words to look for")],
    context: Context,
    limit: Annotated[int, Field(ge=1, le=20, description="how many at most")] = 8,
) -> dict[str, Any]:
    """Search earlier messages of this conversation and of the channel it stands in.

    Only the channel of the question is searched, so nobody is shown what they could not read.
    """
    found = await context.messages.search(context.team, context.channel, query, limit + 1)
    found = [message for message in found if message.event != context.event]
    if not found:
        return {"messages": [], "note": "Nothing was found here; other words may help."}
    return {"messages": [_told(message, context) for message in found[:limit]]}


def _told(message: FoundMessage, context: Context) -> dict[str, Any]:
    text = message.text
    return {
        "when": f"{_local(message.created, context.user.tz):%Y-%m-%d %H:%M %Z}",
        "who": message.name or message.user or "the assistant",
        "this_conversation": message.thread_ts == context.thread,
        "text": text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}…",
    }


def _local(milliseconds: int, zone: str) -> datetime:
    when = datetime.fromtimestamp(milliseconds / 1000, UTC)
    try:
        return when.astimezone(ZoneInfo(zone)) if zone else when
    except (KeyError, ValueError, OSError):
        return when
