"""Who may call a function, and where: hard limits, taken from the Slack event and never from text.

They are asked twice: when functions are offered to the model, and again when one is called.
"""

from collections.abc import Collection
from typing import TypeAlias

from functions._context import Context, User
from functions._ids import word_or_ids

Who: TypeAlias = str | frozenset[str]
Where: TypeAlias = str | frozenset[str]

WHO = ("everyone", "members", "admins")
WHERE = ("anywhere", "channels", "dms")
PLACES = {"dms": "only in direct messages", "channels": "only in channels"}


def check_who(name: str, who: str | Collection[str]) -> Who:
    """Return the rule as it is kept, or refuse one that means nothing."""
    allowed = (
        '"members" (people of this workspace who are no guests), "everyone" (guests too), '
        '"admins" or a list of ids of Slack users and user groups, such as "U0ANN"'
    )
    return word_or_ids(name, "who", who, WHO, "UWS", allowed)


def check_where(name: str, where: str | Collection[str]) -> Where:
    """Return the rule as it is kept, or refuse one that means nothing."""
    allowed = (
        '"anywhere", "channels", "dms" (direct messages) or a list of channel ids, such as '
        '"C0GENERAL"'
    )
    return word_or_ids(name, "where", where, WHERE, "CDG", allowed)


def refusal(name: str, who: Who, where: Where, context: Context) -> str | None:
    """Say why this person may not call this function here, or None if they may."""
    if not _may(who, context.user, context.team):
        reason = "only admins may use it" if who == "admins" else "this person may not use it"
        return f"{name} was not run: {reason}."
    if not _here(where, context):
        place = PLACES.get(where if isinstance(where, str) else "", "not in this channel")
        return f"{name} was not run: it works {place}."
    return None


def _may(who: Who, user: User, team: str) -> bool:
    if isinstance(who, frozenset):
        return user.id in who or not who.isdisjoint(user.groups)
    if who == "admins":
        return user.is_admin
    return who == "everyone" or not (user.is_guest or user.team not in ("", team))


def _here(where: Where, context: Context) -> bool:
    if isinstance(where, frozenset):
        return context.channel in where
    return where == "anywhere" or context.is_dm == (where == "dms")
