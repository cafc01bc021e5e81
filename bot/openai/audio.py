"""Audio: write down what was said, translate it into English, and speak."""

from collections.abc import Mapping
from typing import Any, TypeVar, Unpack

from bot.openai.audio_objects import TranscriptEvent, Transcription, Translation, done_event
from bot.openai.audio_request import (
    SpeechParameters,
    TranscriptionParameters,
    TranslationParameters,
    transcription_fields,
    translation_fields,
)
from bot.openai.byte_stream import ByteStream
from bot.openai.errors import InvalidRequestError
from bot.openai.event_stream import EventStream, Reading
from bot.openai.operations import Operations, read
from bot.openai.raw import Raw, ask_raw
from bot.openai.rules import checked
from bot.openai.wire.api import API, Answer, Ask
from bot.openai.wire.attempts import STREAM
from bot.openai.wire.multipart import FileContent, Form, form_of

T = TypeVar("T", bound=Transcription)
PLAIN_FORMATS = ("text", "srt", "vtt")
READING = Reading(
    TranscriptEvent,
    whole=done_event,
    final=lambda event: event.is_final,
    text=lambda event: event.delta or "",
)


class Transcriptions:
    """Audio to text, in its own language."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def create(self, **parameters: Unpack[TranscriptionParameters]) -> Transcription:
        """Return what was said."""
        fields, file = transcription_fields(parameters, stream=False)
        form = _form(fields, file)
        return await _transcript(
            self._operations, Transcription, "transcriptions", form, fields, parameters
        )

    def stream(self, **parameters: Unpack[TranscriptionParameters]) -> EventStream[TranscriptEvent]:
        """Return what was said piece by piece, while it is written down."""
        fields, file = transcription_fields(parameters, stream=True)
        form = _form(fields, file)
        wait = self._operations.upload_wait(form.size, parameters)
        ask = form.ask("audio", "transcriptions", first_byte=wait, headers=STREAM)
        return EventStream(self._operations.api, ask, READING, size=form.size)


class Translations:
    """Audio to English text."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def create(self, **parameters: Unpack[TranslationParameters]) -> Translation:
        """Return what was said, in English."""
        fields, file = translation_fields(parameters)
        form = _form(fields, file)
        return await _transcript(
            self._operations, Translation, "translations", form, fields, parameters
        )


class Speech:
    """Text to audio."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def create(self, **parameters: Unpack[SpeechParameters]) -> Raw:
        """Return the whole audio at once."""
        body = checked(SpeechParameters, parameters)
        if body.get("stream_format") == "sse":
            raise InvalidRequestError("stream_format", "goes only with a stream when it is sse")
        ask = Ask(
            "POST",
            ("audio", "speech"),
            body=body,
            first_byte=self._operations.slow(parameters),
        )
        return await ask_raw(self._operations.api, ask, may_be_json=False)

    def stream(self, **parameters: Unpack[SpeechParameters]) -> ByteStream:
        """Return the audio in pieces, as it is made: `async with` it, then iterate."""
        body = checked(SpeechParameters, parameters)
        headers = STREAM if body.get("stream_format") == "sse" else {"Accept-Encoding": "identity"}
        ask = Ask(
            "POST",
            ("audio", "speech"),
            body=body,
            headers=headers,
            first_byte=parameters.get("timeout"),
        )
        return ByteStream(self._operations.api, ask)


class Audio:
    """Audio of one server."""

    def __init__(self, api: API) -> None:
        operations = Operations(api)
        self.transcriptions = Transcriptions(operations)
        self.translations = Translations(operations)
        self.speech = Speech(operations)


def _form(fields: dict[str, Any], file: FileContent) -> Form:
    form = form_of(fields)
    form.add_file("file", file)
    return form


async def _transcript(
    operations: Operations,
    kind: type[T],
    operation: str,
    form: Form,
    fields: Mapping[str, Any],
    parameters: Any,
) -> T:
    wait = operations.upload_wait(form.size, parameters)
    ask = form.ask("audio", operation, first_byte=wait)
    call = operations.upload_call(form.size)
    if fields.get("response_format") not in PLAIN_FORMATS:
        return await operations.result(kind, ask, call)
    raw = await ask_raw(operations.api, ask, call)
    return read(kind, Answer({"text": raw.text}, raw.request_id))
