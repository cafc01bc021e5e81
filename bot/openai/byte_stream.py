"""Audio in pieces, as it is made: plain bytes, or events that carry them (`stream_format` sse)."""

import base64
import json
from typing import Any

from bot.openai.errors import APIResponseValidationError, OpenAIError
from bot.openai.raw import refuse_json
from bot.openai.resource import wait_again
from bot.openai.wire.api import API, Ask
from bot.openai.wire.attempts import Attempts
from bot.openai.wire.refusals import refusal_inside
from bot.openai.wire.sse import SSEDecoder
from bot.openai.wire.transport import Response


class ByteStream(Attempts[bytes]):
    """Pieces of audio; `content_type` is known from the first, `usage` at the end of events."""

    def __init__(self, api: API, ask: Ask) -> None:
        super().__init__(api)
        self.content_type = ""
        self.usage: dict[str, Any] | None = None
        self._ask = ask
        self._call = api.call()
        self._events: SSEDecoder | None = None
        self._done = False

    async def _advance(self) -> bytes:
        response = self._response or await self._connect()
        data = await response.read()
        piece = data if self._events is None else self._audio_in(self._events, data)
        if not data:
            self._end(piece, response)
            await self.aclose()
        return piece

    async def _connect(self) -> Response:
        response = self._began(await self._api.connect(self._ask, self._call))
        self.content_type = response.content_type
        self._events = SSEDecoder() if self.content_type == "text/event-stream" else None
        await refuse_json(self._api, response)
        return response

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
        except (ValueError, RecursionError):
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
        except (ValueError, TypeError) as error:
            raise APIResponseValidationError("The server's audio is no base64.") from error

    async def _try_again(self, error: OpenAIError) -> None:
        await wait_again(self._call, error, self._ask)
