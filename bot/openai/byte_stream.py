"""Audio in pieces, as it is made: plain bytes, or events that carry them (`stream_format` sse)."""

import base64
import binascii
import json
from types import TracebackType
from typing import Any, Self

from bot.openai.errors import APIResponseValidationError, OpenAIError, StreamError
from bot.openai.operations import understood
from bot.openai.raw import content_type, refuse_json, request_id
from bot.openai.wire.api import API, Ask
from bot.openai.wire.refusals import refusal_inside
from bot.openai.wire.sse import SSEDecoder
from bot.openai.wire.transport import Response


class ByteStream:
    """Pieces of audio; `content_type` is known from the first, `usage` at the end of events."""

    def __init__(self, api: API, ask: Ask) -> None:
        self.content_type = ""
        self.request_id: str | None = None
        self.usage: dict[str, Any] | None = None
        self._api = api
        self._ask = ask
        self._call = api.call()
        self._response: Response | None = None
        self._events: SSEDecoder | None = None
        self._handed_out = False
        self._done = False
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

    async def __anext__(self) -> bytes:
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

    async def _advance(self) -> bytes:
        if self._response is None:
            self._response = await self._api.connect(self._ask, self._call)
            self.content_type = content_type(self._response)
            self.request_id = request_id(self._response)
            self._events = SSEDecoder() if self.content_type == "text/event-stream" else None
            await refuse_json(self._api, self._response)
        data = await self._response.read()
        piece = data if self._events is None else self._audio_in(self._events, data)
        if not data:
            self._end(piece, self._response)
            await self.aclose()
        return piece

    def _end(self, piece: bytes, response: Response) -> None:
        if not self._handed_out and not piece:
            raise self._api.incomplete("an empty answer", response)
        if self._events is not None and not self._done:
            raise self._api.incomplete("audio that stops in the middle", response)
        self._ended = True

    def _audio_in(self, decoder: SSEDecoder, data: bytes) -> bytes:
        events = decoder.feed(data) if data else decoder.end()
        return b"".join(self._audio_of(event) for event in events)

    def _audio_of(self, event: str) -> bytes:
        try:
            content = json.loads(event)
        except ValueError:
            self._done = self._done or event.startswith("[DONE]")
            return b""
        if not isinstance(content, dict):
            return b""
        if content.get("error"):
            headers = self._response.headers if self._response else {}
            raise refusal_inside(self._api.endpoint, content["error"], headers)
        self.usage = content.get("usage") or self.usage
        self._done = self._done or content.get("type") == "speech.audio.done"
        try:
            return base64.b64decode(content.get("audio") or "")
        except (binascii.Error, TypeError) as error:
            raise APIResponseValidationError("The server's audio is no base64.") from error

    async def _recover(self, error: OpenAIError) -> None:
        await self.aclose()
        error.request_id = error.request_id or self.request_id
        if self._handed_out:
            raise StreamError(
                f"The audio broke off: {error.message}", partial="", cause=error
            ) from error
        try:
            await self._call.wait(error)
        except OpenAIError as final:
            raise understood(final, self._ask) from final.__cause__
