"""Slack's user groups: what they are called, and which of them a person is in.

`UserGroups` is the port `Groups` of `functions`.

A group's members are remembered for five minutes. Where Slack does not tell, the last word counts
for an hour; after that, and without one, nobody is in the group.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.text.payload import parts, text_in
from bot.slack.workspace.single_flight import SingleFlight
from storage.engine import WallClock

logger = logging.getLogger(__name__)

_FRESH_MS = 5 * 60 * 1000
_STALE_MS = 60 * 60 * 1000
_AGAIN_MS = 30 * 1000  # after Slack did not tell
_NAMES_MS = 6 * 3600 * 1000
_NAMES_AGAIN_MS = 5 * 60 * 1000  # the same of names
_PATIENCE_S = 2.0


class GroupNames:
    """Look up groups' names, with which people mention them."""

    def __init__(self, client: AsyncWebClient, clock: WallClock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[int, dict[str, str]]] = {}
        self._asking = SingleFlight[dict[str, str]]()

    async def names(self, team: str, groups: Iterable[str]) -> dict[str, str]:
        """Return the names by id, of those that Slack tells."""
        wanted = list(groups)
        due, known = self._known.get(team, (0, {}))
        if wanted and self._clock() >= due:
            known = await self._asking.ask(team, lambda: self._told(team, known))
        return {group: known[group] for group in wanted if group in known}

    async def _told(self, team: str, known: dict[str, str]) -> dict[str, str]:
        """Ask Slack, and remember; `known` is what it said before."""
        fresh = _NAMES_MS
        try:
            async with asyncio.timeout(_PATIENCE_S):
                response = await self._client.usergroups_list()
            listed = parts(response, "usergroups")
            known = {text_in(one, "id"): text_in(one, "handle") for one in listed}
        except NO_ANSWER as error:
            logger.info("groups_not_listed", extra={"reason": reason_of(error)})
            fresh = _NAMES_AGAIN_MS
        self._known[team] = (self._clock() + fresh, known)
        return known


@dataclass(frozen=True, slots=True)
class _Members:
    users: frozenset[str]
    told: int  # when Slack told
    due: int  # when to ask again


class UserGroups:
    """Look up user groups."""

    def __init__(self, client: AsyncWebClient, clock: WallClock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[tuple[str, str], _Members] = {}
        self._asking = SingleFlight[frozenset[str]]()

    async def of(self, team: str, user: str, groups: Collection[str]) -> frozenset[str]:
        """Return which of these groups the user is in."""
        members = await asyncio.gather(*(self._members(team, group) for group in groups))
        return frozenset(
            group for group, users in zip(groups, members, strict=True) if user in users
        )

    async def _members(self, team: str, group: str) -> frozenset[str]:
        known = self._known.get((team, group))
        if known is not None and known.told <= self._clock() < known.due:  # else it was put back
            return known.users
        return await self._asking.ask((team, group), lambda: self._ask(team, group))

    async def _ask(self, team: str, group: str) -> frozenset[str]:
        now = self._clock()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                response = await self._client.usergroups_users_list(usergroup=group)
        except NO_ANSWER as error:
            logger.warning("group_not_known", extra={"group": group, "reason": reason_of(error)})
            self._known[team, group] = found = self._in_doubt(team, group, now)
        else:
            users = frozenset(map(str, response.get("users") or ()))
            self._known[team, group] = found = _Members(users, now, now + _FRESH_MS)
        return found.users

    def _in_doubt(self, team: str, group: str, now: int) -> _Members:
        known = self._known.get((team, group))
        if known is None or now - known.told > _STALE_MS:
            return _Members(frozenset(), 0, now + _AGAIN_MS)
        return _Members(known.users, known.told, now + _AGAIN_MS)
