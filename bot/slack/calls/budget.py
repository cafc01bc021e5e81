"""What Slack lets one workspace write: a shared budget for the calls of all its conversations.

Slack counts each method by itself (see `DOCUMENTED`). A call is given a *slot*: now, or the
earliest time at which it fits. Slots are handed out in the order of asking, so no conversation
starves another. A stream's stop is as scarce as its start, therefore a start holds one stop until
it is redeemed.

Slack allows bursts beyond its published figures and does not say how much. So methods marked
`probes` may go beyond them in slow start: a few calls at a time, more with each that succeeds. The
first refusal (429) ends that: the method pauses as long as Slack asks, for everyone, and keeps to
the published figure for the next ten minutes.
"""

import asyncio
import math
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.slack.calls.clock import Clock, wait

STRICT_S = 600.0
FIRST_GRANT = 8
MOST_WINDOWS = 2_000


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a method may be called: `calls` in `seconds`, for each channel if `per_channel`.

    `probes` allows more while Slack does not object, `holds` names the method of which one call
    must stay possible afterwards, `pause` is the least time between two calls of one writer.
    """

    calls: int
    seconds: float = 60.0
    per_channel: bool = False
    probes: bool = False
    holds: str | None = None
    pause: float = 0.0


DOCUMENTED: Mapping[str, Limit] = {
    "chat.startStream": Limit(20, probes=True, holds="chat.stopStream"),
    "chat.appendStream": Limit(100, pause=0.6),
    "chat.stopStream": Limit(20, probes=True),
    "chat.postMessage": Limit(1, 1.0, per_channel=True, probes=True),
    "chat.update": Limit(50, pause=3.0),
    "chat.delete": Limit(50),
    "agents.sessions.setStatus": Limit(50),
    "assistant.threads.setStatus": Limit(600),
}
UNKNOWN_METHOD = Limit(50)


@dataclass(slots=True)
class _Window:
    """The calls of one method (in one channel): made, promised for later, held and probing."""

    limit: Limit
    calls: list[float] = field(default_factory=list)
    held: int = 0
    paused_until: float = -math.inf
    strict_until: float = -math.inf
    grant: int = FIRST_GRANT
    probing: int = 0
    waiters: deque[asyncio.Event] = field(default_factory=deque)

    def slot(self, now: float) -> float:
        """Return when one more call fits into the published figure."""
        del self.calls[: bisect_right(self.calls, now - self.limit.seconds)]
        room = self.limit.calls - self.held
        if room <= 0:
            return math.inf
        busy = len(self.calls) - room
        free = now if busy < 0 else self.calls[busy] + self.limit.seconds
        return max(now, free, self.paused_until)

    def lenient(self, now: float) -> bool:
        """Tell whether Slack has not objected lately."""
        return self.limit.probes and now >= max(self.strict_until, self.paused_until)

    def may_probe(self, now: float) -> bool:
        """Tell whether one more call beyond the published figure may be tried now."""
        return self.lenient(now) and self.probing < self.grant

    def wake(self) -> None:
        """Let the waiting ones look again, as many as may probe."""
        room = max(1, self.grant - self.probing)
        while self.waiters and room:
            waiter = self.waiters.popleft()
            room -= not waiter.is_set()  # else it waits no more
            waiter.set()

    def idle(self, now: float) -> bool:
        """Tell whether nothing is remembered here that a fresh window would not know."""
        counted_until = max(self.calls, default=-math.inf) + self.limit.seconds
        busy = self.held or self.probing or self.waiters
        return not busy and now >= max(self.strict_until, self.paused_until, counted_until)


class Budget:
    """Hand out the right to call Slack; one for each workspace, shared by all its replies."""

    def __init__(self, clock: Clock, limits: Mapping[str, Limit] = DOCUMENTED) -> None:
        self._clock = clock
        self._limits = limits
        self._windows: dict[tuple[str, str], _Window] = {}
        self._sharers: dict[str, int] = {}
        self._off: dict[tuple[str, str], float] = {}  # methods in channels, "" for all; until when

    def try_take(self, method: str, channel: str = "", count: int = 1) -> bool:
        """Take `count` calls if they can be made this moment."""
        now = self._clock.now()
        if self._slot(method, channel, now) > now:  # which also forgets the calls that are over
            return False
        window = self._window(method, channel)
        if count > 1 and window.limit.calls - window.held - len(window.calls) < count:
            return False
        for _ in range(count):
            self._commit(method, channel, now, now)
        return True

    async def take(self, method: str, channel: str = "", patience: float = math.inf) -> bool:
        """Wait until the call may be made.

        False if that takes longer than `patience` seconds, at once where this is certain.
        """
        deadline = self._clock.now() + patience
        while True:
            now = self._clock.now()
            slot = self._slot(method, channel, now)
            if slot <= now:
                self._commit(method, channel, now, now)
                return True
            window = self._window(method, channel)
            if window.lenient(now):
                if now >= deadline:
                    return False
                await self._wait(window, min(slot, deadline, now + 1.0) - now)
            elif slot > deadline:
                return False
            elif await self._promised(method, channel, slot, now):
                return True

    async def _promised(self, method: str, channel: str, slot: float, now: float) -> bool:
        """Wait for a call of one's own; False where Slack has asked for a pause meanwhile."""
        self._commit(method, channel, slot, now)
        kept = False
        try:
            await self._clock.sleep(slot - now)
            kept = not self.paused_for(method, channel)
        finally:
            if not kept:
                self._give_back(method, channel, slot)
        return kept

    def _give_back(self, method: str, channel: str, slot: float) -> None:
        window, *others = self._needed(method, channel)
        if slot in window.calls:
            window.calls.remove(slot)
        for other in others:
            other.held = max(0, other.held - 1)

    def redeem(self, method: str) -> None:
        """Use the call that a start has held for its end."""
        window = self._window(method, "")
        window.held = max(0, window.held - 1)
        insort(window.calls, self._clock.now())

    def forgo(self, method: str) -> None:
        """Give back a held call that is not needed."""
        window = self._window(method, "")
        window.held = max(0, window.held - 1)

    def answered(self, method: str, channel: str = "") -> None:
        """Note that Slack took a call: that much, and a little more, is allowed."""
        window = self._window(method, channel)
        if window.probing:
            window.probing -= 1
            window.grant += 1
        window.wake()

    def unanswered(self, method: str, channel: str = "") -> None:
        """Note a call that nobody knows the end of: it tells nothing of what is allowed."""
        window = self._window(method, channel)
        window.probing = max(0, window.probing - 1)

    def refused(self, method: str, retry_after: float, channel: str = "") -> None:
        """Note a refusal (429): pause this method for everyone and keep to its figure."""
        now = self._clock.now()
        window = self._window(method, channel)
        window.paused_until = max(window.paused_until, now + retry_after)
        window.strict_until = now + STRICT_S
        window.grant, window.probing = 1, 0

    def switch_off(self, method: str, seconds: float, channel: str = "") -> None:
        """Note that this workspace, or only a channel of it, does not offer a method for now."""
        self._off[method, channel] = self._clock.now() + seconds

    def is_off(self, method: str, channel: str) -> bool:
        """Tell whether a method is not offered now, in a channel or at all."""
        until = max(self._off.get((method, where), -math.inf) for where in ("", channel))
        return self._clock.now() < until

    def paused_for(self, method: str, channel: str = "") -> float:
        """Return for how many seconds Slack still asks to leave a method alone."""
        window = self._window(method, channel)
        return max(0.0, window.paused_until - self._clock.now())

    def share(self, method: str) -> None:
        """Count one more writer that calls this method again and again."""
        self._sharers[method] = self._sharers.get(method, 0) + 1

    def unshare(self, method: str) -> None:
        """Count one writer less."""
        self._sharers[method] = max(0, self._sharers.get(method, 0) - 1)

    def interval(self, method: str) -> float:
        """Return the seconds that one writer leaves between two calls.

        All writers together stay within the limit then.
        """
        limit = self._limits.get(method, UNKNOWN_METHOD)
        share = limit.seconds / limit.calls * max(1, self._sharers.get(method, 0))
        return max(limit.pause, share)

    def _window(self, method: str, channel: str) -> _Window:
        limit = self._limits.get(method, UNKNOWN_METHOD)
        key = (method, channel if limit.per_channel else "")
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= MOST_WINDOWS:
                self._forget_idle()
            window = self._windows[key] = _Window(limit)
        return window

    def _forget_idle(self) -> None:
        now = self._clock.now()
        self._windows = {key: kept for key, kept in self._windows.items() if not kept.idle(now)}

    def _needed(self, method: str, channel: str) -> list[_Window]:
        window = self._window(method, channel)
        held = window.limit.holds
        return [window] if held is None else [window, self._window(held, "")]

    def _slot(self, method: str, channel: str, now: float) -> float:
        slots = [(one.slot(now), one.may_probe(now)) for one in self._needed(method, channel)]
        return max(now if may_probe else slot for slot, may_probe in slots)

    def _commit(self, method: str, channel: str, slot: float, now: float) -> None:
        window, *others = self._needed(method, channel)
        if slot <= now and window.slot(now) > now:
            window.probing += 1
        insort(window.calls, slot)
        for other in others:
            other.held += 1

    async def _wait(self, window: _Window, seconds: float) -> None:
        waiter = asyncio.Event()
        window.waiters.append(waiter)
        try:
            await wait(waiter, seconds, self._clock)
        finally:
            waiter.set()
