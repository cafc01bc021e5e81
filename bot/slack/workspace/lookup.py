"""Answers of Slack, each remembered a while, and asked for once by all who want it at a time.

Where Slack does not tell, the last word counts, and Slack is asked again soon.
"""

import asyncio
import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.send import reason_of
from bot.slack.workspace.single_flight import SingleFlight
from storage.engine import WallClock

logger = logging.getLogger(__name__)

T = TypeVar("T")

_REMEMBERED = 2_000
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Answer(Generic[T]):
    value: T
    told: int  # when Slack told
    asked: int
    due: int  # when to ask again


@dataclass(eq=False, repr=False)
class Lookup(Generic[T]):
    """Answers to one kind of question, by what they are about."""

    clock: WallClock
    unknown: T  # the answer where there is none
    fresh_ms: int
    again_ms: int  # after Slack did not tell
    stale_ms: float = math.inf  # for so long the last word counts then
    level: int = logging.INFO  # of the line that tells it first
    _known: OrderedDict[Hashable, _Answer[T]] = field(init=False, default_factory=OrderedDict)
    _asking: SingleFlight[T] = field(init=False, default_factory=SingleFlight)

    async def get(self, key: Hashable, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the answer to `question`, which is about `key`."""
        known = self._known.get(key)
        if known is not None and known.asked <= self.clock() < known.due:  # else it was put back
            return known.value
        return await self._asking.ask(key, lambda: self._ask(key, question))

    async def each(
        self, team: str, ids: Iterable[str], question: Callable[[str], Coroutine[Any, Any, T]]
    ) -> dict[str, T]:
        """Return the answers about several things of a team, by their ids."""
        wanted = list(ids)
        answers = await asyncio.gather(
            *(self.get((team, one), partial(question, one)) for one in wanted)
        )
        return dict(zip(wanted, answers, strict=True))

    async def _ask(self, key: Hashable, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        now = self.clock()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                answer = _Answer(await question(), now, now, now + self.fresh_ms)
        except NO_ANSWER as error:
            known = self._known.get(key)
            level = self.level if known is None else logging.INFO
            logger.log(level, "not_looked_up", extra={"about": key, "reason": reason_of(error)})
            if known is None or now - known.told > self.stale_ms:
                known = _Answer(self.unknown, 0, now, now)
            answer = _Answer(known.value, known.told, now, now + self.again_ms)
        self._known[key] = answer
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return answer.value
