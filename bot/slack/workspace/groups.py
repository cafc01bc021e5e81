"""Which user groups of Slack a person is in: the port `Groups` of `functions`.

A group's members are remembered for five minutes. Where Slack does not tell, the last word counts
for an hour; after that, and without one, nobody is in the group, which the log warns of once.
"""

import logging
from collections.abc import Collection

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspace.lookup import Lookup
from storage.engine import WallClock

_FRESH_MS = 5 * 60 * 1000
_AGAIN_MS = 30 * 1000  # after Slack did not tell
_STALE_MS = 60 * 60 * 1000


class UserGroups:
    """Look up user groups."""

    def __init__(self, client: AsyncWebClient, clock: WallClock) -> None:
        self._client = client
        self._members = Lookup(
            clock, frozenset[str](), _FRESH_MS, _AGAIN_MS, _STALE_MS, logging.WARNING
        )

    async def of(self, team: str, user: str, groups: Collection[str]) -> frozenset[str]:
        """Return which of these groups the user is in."""
        members = await self._members.each(team, groups, self._ask)
        return frozenset(group for group, users in members.items() if user in users)

    async def _ask(self, group: str) -> frozenset[str]:
        response = await self._client.usergroups_users_list(usergroup=group)
        return frozenset(map(str, response.get("users") or ()))
