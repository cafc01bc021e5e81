"""Look up who somebody in the workspace is."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from functions._context import Context, FoundPerson
from functions._declaring.function import function
from functions._errors import RetryCall

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
LIMIT = 5


@function(effect="read", timeout=15)
async def find_user(
    who: Annotated[
        str, Field(min_length=1, max_length=100, description="a name, a part of it, or a mention")
    ],
    context: Context,
) -> dict[str, Any]:
    """Find out who a person of this Slack workspace is: full name, role, time zone, local time."""
    mention = MENTION.fullmatch(who.strip())
    query = mention[1] if mention else who.strip().lstrip("@").strip()
    if not query:
        raise RetryCall("Give a name, or a mention such as <@U012ABC>.")
    found = await context.people.find(context.team, query, LIMIT)
    if not found:
        return {"people": [], "note": "Nobody of this name was found; try another spelling."}
    return {"people": [_told(person, context) for person in found[:LIMIT]]}


def _told(person: FoundPerson, context: Context) -> dict[str, Any]:
    facts = {
        "mention": f"<@{person.id}>",
        "name": person.real_name or person.name,
        "called": person.name,
        "title": person.title,
        "time_zone": person.tz,
        "local_time": _local_time(person.tz, context.clock()),
        "kind": "app" if person.is_bot else "guest" if person.is_guest else "",
    }
    return {name: fact for name, fact in facts.items() if fact}


def _local_time(zone: str, now: float) -> str:
    try:
        return f"{datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone)):%A %H:%M}"
    except (KeyError, ValueError, OSError):
        return ""
