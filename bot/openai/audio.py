"""Audio: write down what was said, translate it into English, and speak."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar, Unpack

from bot.openai.audio_objects import TranscriptEvent, Transcription, Translation, done_event
from bot.openai.audio_request import (
    SpeechParameters,
    TranscriptionParameters,
    TranslationParameters,
    transcription_form,
    translation_form,
)
from bot.openai.byte_stream import ByteStream
from bot.openai.errors import InvalidRequestError
from bot.openai.event_stream import EventStream, Reading
from bot.openai.raw import Raw, raw, refuse_json
from bot.openai.resource import Resource, read
from bot.openai.rules import checked
from bot.openai.wire.api import API, Answer, Ask
from bot.openai.wire.attempts import STREAM
from bot.openai.wire.multipart import Form
from bot.openai.wire.transport import Response

T = TypeVar("T", bound=Transcription)
PLAIN_FORMATS = ("text", "srt", "vtt")
READING = Reading(TranscriptEvent, whole=done_event, final=lambda event: event.is_final)


class Listening(Resource):
    """What writes down speech."""

    async def _written(
        self, kind: type[T], operation: str, form: Form, parameters: Mapping[str, Any]
    ) -> T:
        ask = form.ask("audio", operation, first_byte=self._slow(parameters))
        if parameters.get("response_format") not in PLAIN_FORMATS:
            return await self._result(kind, ask)
        written = await self._asked(ask, raw)
        return read(kind, Answer(_transcript(written), written.request_id))


class Transcriptions(Listening):
    """Audio to text, in its own language."""

    async def create(self, **parameters: Unpack[TranscriptionParameters]) -> Transcription:
        """Return what was said."""
        form = transcription_form(parameters, stream=False)
        return await self._written(Transcription, "transcriptions", form, parameters)

    def stream(self, **parameters: Unpack[TranscriptionParameters]) -> EventStream[TranscriptEvent]:
        """Return what was said piece by piece, while it is written down."""
        form = transcription_form(parameters, stream=True)
        slow = self._slow(parameters)
        ask = form.ask("audio", "transcriptions", first_byte=slow, headers=STREAM)
        return EventStream(self._api, ask, READING)


class Translations(Listening):
    """Audio to English text."""

    async def create(self, **parameters: Unpack[TranslationParameters]) -> Translation:
        """Return what was said, in English."""
        form = translation_form(parameters)
        return await self._written(Translation, "translations", form, parameters)


class Speech(Resource):
    """Text to audio."""

    async def create(self, **parameters: Unpack[SpeechParameters]) -> Raw:
        """Return the whole audio at once."""
        if parameters.get("stream_format") == "sse":
            raise InvalidRequestError("stream_format", "goes only with a stream when it is sse")
        ask = _speech(parameters, {}, self._slow(parameters))
        return await self._asked(ask, self._sound)

    def stream(self, **parameters: Unpack[SpeechParameters]) -> ByteStream:
        """Return the audio in pieces, as it is made: `async with` it, then iterate."""
        in_events = parameters.get("stream_format") == "sse"
        headers = STREAM if in_events else {"Accept-Encoding": "identity"}
        return ByteStream(self._api, _speech(parameters, headers, parameters.get("timeout")))

    async def _sound(self, response: Response) -> Raw:
        await refuse_json(self._api, response)
        sound = await raw(response)
        if not sound.content:
            raise self._api.incomplete("an empty answer", response)
        return sound


class Audio:
    """Audio of one server."""

    def __init__(self, api: API) -> None:
        self.transcriptions = Transcriptions(api)
        self.translations = Translations(api)
        self.speech = Speech(api)


def _speech(
    parameters: SpeechParameters, headers: Mapping[str, str], first_byte: float | None
) -> Ask:
    body = checked(SpeechParameters, parameters)
    return Ask("POST", ("audio", "speech"), body=body, headers=headers, first_byte=first_byte)


def _transcript(written: Raw) -> Any:
    """Return a transcript that was to be plain; LiteLLM and others send JSON all the same."""
    if written.content_type != "application/json":
        return {"text": written.text}
    try:
        said = json.loads(written.content)
    except (ValueError, RecursionError):
        said = written.text
    return {"text": said} if isinstance(said, str) else said
