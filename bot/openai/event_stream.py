"""Streams of typed events: images as they appear, transcripts and completions as they are made.

A server that does not stream and answers with one JSON object gives the events that this object
means (`whole`).
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.openai.errors import OpenAIError
from bot.openai.objects import APIObject
from bot.openai.resource import read, wait_again
from bot.openai.wire.api import API, Answer, Ask
from bot.openai.wire.attempts import Attempt, Attempts
from bot.openai.wire.refusals import refusal_inside
from bot.openai.wire.transport import Response

Event = TypeVar("Event", bound=APIObject)
LONGEST_EVENT = 128 * 1024 * 1024  # bytes; one that holds pictures


@dataclass(frozen=True, slots=True)
class Reading(Generic[Event]):
    """How one operation's events are read.

    `final` tells the event that makes an answer whole (None: the body's end will do), `whole` the
    events that an unstreamed answer means.
    """

    kind: type[Event]
    whole: Callable[[dict[str, Any]], list[dict[str, Any]]]
    final: Callable[[Event], bool] | None = None


class EventStream(Attempts[Event]):
    """Events of one answer: `async with` it, then iterate.

    `answers` is how many final events there will be.
    """

    def __init__(self, api: API, ask: Ask, reading: Reading[Event], *, answers: int = 1) -> None:
        super().__init__(api)
        self._ask = ask
        self._call = api.call(extra=ask.way)
        self._reading = reading
        self._answers = answers
        self._attempt: _Attempt[Event] | None = None
        self._ready: deque[Event] = deque()

    async def _advance(self) -> Event | None:
        if not self._ready:
            await self._read_on()
        return self._ready.popleft() if self._ready else None

    async def _read_on(self) -> None:
        if self._attempt is None:
            response = self._began(await self._api.connect(self._ask, self._call))
            self._attempt = _Attempt(self._api, response, self._reading, self._answers)
        elif self._attempt.ended:
            self._ended = True
            return
        self._ready.extend(event for event in await self._attempt.read() if event is not None)
        if self._attempt.ended:
            self._release()

    async def _try_again(self, error: OpenAIError) -> None:
        self._attempt = None
        await wait_again(self._call, error, self._ask)


class _Attempt(Attempt[Event | None]):
    """Texts of events to events of a kind."""

    def __init__(self, api: API, response: Response, reading: Reading[Event], answers: int) -> None:
        super().__init__(api, response, LONGEST_EVENT)
        self._reading = reading
        self._answers = answers
        self._events = 0
        self._finals = 0

    def _whole(self, data: Any) -> list[Event | None]:
        if not isinstance(data, dict):
            raise self._api.strange(self._start, self._response)
        return [self._read(event) for event in self._reading.whole(data)]

    def _event(self, text: str) -> Event | None:
        if text.startswith("[DONE]"):
            self._end()
            return None
        data = _object(text)
        if data is None:
            return None  # a junk line between good ones is no reason to lose the answer
        if data.get("error") or data.get("type") == "error":
            error = data.get("error") or data
            raise refusal_inside(self._api.endpoint, error, self._response.headers)
        event = self._read(data)
        self._events += 1
        if self._reading.final is not None and self._reading.final(event):
            self._finals += 1
            self.ended = self._finals >= self._answers
        return event

    def _read(self, data: dict[str, Any]) -> Event:
        return read(self._reading.kind, Answer(data, self._response.request_id))

    def _end(self) -> None:
        """Accept the end of the body unless the answer is plainly not whole."""
        if not self._events:
            raise self._api.strange(self._start, self._response)
        if self._reading.final is not None and not self._finals:
            raise self._api.incomplete("an answer that stops in the middle", self._response)
        self.ended = True


def _object(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
