"""Faults on order: the next calls of a method fail, wait or lose their connection."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from playground.slack.refusal import Json

Cut = Literal["before", "after"]
_WORDS_BY_STATUS = {429: "ratelimited", 503: "service_unavailable"}


@dataclass(slots=True)
class Fault:
    """What shall go wrong with a method, and how often (`times=None`: until healed).

    `cut` closes the connection without an answer: "before" the call has any effect, or "after".
    """

    method: str
    error: str | None = None
    status: int | None = None
    delay: float = 0.0
    times: int | None = 1
    retry_after: int | None = None
    cut: Cut | None = None
    when: Callable[[Json], bool] | None = None
    hits: int = 0

    @property
    def refuses(self) -> bool:
        """Tell whether the call gets an error as its answer."""
        return self.error is not None or self.status is not None or self.retry_after is not None

    @property
    def http_status(self) -> int:
        """Return the answer's HTTP status: 429 where a Retry-After was given."""
        return self.status or (429 if self.retry_after is not None else 200)

    @property
    def body(self) -> Json:
        """Return the answer's body."""
        word = self.error or _WORDS_BY_STATUS.get(self.http_status, "internal_error")
        return {"ok": False, "error": word}


class Faults:
    """The faults in force, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force."""
        self._faults.append(fault)
        return fault

    def heal(self, method: str | None = None) -> None:
        """End the faults of one method, or all."""
        self._faults = [f for f in self._faults if method is not None and f.method != method]

    def take(self, method: str, arguments: Json) -> Fault | None:
        """Return the fault that hits this call, if any, and count it."""
        for fault in self._faults:
            if not fnmatchcase(method, fault.method):
                continue
            if fault.when is not None and not fault.when(arguments):
                continue
            fault.hits += 1
            if fault.times is not None and fault.hits >= fault.times:
                self._faults.remove(fault)
            return fault
        return None


async def wait(fault: Fault | None) -> None:
    """Let the ordered delay pass."""
    if fault is not None and fault.delay:
        await asyncio.sleep(fault.delay)
