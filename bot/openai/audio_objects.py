"""What audio operations answer: transcripts in all their forms."""

from typing import Any

from bot.openai.objects import APIObject, APIResult


class InputTokens(APIObject):
    """What the tokens of the audio were."""

    audio_tokens: int | None = None
    text_tokens: int | None = None


class AudioUsage(APIObject):
    """What the request cost: `type` says whether it is counted in tokens or by duration."""

    type: str = ""
    seconds: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_token_details: InputTokens | None = None


class Logprob(APIObject):
    """How likely a token was."""

    token: str | None = None
    logprob: float | None = None
    bytes: list[float] | None = None


class TranscriptionWord(APIObject):
    """One word and when it was said, in seconds."""

    word: str
    start: float = 0.0
    end: float = 0.0


class TranscriptionLanguage(APIObject):
    """A language that was heard."""

    code: str = ""


class TranscriptionSegment(APIObject):
    """A stretch of speech; `speaker` is known when it was asked who says what."""

    id: int | str | None = None
    start: float = 0.0
    end: float = 0.0
    text: str = ""
    type: str | None = None
    speaker: str | None = None
    seek: int | None = None
    tokens: list[int] | None = None
    temperature: float | None = None
    avg_logprob: float | None = None
    compression_ratio: float | None = None
    no_speech_prob: float | None = None


class Transcription(APIResult):
    """What was said; in the formats text, srt and vtt `text` is the whole answer."""

    text: str
    task: str | None = None
    language: str | None = None
    languages: list[TranscriptionLanguage] | None = None
    duration: float | None = None
    words: list[TranscriptionWord] | None = None
    segments: list[TranscriptionSegment] | None = None
    logprobs: list[Logprob] | None = None
    usage: AudioUsage | None = None


class Translation(Transcription):
    """What was said, in English."""


class TranscriptEvent(APIObject):
    """A piece of a transcript: `transcript.text.delta`, `.segment`, and `.done` at the end."""

    type: str = ""
    delta: str | None = None
    text: str | None = None
    id: str | None = None
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    segment_id: str | None = None
    languages: list[TranscriptionLanguage] | None = None
    logprobs: list[Logprob] | None = None
    usage: AudioUsage | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether this is the whole transcript."""
        return self.type == "transcript.text.done"


def done_event(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the event of a transcript that was not streamed after all."""
    return [data | {"type": "transcript.text.done"}]
