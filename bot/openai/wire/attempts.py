"""Answers that are read while they come.

A stream is one call with possibly several attempts: as long as nothing was handed out, a failure is
tried again like any other; after the first piece it is a `StreamError`.
The body decides what it is, not its content type: servers answer a stream request with events, with
one JSON object, or with a proxy's HTML.
"""

from abc import ABC, abstractmethod
from typing import Any, Generic, Self, TypeVar

from bot.openai.errors import OpenAIError, StreamError
from bot.openai.wire.api import API, LONGEST_ANSWER
from bot.openai.wire.sse import LONGEST_EVENT, SSEDecoder
from bot.openai.wire.transport import Response

Piece = TypeVar("Piece")
STREAM = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}


class Attempts(ABC, Generic[Piece]):
    """One answer in pieces: `async with` it, then iterate."""

    def __init__(self, api: API) -> None:
        self.request_id: str | None = None
        self._api = api
        self._response: Response | None = None
        self._handed_out = False
        self._ended = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Piece:
        while not self._ended:
            try:
                piece = await self._advance()
            except OpenAIError as error:
                await self._recover(error)
                continue
            if piece:
                self._handed_out = True
                return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Let go of the connection; an unfinished answer is broken off."""
        response, self._response = self._response, None
        if response is not None:
            await response.aclose()

    @abstractmethod
    async def _advance(self) -> Piece | None:
        """Connect if there is no response, else read on; return what that brings, if anything."""

    @abstractmethod
    async def _try_again(self, error: OpenAIError) -> None:
        """Make the next attempt possible, or raise."""

    def _began(self, response: Response) -> Response:
        self._response = response
        self.request_id = response.request_id
        return response

    async def _recover(self, error: OpenAIError) -> None:
        if self._response is not None:
            error.request_id = error.request_id or self.request_id
            error.sent = self._response.sent
        await self.aclose()
        if self._handed_out:
            raise StreamError(f"The answer broke off: {error.message}", cause=error) from error
        await self._try_again(error)

    def _release(self) -> None:
        """Let the connection be used again: the answer is over."""
        if self._response is not None:
            self._response.release()
            self._response = None


class Attempt(ABC, Generic[Piece]):
    """One response being read: bytes to events to pieces."""

    def __init__(self, api: API, response: Response, longest_event: int = LONGEST_EVENT) -> None:
        self.ended = False
        self._api = api
        self._response = response
        self._decoder = SSEDecoder(longest_event)
        self._start = b""
        self._sniffed = False

    async def read(self) -> list[Piece]:
        """Return what the next piece of the body brings."""
        data = await self._response.read()
        if not self._sniffed:
            self._start += data
            visible = self._start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
            if data and not visible:
                return []
            self._sniffed = True
            if visible and visible in b"{[<":
                return await self._read_whole()
            data = self._start
        texts = self._decoder.feed(data) if data else self._decoder.end()
        pieces = [self._event(text) for text in texts if not self.ended]
        if not data and not self.ended:
            self._end()
        return pieces

    async def _read_whole(self) -> list[Piece]:
        rest = await self._response.read_all(LONGEST_ANSWER)
        answer = self._api.decode(self._start + rest, self._response)
        self.ended = True
        return self._whole(answer.data)

    @abstractmethod
    def _event(self, text: str) -> Piece:
        """Take an event in and return what it brings."""

    @abstractmethod
    def _whole(self, data: Any) -> list[Piece]:
        """Take an answer in that was sent as one JSON text."""

    @abstractmethod
    def _end(self) -> None:
        """Accept the end of the body unless the answer is plainly not whole."""
