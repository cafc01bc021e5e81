"""Slack's rate limits: so many calls of a method in a minute, chat.postMessage per channel."""

import math
from collections import deque
from collections.abc import Callable

from playground.slack.methods.method import Method
from playground.slack.refusal import Json

_WINDOW = 60.0
# Calls a minute by tier. Tier 1 is one and some more; a bot that reconnects needs those.
_TIERS = {0: 600, 1: 10, 2: 20, 3: 50, 4: 100}
_PER_CHANNEL = 60


class Limits:
    """Counts the calls of the last minute where limits are switched on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.on = False
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def spend(self, method: Method, arguments: Json) -> int | None:
        """Count a call; return the seconds to wait where the limit is spent."""
        if not self.on:
            return None
        key, most = method.name, _TIERS[method.tier]
        if key == "chat.postMessage":
            key, most = f"{key} {arguments.get('channel')}", _PER_CHANNEL
        return self._spend(self._calls.setdefault(key, deque()), most)

    def _spend(self, calls: deque[float], most: int) -> int | None:
        now = self._clock()
        while calls and calls[0] <= now - _WINDOW:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + _WINDOW - now))
        calls.append(now)
        return None
