"""Who may call a function, and where: hard limits, taken from the Slack event and never from text.

They are asked twice: when functions are offered to the model, and again when one is called. In
which user groups a person is, is asked once a turn.
"""

import dataclasses
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from functions._context import Context, User
from functions._entry import Entry
from functions._rules import Ids

logger = logging.getLogger(__name__)

GROUP = "S"  # begins the ids of user groups, as U and W those of users

PLACES: Mapping[Any, str] = {"dms": "only in direct messages", "channels": "only in channels"}
ELSEWHERE = "only in other channels"


def refusal(entry: Entry, context: Context) -> str | None:
    """Say why this person may not call a function here, or None if they may."""
    rules = entry.rules
    if entry.off:
        return f"{rules.name} was not run: {entry.off}"
    if not _may(rules.who, context.user, context.team):
        reason = "only admins may use it" if rules.who == "admins" else "this person may not use it"
        return f"{rules.name} was not run: {reason}."
    if not _here(rules.where, context):
        return f"{rules.name} was not run: it works {PLACES.get(rules.where, ELSEWHERE)}."
    return None


def _may(who: str | Ids, user: User, team: str) -> bool:
    if isinstance(who, frozenset):
        return user.id in who or not who.isdisjoint(user.groups)
    if who == "admins":
        return user.is_admin
    return who == "everyone" or not (user.is_guest or user.team not in ("", team))


def _here(where: str | Ids, context: Context) -> bool:
    if isinstance(where, frozenset):
        return context.channel in where
    return where == "anywhere" or context.is_dm == (where == "dms")


async def with_groups(context: Context, rules: Iterable[str | Ids]) -> Context:
    """Return the context with those groups named in rules that the person is in; in doubt none."""
    named = frozenset(
        id for who in rules if not isinstance(who, str) for id in who if id.startswith(GROUP)
    )
    if not named or context.groups is None:
        return context
    try:
        found = await context.groups.of(context.team, context.user.id, named)
    except Exception:
        logger.warning("groups_not_known", exc_info=True)
        return context
    user = dataclasses.replace(context.user, groups=named & frozenset(found))
    return dataclasses.replace(context, user=user)
