"""Who may do what: asked of Slack, for commands remembered for five minutes, refused in doubt.

Admins are the users named in the settings, else the workspace's admins and owners. Guests, people
of other workspaces (Slack Connect), deactivated people and bots are never admins, whatever a
setting or Slack's flags say.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER

logger = logging.getLogger(__name__)

Standing = Literal["admin", "member", "guest", "stranger", "unknown"]

_FRESH_MS = 5 * 60 * 1000
_REMEMBERED = 2_000
_PATIENCE_S = 5.0
_NEVER = ("is_bot", "deleted", "is_stranger", "is_workflow_bot")
_GUEST = ("is_restricted", "is_ultra_restricted", "is_invited_user")


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who runs a command, and how they stand."""

    id: str
    name: str
    standing: Standing
    tz: str = ""


class Rights:
    """Look up how people stand; `clock` gives milliseconds since 1970."""

    def __init__(
        self, client: AsyncWebClient, admins: tuple[str, ...], clock: Callable[[], int]
    ) -> None:
        self._client = client
        self._admins = admins
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[int, Asker]] = OrderedDict()

    async def of(self, team: str, user: str) -> Asker:
        """Return how a person stands; `unknown` when Slack does not tell."""
        at, asker = self._known.get((team, user), (0, None))
        if asker is not None and 0 <= self._clock() - at < _FRESH_MS:
            return asker
        found = await self._ask(user)
        if found is None:
            return Asker(user, user, "unknown")
        asker = asker_from(found, team, user, self._admins)
        self._known[team, user] = (self._clock(), asker)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return asker

    async def _ask(self, user: str) -> Mapping[str, Any] | None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                response = await self._client.users_info(user=user)
        except NO_ANSWER as error:
            logger.warning("rights_unknown", extra={"reason": type(error).__name__})
            return None
        found = response.get("user")
        return found if isinstance(found, Mapping) else None


def asker_from(user: Mapping[str, Any], team: str, wanted: str, admins: tuple[str, ...]) -> Asker:
    """Read Slack's user object (docs.slack.dev/reference/objects/user-object)."""
    standing = with_admins(standing_of(user, team, wanted), wanted, admins)
    return Asker(wanted, name_of(user) or wanted, standing, str(user.get("tz") or ""))


def name_of(user: Mapping[str, Any]) -> str:
    """Return the name that people see of a user, on one line; "" if Slack tells none."""
    profile = user.get("profile") or {}
    real_name = user.get("real_name") or profile.get("real_name")
    name = str(profile.get("display_name") or real_name or user.get("name") or "")
    return " ".join(name.split())


def standing_of(user: Mapping[str, Any], team: str, wanted: str) -> Standing:
    """Return how a person stands in a team by Slack's own word: its user object for `wanted`."""
    if user.get("id") != wanted or any(user.get(flag) for flag in _NEVER):
        return "stranger"
    if not _is_of(user, team):
        return "stranger"
    if any(user.get(flag) for flag in _GUEST):
        return "guest"
    ranks = ("is_admin", "is_owner", "is_primary_owner")
    return "admin" if any(user.get(rank) for rank in ranks) else "member"


def with_admins(standing: Standing, user: str, admins: Collection[str]) -> Standing:
    """Let the admins that the settings name count, if they name any, in place of Slack's."""
    if not admins or standing not in ("admin", "member"):
        return standing
    return "admin" if user in admins else "member"


def _is_of(user: Mapping[str, Any], team: str) -> bool:
    """Tell whether a user belongs to the team; in an organization one belongs to several."""
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    return team in (user.get("team_id"), *teams)
