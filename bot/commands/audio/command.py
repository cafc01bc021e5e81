"""Write down what is said in clips and audio files, put it into English, and speak."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.commands.audio.transcripts import shown, translated
from bot.commands.material import called, material, parts, stem
from bot.commands.parcels import Parcel, fetched
from bot.commands.pricing import rate
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import FromFiles, Rest, Shown, json_object
from bot.desk.request import Request
from bot.desk.values import Fields, Shared, Values, code, excerpt, plural, size
from bot.openai.audio_request import ENDINGS, SpeechFormat, TranscriptionFormat, TranslationFormat
from bot.slack.text.shown import data_url
from bot.slack.workspace.files import SharedFile

command = Command("ai")

_SPOKEN_AT_ONCE = 4_096
_MOST_PARTS = 10
_WRITES = {"text": "transcription", "json": "transcription", "diarized_json": "speakers"}
_SENT = ("language", "languages", "keywords", "prompt", "temperature")  # as they are given

Clip = Annotated[tuple[SharedFile, ...], FromFiles(("audio", "video"), most=1)]
Samples = Annotated[
    tuple[SharedFile, ...], FromFiles(("audio",), most=4, named="speaker"), Shown(label="Voices")
]
Temperature = Annotated[float, Field(ge=0, le=1)]

_BY_TYPE = {
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
    "video/webm": "webm",
}


def _chunking(value: Any) -> Any:
    """Read `auto` or a JSON object."""
    return value if value == "auto" else json_object(value)


Chunking = Annotated[Any, BeforeValidator(_chunking), Shown("auto|JSON")]


@command.sub(
    effect="costs",
    examples=(
        "transcribe",
        "transcribe --format srt",
        "transcribe --format diarized_json",
        "transcribe --language de --keywords Callboard,Acme",
    ),
    words=("audio", "clip", "voice", "subtitles", "speech", "listen", "write down", "speakers"),
)
async def transcribe(
    request: Request,
    clip: Clip = (),
    speakers: Samples = (),
    *,
    format: TranscriptionFormat = "text",
    language: str | None = None,
    languages: list[str] | None = None,
    keywords: list[str] | None = None,
    prompt: str | None = None,
    times: list[Literal["word", "segment"]] | None = None,
    logprobs: bool = False,
    chunking: Chunking = None,
    temperature: Temperature | None = None,
    model: str = "",
) -> Values:
    """Write down what is said in a clip or audio file of the message, or the newest of the thread.

    Args:
        clip: The recording.
        speakers: Short samples of voices, their files named as `speaker-Ann.wav`; up to 4.
        format: How it is written: srt and vtt are subtitles, diarized_json tells who speaks.
        language: The language that is spoken, as in en or de.
        languages: Languages that may be spoken, with commas between.
        keywords: Words that may occur, with commas between.
        prompt: Text in the style, or with the names, that are to be expected.
        times: When each word or segment is said; for verbose_json.
        logprobs: Show of which words the model was least sure.
        chunking: Where the audio is cut; auto, or an object of type server_vad.
        temperature: From 0 to 1.
        model: The model's name; else that of OPENAI_MODELS for the format.
    """
    if not clip:
        raise NeedsForm(
            "Write down a clip", fields=("clip", "format", "language"), required=("clip",)
        )
    model = model or request.equipment.house.models[_WRITES.get(format, "subtitles")]
    fields: Any = {
        "model": model,
        "response_format": "json" if format == "text" else format,
        **{name: request.given[name] for name in _SENT},
        "timestamp_granularities": times,
        "include": ["logprobs"] if logprobs else None,
        "chunking_strategy": chunking or ("auto" if format == "diarized_json" else None),
    }
    async with fetched(request, [*clip, *speakers]) as parcels:
        fields |= await _voices(speakers, parcels[1:])
        await request.confirm(
            f"*Write down {_named(clip[0])} with {code(model)}*, as {format}?\n"
            f"{rate(request, model)}",
            button="Write it down",
        )
        await request.progress(f"{code(model)} is listening …")
        audio = request.openai("audio").audio
        made = await audio.transcriptions.create(file=_file(clip[0], parcels[0]), **fields)
    return shown(request, made, format, stem(clip[0].name), model)


async def _voices(samples: Sequence[SharedFile], parcels: Sequence[Parcel]) -> dict[str, Any]:
    """Return the fields that tell whose voices there are, if samples of some were shared."""
    if not samples:
        return {}
    pairs = zip(samples, parcels, strict=True)
    return {
        "known_speaker_names": [speaker(one.name) for one in samples],
        "known_speaker_references": [await sample(one, parcel.path) for one, parcel in pairs],
    }


@command.sub(
    effect="costs",
    examples=("translate-audio", "translate-audio --format srt"),
    words=("audio", "clip", "voice", "english", "translation", "subtitles", "speech"),
)
async def translate_audio(
    request: Request,
    clip: Clip = (),
    *,
    format: TranslationFormat = "text",
    prompt: str | None = None,
    temperature: Temperature | None = None,
    model: str = "",
) -> Values:
    """Write down in English what is said in a clip or audio file of the message or thread.

    Where the server cannot do that, it is written down first and then translated by the chat model.

    Args:
        clip: The recording.
        format: How it is written: srt and vtt are subtitles.
        prompt: English text in the style that is to be expected.
        temperature: From 0 to 1.
        model: The model's name; else that of OPENAI_MODELS.
    """
    if not clip:
        raise NeedsForm("Translate a clip", fields=("clip", "format"), required=("clip",))
    model = model or request.equipment.house.models["translation"]
    async with fetched(request, clip) as parcels:
        await request.confirm(
            f"*Write down {_named(clip[0])} in English with {code(model)}*, as {format}?\n"
            f"{rate(request, model)} Where the server lacks that, it is written down and then "
            f"translated by {code(await request.chat_model())}, which costs as well.",
            button="Translate it",
        )
        fields = {
            "file": _file(clip[0], parcels[0]),
            "model": model,
            "prompt": prompt,
            "temperature": temperature,
        }
        return await translated(request, fields, format, f"{stem(clip[0].name)}-english")


@command.sub(
    effect="costs",
    also=("say", "speech"),
    examples=(
        "speak Welcome to the call",
        'speak "The build is done" --voice nova --format wav --instructions "cheerful, fast"',
    ),
    words=("audio", "voice", "read aloud", "tts", "say", "speech"),
)
async def speak(
    request: Request,
    text: Rest = "",
    file: Annotated[tuple[SharedFile, ...], FromFiles(("text",), most=1)] = (),
    *,
    voice: str = "alloy",
    instructions: Annotated[str | None, Field(max_length=4096)] = None,
    format: SpeechFormat = "mp3",
    speed: Annotated[float | None, Field(ge=0.25, le=4)] = None,
    name: str = "",
    model: str = "",
) -> Values:
    """Speak a text, a text file, or the newest message of the thread, as audio for everybody.

    Args:
        text: What to say; over 4,096 characters it becomes several files.
        file: A text file to read aloud.
        voice: A voice's name, such as alloy, coral, nova or sage, or the id of one's own.
        instructions: How to say it, for models that take that.
        format: The kind of file.
        speed: From 0.25 to 4; 1 is normal.
        name: What the file is called; else by the text.
        model: The model's name; else that of OPENAI_MODELS.
    """
    found = await material(request, text, file)
    if found is None:
        raise NeedsForm("Speak a text", fields=("text", "voice", "format"), required=("text",))
    model = model or request.equipment.house.models["speech"]
    pieces = parts(found.text, _SPOKEN_AT_ONCE)
    if len(pieces) > _MOST_PARTS:
        most = _MOST_PARTS * _SPOKEN_AT_ONCE
        raise CommandError(f"This text is too long: I speak up to {most:,} characters.")
    await request.confirm(
        f"*Speak {plural(len(found.text), 'character')} with {code(model)}*, voice {code(voice)}, "
        f"as {format}? {excerpt(found.text)}\n{rate(request, model)} Everybody here will hear it.",
        button="Speak it",
    )
    sounds = []
    for number, piece in enumerate(pieces, 1):
        await request.progress(f"Speaking {number} of {plural(len(pieces), 'part')} …")
        raw = await request.openai("audio").audio.speech.create(
            model=model,
            input=piece,
            voice={"id": voice} if voice.startswith("voice_") else voice,
            instructions=instructions,
            response_format=format,
            speed=speed,
        )
        sounds.append(raw.content)
    return _spoken(called(name or found.text, "speech"), format, sounds, model, voice)


def _spoken(name: str, form: str, sounds: Sequence[bytes], model: str, voice: str) -> Values:
    several = len(sounds) > 1
    files = tuple(
        (f"{name}-{place}.{form}" if several else f"{name}.{form}", content)
        for place, content in enumerate(sounds, 1)
    )
    amount = size(sum(len(one) for one in sounds))
    told = (("Model", model), ("Voice", voice), ("Size", amount))
    return [Shared(files, f"spoken by {code(model)}, voice {code(voice)}"), Fields("", told)]


def _named(file: SharedFile) -> str:
    return f"{code(file.name)} ({size(file.size)})"


def _file(file: SharedFile, parcel: Parcel) -> tuple[str, Path]:
    return with_ending(file), parcel.path


def with_ending(file: SharedFile) -> str:
    """Return a recording's name with an ending that servers know; Slack's clips may lack one."""
    if file.name.lower().rpartition(".")[2] in ENDINGS:
        return file.name
    ending = _BY_TYPE.get(file.mimetype)
    return f"{stem(file.name)}.{ending}" if ending else file.name


def speaker(name: str) -> str:
    """Return whose voice a sample is: `speaker-Ann.wav` is Ann's."""
    found = re.sub(r"(?i)(^|[^a-z])speaker(?![a-z])", "", stem(name)).strip("-_ ")
    return found.replace("_", " ") or "speaker"


async def sample(file: SharedFile, path: Path) -> str:
    """Return a sample as a data URL."""
    content = await asyncio.to_thread(path.read_bytes)
    return data_url(file.mimetype or "audio/wav", content)
