"""Slack's user object, read: docs.slack.dev/reference/objects/user-object. Pure.

Guests, people of other workspaces (Slack Connect), deactivated people and bots have the rights of a
guest, whatever flags they have beside.
"""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot.slack.text.payload import part, text_in
from storage.records import Person

_RANKS = ("is_admin", "is_owner", "is_primary_owner")
_GUESTS = (
    "is_restricted",
    "is_ultra_restricted",
    "is_invited_user",
    "is_bot",
    "is_workflow_bot",
    "is_stranger",
    "deleted",
)


def person_from(team: str, user: Mapping[str, Any], now: int) -> Person:
    """Return a person as they stand in a team."""
    profile = part(user, "profile")
    id = text_in(user, "id")
    return Person(
        team=team,
        id=id,
        name=_name(user, profile) or id,
        real_name=_real_name(user, profile),
        tz=text_in(user, "tz"),
        title=text_in(profile, "title"),
        is_admin=is_admin(user, team),
        is_guest=_is_guest(user, team),
        is_bot=bool(user.get("is_bot")),
        fetched=now,
    )


def is_admin(user: Mapping[str, Any], team: str) -> bool:
    """Tell whether a user is an admin or owner of a team, and no guest in it."""
    return not _is_guest(user, team) and any(user.get(rank) for rank in _RANKS)


def _is_guest(user: Mapping[str, Any], team: str) -> bool:
    return not _is_of(user, team) or any(user.get(flag) for flag in _GUESTS)


def zone_of(tz: str) -> tzinfo:
    """Return the time zone of a user; UTC where none of that name is known."""
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError):  # the last of a folder of zones
        return UTC


def _name(user: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    """Return the name that people see of a user, on one line; "" if Slack tells none."""
    shown = text_in(profile, "display_name") or _real_name(user, profile)
    return " ".join((shown or text_in(user, "name")).split())


def _real_name(user: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    return text_in(user, "real_name") or text_in(profile, "real_name")


def _is_of(user: Mapping[str, Any], team: str) -> bool:
    """Tell whether a user belongs to the team; in an organization one belongs to several."""
    teams = part(user, "enterprise_user").get("teams") or ()
    return team in (user.get("team_id"), *teams)
