"""POST /v1/audio/speech: words as sound, in one piece or as events."""

import base64
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from playground.openai.audio.containers import FORMATS
from playground.openai.audio.sound import samples
from playground.openai.checks.shape import choice, decimal, nested, text
from playground.openai.errors import bad_request
from playground.openai.models import Models
from playground.openai.pace import Pace
from playground.openai.reading import read_object
from playground.openai.sending import send_events
from playground.openai.tokens import count

VOICES = (
    "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse",
    "marin", "cedar",
)  # fmt: skip
PIECE = 16_384


def voice(value: Any, param: str) -> None:
    """Take a voice by its name or by the id of one's own."""
    if isinstance(value, dict):
        nested({"id": text(least=1)}, ("id",))(value, param)
    else:
        choice(*VOICES)(value, param)


FIELDS = {
    "input": text(4_096, least=1),
    "model": text(),
    "voice": voice,
    "instructions": text(4_096),
    "response_format": choice(*FORMATS),
    "speed": decimal(0.25, 4),
    "stream_format": choice("audio", "sse"),
}


class Speech:
    """Speech."""

    def __init__(self, models: Models, pace: Pace) -> None:
        self.models = models
        self.pace = pace

    def routes(self) -> list[web.RouteDef]:
        """Give the address of this resource."""
        return [web.post("/v1/audio/speech", self.create)]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Speak."""
        body = await read_object(request, FIELDS, ("model", "input", "voice"))
        card = self.models.answering(body["model"], "speech")
        as_events = body.get("stream_format") == "sse"
        if as_events and "events" not in card.traits:
            raise bad_request(
                f"'stream_format' sse is not supported with the model '{card.id}'.",
                "stream_format",
                "unsupported_value",
            )
        kind, data = spoken(body)
        if as_events:
            return await send_events(request, list(events(body, data)), self.pace)
        return web.Response(body=data, content_type=kind)


def spoken(body: dict[str, Any]) -> tuple[str, bytes]:
    """Give the content type and the bytes."""
    kind, write = FORMATS[body.get("response_format") or "mp3"]
    name = body["voice"]["id"] if isinstance(body["voice"], dict) else body["voice"]
    words = body["input"]
    return kind, write(samples(words, name, body.get("speed") or 1.0), words)


def events(body: dict[str, Any], data: bytes) -> Iterator[dict[str, Any]]:
    """Give the bytes in pieces, then what they cost."""
    for start in range(0, len(data), PIECE):
        piece = base64.b64encode(data[start : start + PIECE]).decode()
        yield {"type": "speech.audio.delta", "audio": piece}
    heard, made = count(body["input"]), 20 * len(body["input"].split())
    usage = {"input_tokens": heard, "output_tokens": made, "total_tokens": heard + made}
    yield {"type": "speech.audio.done", "usage": usage}
