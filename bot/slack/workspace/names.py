"""What public channels and user groups are called: Slack links a channel by its id alone.

A private channel's name is left to those who are in it.
"""

from collections.abc import Iterable

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.text.payload import part, parts, text_in
from bot.slack.workspace.lookup import Lookup
from storage.engine import WallClock

_FRESH_MS = 6 * 3600 * 1000
_AGAIN_MS = 5 * 60 * 1000  # after Slack did not tell


class Names:
    """Look up the names of channels and groups; of what has none, nothing is told."""

    def __init__(self, client: AsyncWebClient, clock: WallClock) -> None:
        self._client = client
        self._channels = Lookup(clock, "", _FRESH_MS, _AGAIN_MS)
        self._groups = Lookup[dict[str, str]](clock, {}, _FRESH_MS, _AGAIN_MS)

    async def of_channels(self, team: str, channels: Iterable[str]) -> dict[str, str]:
        """Return the names by id."""
        names = await self._channels.each(team, channels, self._channel)
        return {channel: name for channel, name in names.items() if name}

    async def of_groups(self, team: str, groups: Iterable[str]) -> dict[str, str]:
        """Return the names by id, with which people mention them."""
        wanted = list(groups)
        known = await self._groups.get(team, self._listed) if wanted else {}
        return {group: known[group] for group in wanted if group in known}

    async def _channel(self, channel: str) -> str:
        about = part(await self._client.conversations_info(channel=channel), "channel")
        return "" if about.get("is_private") else text_in(about, "name")

    async def _listed(self) -> dict[str, str]:
        listed = parts(await self._client.usergroups_list(), "usergroups")
        return {text_in(one, "id"): text_in(one, "handle") for one in listed}
