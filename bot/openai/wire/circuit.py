"""A circuit breaker for one host: after many failures in a row, leave it alone for a while.

Closed: requests go through. Open: they are refused at once, and the refusal says when the next try
is due. Half open: one request may probe; its success closes the circuit, its failure opens it
for twice as long. Only what says that the host is down counts as a failure; answers that are slow
or refuse the request do not (`Transport` decides). The clock is handed in.
"""

from collections.abc import Callable

from bot.openai.wire.limits import Limits


class Circuit:
    """Count the failures of one host and say whether a request may go to it."""

    def __init__(self, clock: Callable[[], float], limits: Limits) -> None:
        self._clock = clock
        self._limits = limits
        self._pause = limits.circuit_pause
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    def enter(self) -> float:
        """Return 0 when the request may go, else the seconds until the next one may."""
        if self._open_until is None:
            return 0.0
        left = self._open_until - self._clock()
        if left > 0.0:
            return left
        if self._probing:
            return self._limits.circuit_pause
        self._probing = True
        return 0.0

    def succeeded(self) -> None:
        """Note that the host answered."""
        self._failures = 0
        self._pause = self._limits.circuit_pause
        self._open_until = None
        self._probing = False

    def failed(self) -> None:
        """Note that the host could not be reached, or failed."""
        self._failures += 1
        if self._probing:
            self._pause = min(self._pause * 2.0, self._limits.circuit_longest_pause)
        is_enough = self._failures >= self._limits.circuit_failures
        if self._probing or (self._open_until is None and is_enough):
            self._open_until = self._clock() + self._pause
        self._probing = False

    def ended(self) -> None:
        """Note that a request ended without telling anything about the host."""
        self._probing = False
