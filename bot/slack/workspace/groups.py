"""Slack's user groups: which of them a person is in; the port `Groups` of `functions`.

A group's members are remembered for five minutes. Where Slack does not tell, the last word counts
for an hour; after that, and without one, nobody is in the group.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.workspace.single_flight import SingleFlight

logger = logging.getLogger(__name__)

_FRESH_MS = 5 * 60 * 1000
_STALE_MS = 60 * 60 * 1000
_AGAIN_MS = 30 * 1000  # after Slack did not tell
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Members:
    users: frozenset[str]
    told: int  # when Slack told
    due: int  # when to ask again


class UserGroups:
    """Look up user groups; `clock` gives milliseconds since 1970."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], int]) -> None:
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
