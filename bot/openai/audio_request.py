"""What audio may be asked for: every documented field, its rules, and what excludes what."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import (
    Filled,
    Options,
    checked,
    number,
    several,
    shape,
    text,
    whole,
)
from bot.openai.wire.multipart import FileContent, FileInput, Form, file_content

ENDINGS = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
MOST_SPEAKERS = 4
TranscriptionFormat = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]
TranslationFormat = Literal["json", "text", "srt", "verbose_json", "vtt"]
SpeechFormat = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
Granularity = Literal["word", "segment"]


class ServerVAD(TypedDict, total=False):
    """How the server finds pauses."""

    type: Required[Literal["server_vad"]]
    prefix_padding_ms: Annotated[int, whole(0)]
    silence_duration_ms: Annotated[int, whole(0)]
    threshold: Annotated[float, number(0, 1)]


def chunking(field: str, value: Any) -> Any:
    """Check where the audio is cut."""
    if isinstance(value, Mapping):
        return shape(ServerVAD)(field, value)
    if value != "auto":
        raise InvalidRequestError(field, "must be auto or an object of type server_vad")
    return value


class TranscriptionParameters(Options, total=False):
    """The fields of a transcription; None leaves a field out."""

    file: Required[FileInput]
    model: Required[Filled]
    language: Filled | None
    languages: Sequence[Filled] | None
    keywords: Sequence[Filled] | None
    prompt: str | None
    response_format: TranscriptionFormat | None
    temperature: Annotated[float | None, number(0, 1)]
    include: Sequence[Literal["logprobs"]] | None
    timestamp_granularities: Sequence[Granularity] | None
    chunking_strategy: Annotated[Literal["auto"] | ServerVAD | None, chunking]
    known_speaker_names: Annotated[Sequence[str] | None, several(text(1), 0, MOST_SPEAKERS)]
    known_speaker_references: Annotated[
        Sequence[str] | None,
        several(text(like="data:.+", says="must be a data URL of audio"), 0, MOST_SPEAKERS),
    ]


class TranslationParameters(Options, total=False):
    """The fields of a translation into English; None leaves a field out."""

    file: Required[FileInput]
    model: Required[Filled]
    prompt: str | None
    response_format: TranslationFormat | None
    temperature: Annotated[float | None, number(0, 1)]


class VoiceId(TypedDict):
    """A voice of one's own."""

    id: Filled


def voice(field: str, value: Any) -> Any:
    """Check a voice: its name or its id."""
    return text(1)(field, value) if isinstance(value, str) else shape(VoiceId)(field, value)


class SpeechParameters(Options, total=False):
    """The fields of a text to be spoken; None leaves a field out."""

    model: Required[Filled]
    input: Required[Annotated[str, text(1, 4096)]]
    voice: Required[Annotated[str | VoiceId, voice]]
    instructions: Annotated[str | None, text(0, 4096)]
    response_format: SpeechFormat | None
    speed: Annotated[float | None, number(0.25, 4)]
    stream_format: Literal["audio", "sse"] | None


def transcription_form(parameters: TranscriptionParameters, *, stream: bool) -> Form:
    """Return the form that asks for a transcription."""
    fields = checked(TranscriptionParameters, parameters)
    file = _audio(fields.pop("file"))
    names = fields.get("known_speaker_names", ())
    if len(names) != len(fields.get("known_speaker_references", names)):
        raise InvalidRequestError("known_speaker_references", "needs one entry for each name")
    if fields.get("timestamp_granularities") and fields.get("response_format") != "verbose_json":
        raise InvalidRequestError("timestamp_granularities", "needs response_format verbose_json")
    if fields.get("include") and fields.get("response_format", "json") != "json":
        raise InvalidRequestError("include", "needs response_format json")
    if stream:
        fields["stream"] = True
    return Form(fields, ("file", file))


def translation_form(parameters: TranslationParameters) -> Form:
    """Return the form that asks for a translation."""
    fields = checked(TranslationParameters, parameters)
    file = _audio(fields.pop("file"))
    return Form(fields, ("file", file))


def _audio(given: FileInput) -> FileContent:
    file = file_content("file", given)
    if file.name.lower().rpartition(".")[2] not in ENDINGS:
        raise InvalidRequestError("file", f"must be one of {', '.join(ENDINGS)}")
    if not file.size:
        raise InvalidRequestError("file", "is empty")
    return file
