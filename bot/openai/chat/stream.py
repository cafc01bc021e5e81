"""A streamed answer: its text piece by piece, then the whole of it.

A stream is one call with possibly several attempts: as long as nothing was handed out, a failure is
tried again like any other, and a refusal may teach us to ask differently. After the first piece
a failure is a `StreamError` that keeps the text. The body decides what it is, not its content type:
servers answer a stream request with events, with one JSON object, or with a proxy's HTML.
"""

import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from bot.openai.chat.asking import Asking
from bot.openai.chat.assembly import Assembly
from bot.openai.chat.completion import ChatCompletion
from bot.openai.errors import OpenAIError, StreamError
from bot.openai.wire.api import API
from bot.openai.wire.refusals import refusal_inside
from bot.openai.wire.sse import SSEDecoder
from bot.openai.wire.transport import Response

LONGEST_WHOLE_ANSWER = 64 * 1024 * 1024


@dataclass(slots=True)
class Habits:
    """What the streams of one server have shown.

    A server that has once said where an answer ends ([DONE], finish_reason) always says it: an
    answer without it was cut short. Of a server that never has, the end of the body must do; but
    one whose pieces have a place for it (finish_reason null) is asked again the first time.
    """

    closes_answers: bool = False
    leaves_answers_open: bool = False


class ChatStream:
    """Iterate over the pieces of the answer's text; `completion` is the answer afterwards."""

    def __init__(self, api: API, asking: Asking, habits: Habits) -> None:
        self._api = api
        self._asking = asking
        self._habits = habits
        self._attempt: _Attempt | None = None
        self._handed_out = False
        self._completion: ChatCompletion | None = None

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

    async def __anext__(self) -> str:
        while self._completion is None:
            try:
                text = await self._advance()
            except OpenAIError as error:
                await self._recover(error)
                continue
            if text:
                self._handed_out = True
                return text
        raise StopAsyncIteration

    @property
    def completion(self) -> ChatCompletion:
        """Return the whole answer, once the pieces have been read."""
        if self._completion is None:
            raise RuntimeError("Read the stream to its end before asking for the completion.")
        return self._completion

    async def aclose(self) -> None:
        """Let go of the connection; an unfinished answer is broken off."""
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            await attempt.response.aclose()

    async def _advance(self) -> str:
        if self._attempt is None:
            response = await self._api.connect(self._asking.ask(), self._asking.call)
            self._asking.accepted()
            self._attempt = _Attempt(self._api, response, self._habits)
        text = await self._attempt.read()
        if self._attempt.ended:
            self._completion = self._attempt.completion(self._asking.left_out)
            self._attempt.response.release()
            self._attempt = None
        return text

    async def _recover(self, error: OpenAIError) -> None:
        attempt = self._attempt
        await self.aclose()
        if attempt is not None:
            error.request_id = error.request_id or attempt.request_id
        if self._handed_out and attempt is not None:
            raise StreamError(
                f"The answer broke off: {error.message}",
                partial=attempt.assembly.text,
                cause=error,
            ) from error
        await self._asking.recover(error)


class _Attempt:
    """One response being read: bytes to events to chunks to text."""

    def __init__(self, api: API, response: Response, habits: Habits) -> None:
        self.response = response
        self._habits = habits
        self.request_id = response.headers.get("x-request-id")
        self.assembly = Assembly()
        self.ended = False
        self._api = api
        self._decoder = SSEDecoder()
        self._start = b""
        self._sniffed = False
        self._events = 0
        self._may_stay_open = habits.leaves_answers_open

    async def read(self) -> str:
        """Return the text that the next piece of the body brings; empty when it brings none."""
        data = await self.response.read()
        if not self._sniffed:
            data = await self._sniff(data)
            if self.ended:
                return self.assembly.text
        events = self._decoder.feed(data) if data else self._decoder.end()
        text = "".join([self._event(event) for event in events if not self.ended])
        if not data and not self.ended:
            self._end_without_done()
        return text

    def completion(self, left_out: tuple[str, ...]) -> ChatCompletion:
        """Return the answer, which has ended."""
        if self._events and not self.assembly.has_choices:
            raise self._api.incomplete("an empty answer", self.response)
        if self.assembly.finished:
            self._habits.closes_answers = True
        return self.assembly.completion(self.request_id, left_out)

    async def _sniff(self, data: bytes) -> bytes:
        """Find out what the body is by its first visible byte; read it whole if it is no stream."""
        self._start += data
        visible = self._start.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not visible and data:
            return b""
        self._sniffed = True
        if visible[:1] in (b"{", b"[", b"<"):
            rest = await self.response.read_all(LONGEST_WHOLE_ANSWER)
            answer = self._api.decode(self._start + rest, self.response)
            self._feed(answer.data)
            self.ended = True
        return self._start

    def _event(self, event: str) -> str:
        self._events += 1
        if event.startswith("[DONE]"):
            self.ended = self._habits.closes_answers = True
            return ""
        try:
            chunk = json.loads(event)
        except (ValueError, RecursionError):
            return ""  # a junk line between good ones is no reason to lose the answer
        return self._feed(chunk)

    def _feed(self, chunk: Any) -> str:
        if not isinstance(chunk, dict):
            return ""
        if chunk.get("error"):
            raise refusal_inside(self._api.endpoint, chunk["error"], self.response.headers)
        return self.assembly.feed(chunk)

    def _end_without_done(self) -> None:
        """Accept the end of a body without [DONE], unless the answer is plainly not whole."""
        if not self._events and self._start.strip():
            raise self._api.strange(self._start, self.response)
        if not self.assembly.begun:
            raise self._api.incomplete("an empty answer", self.response)
        if not self.assembly.finished and (self.assembly.torn or self._cut_short()):
            raise self._api.incomplete("an answer that stops in the middle", self.response)
        self.ended = True

    def _cut_short(self) -> bool:
        """Tell whether an answer whose end the server has not marked must be taken for a part."""
        self._habits.leaves_answers_open = True
        doubtful = self.assembly.promises_end and not self._may_stay_open
        return doubtful or self._habits.closes_answers
