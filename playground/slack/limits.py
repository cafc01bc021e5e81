"""Slack's rate limits: so many calls of a method in a minute, chat.postMessage per channel."""

import math
from collections import deque
from collections.abc import Callable

from playground.slack.refusal import Json

_WINDOW = 60.0
# Tier 1 is one a minute and some more; a bot that reconnects needs those.
_TIERS = {1: 10, 2: 20, 3: 50, 4: 100}
_FREE = 600
_PER_CHANNEL = 60
_METHOD_TIERS = {
    "agents.sessions.rename": 3,
    "agents.sessions.setStatus": 3,
    "apps.connections.open": 1,
    "assistant.threads.setSuggestedPrompts": 3,
    "assistant.threads.setTitle": 3,
    "bots.info": 3,
    "chat.appendStream": 4,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "users.info": 4,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}


class Limits:
    """Counts the calls of the last minute where limits are switched on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.on = False
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def spend(self, method: str, arguments: Json) -> int | None:
        """Count a call; return the seconds to wait where the limit is spent."""
        if not self.on:
            return None
        key, most = method, _FREE
        if method in _METHOD_TIERS:
            most = _TIERS[_METHOD_TIERS[method]]
        elif method == "chat.postMessage":
            key, most = f"{method} {arguments.get('channel')}", _PER_CHANNEL
        return self._spend(self._calls.setdefault(key, deque()), most)

    def _spend(self, calls: deque[float], most: int) -> int | None:
        now = self._clock()
        while calls and calls[0] <= now - _WINDOW:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + _WINDOW - now))
        calls.append(now)
        return None
