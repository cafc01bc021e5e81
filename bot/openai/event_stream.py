"""Streams of typed events: images as they appear, transcripts and completions as they are made.

As in `chat_stream`, a stream is one call with possibly several attempts: until an event was handed
out a failure is tried again, afterwards it is a `StreamError` that keeps the text. A server that
does not stream and answers with one JSON object gives the events that this object means (`whole`).
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from bot.openai.errors import OpenAIError, StreamError
from bot.openai.objects import APIObject
from bot.openai.operations import SLOWEST_UPLOAD, read, understood
from bot.openai.wire.api import API, Answer, Ask
from bot.openai.wire.refusals import refusal_inside
from bot.openai.wire.sse import SSEDecoder
from bot.openai.wire.transport import Response

Event = TypeVar("Event", bound=APIObject)
LONGEST_WHOLE_ANSWER = 256 * 1024 * 1024
STREAM = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Reading(Generic[Event]):
    """How one operation's events are read.

    `final` tells the event that makes an answer whole (None: the body's end will do), `text` the
    piece of text in an event, `whole` the events that an unstreamed answer means.
    """

    kind: type[Event]
    whole: Callable[[dict[str, Any]], list[dict[str, Any]]]
    final: Callable[[Event], bool] | None = None
    text: Callable[[Event], str] = lambda event: ""
    longest_event: int = 128 * 1024 * 1024


class EventStream(Generic[Event]):
    """Events of one answer: `async with` it, then iterate.

    `size` is what is sent, in bytes; `answers` is how many final events there will be.
    """

    def __init__(
        self, api: API, ask: Ask, reading: Reading[Event], *, size: int = 0, answers: int = 1
    ) -> None:
        self.request_id: str | None = None
        self._api = api
        self._ask = ask
        self._call = api.call(extra=size / SLOWEST_UPLOAD)
        self._reading = reading
        self._answers = answers
        self._attempt: _Attempt[Event] | None = None
        self._ready: deque[Event] = deque()
        self._texts: list[str] = []
        self._handed_out = False
        self._ended = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            try:
                await self._advance()
            except OpenAIError as error:
                await self._recover(error)
        event = self._ready.popleft()
        self._handed_out = True
        self._texts.append(self._reading.text(event))
        return event

    @property
    def text(self) -> str:
        """Return the text of the events so far."""
        return "".join(self._texts)

    async def aclose(self) -> None:
        """Let go of the connection; an unfinished answer is broken off."""
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            await attempt.response.aclose()

    async def _advance(self) -> None:
        if self._attempt is None:
            response = await self._api.connect(self._ask, self._call)
            self._attempt = _Attempt(self._api, response, self._reading, self._answers)
            self.request_id = response.headers.get("x-request-id")
        self._ready.extend(await self._attempt.read())
        if self._attempt.ended:
            self._ended = True
            self._attempt.response.release()
            self._attempt = None

    async def _recover(self, error: OpenAIError) -> None:
        await self.aclose()
        error.request_id = error.request_id or self.request_id
        if self._handed_out:
            raise StreamError(
                f"The answer broke off: {error.message}", partial=self.text, cause=error
            ) from error
        try:
            await self._call.wait(error)
        except OpenAIError as final:
            raise understood(final, self._ask) from final.__cause__


class _Attempt(Generic[Event]):
    """One response being read: bytes to events."""

    def __init__(self, api: API, response: Response, reading: Reading[Event], answers: int) -> None:
        self.response = response
        self.ended = False
        self._api = api
        self._reading = reading
        self._decoder = SSEDecoder(reading.longest_event)
        self._start = b""
        self._sniffed = False
        self._events = 0
        self._answers = answers
        self._finals = 0

    async def read(self) -> list[Event]:
        """Return the events that the next piece of the body completes."""
        data = await self.response.read()
        if not self._sniffed:
            self._start += data
            if data and not self._visible:
                return []
            self._sniffed = True
            if self._visible[:1] in (b"{", b"<"):
                return await self._whole()
            data, self._start = self._start, self._start[:64]
        texts = self._decoder.feed(data) if data else self._decoder.end()
        events = [event for text in texts for event in self._event(text)]
        if not data and not self.ended:
            self._end()
        return events

    @property
    def _visible(self) -> bytes:
        return self._start.lstrip(b"\xef\xbb\xbf \t\r\n")

    async def _whole(self) -> list[Event]:
        rest = await self.response.read_all(LONGEST_WHOLE_ANSWER)
        answer = self._api.decode(self._start + rest, self.response)
        if not isinstance(answer.data, dict):
            raise self._api.strange(self._start, self.response)
        self.ended = True
        events = self._reading.whole(answer.data)
        return [read(self._reading.kind, Answer(event, answer.request_id)) for event in events]

    def _event(self, text: str) -> list[Event]:
        if self.ended:
            return []
        if text.startswith("[DONE]"):
            self._end()
            return []
        data = _object(text)
        if data is None:
            return []  # a junk line between good ones is no reason to lose the answer
        if data.get("error") or data.get("type") == "error":
            error = data.get("error") or data
            raise refusal_inside(self._api.endpoint, error, self.response.headers)
        event = read(self._reading.kind, Answer(data, self.response.headers.get("x-request-id")))
        self._events += 1
        if self._reading.final is not None and self._reading.final(event):
            self._finals += 1
            self.ended = self._finals >= self._answers
        return [event]

    def _end(self) -> None:
        """Accept the end of the body unless the answer is plainly not whole."""
        if not self._events and self._start.strip():
            raise self._api.strange(self._start, self.response)
        if not self._events:
            raise self._api.incomplete("an empty answer", self.response)
        if self._reading.final is not None and not self._finals:
            raise self._api.incomplete("an answer that stops in the middle", self.response)
        self.ended = True


def _object(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
