"""What public channels are called: Slack links a channel by its id alone (`<#C1|>`)."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.text.payload import part
from bot.slack.workspace.single_flight import SingleFlight
from storage.engine import WallClock

logger = logging.getLogger(__name__)

_FRESH_MS = 6 * 3600 * 1000
_AGAIN_MS = 5 * 60 * 1000  # after Slack did not tell
_REMEMBERED = 2_000
_PATIENCE_S = 2.0


class Channels:
    """Look up channels' names."""

    def __init__(self, client: AsyncWebClient, clock: WallClock) -> None:
        self._client = client
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[int, str]] = OrderedDict()
        self._asking = SingleFlight[str]()

    async def names(self, team: str, channels: Iterable[str]) -> dict[str, str]:
        """Return the names by id; a private channel's is left to those who are in it."""
        wanted = list(channels)
        names = await asyncio.gather(*(self._name(team, channel) for channel in wanted))
        return {channel: name for channel, name in zip(wanted, names, strict=True) if name}

    async def _name(self, team: str, channel: str) -> str:
        due, name = self._known.get((team, channel), (0, ""))
        if self._clock() < due:
            return name
        return await self._asking.ask((team, channel), lambda: self._told(team, channel, name))

    async def _told(self, team: str, channel: str, name: str) -> str:
        """Ask Slack, and remember; `name` is what it said before."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                about = part(await self._client.conversations_info(channel=channel), "channel")
        except NO_ANSWER as error:
            logger.info("channel_not_read", extra={"reason": reason_of(error)})
            about = {}
        if about:
            name = "" if about.get("is_private") else str(about.get("name") or "")
        fresh = _FRESH_MS if about else _AGAIN_MS
        self._known[team, channel] = (self._clock() + fresh, name)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return name
