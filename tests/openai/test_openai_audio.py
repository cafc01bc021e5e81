"""Transcriptions, translations and speech."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openai_answers import answers_bytes, answers_json, refuses, streams, streams_then_cuts
from openai_server import Server

from bot.openai import errors
from bot.openai.audio_request import TranscriptionParameters
from bot.openai.client import OpenAI
from bot.openai.wire.retry import RetryPolicy

CLIP = ("clip.mp3", b"ID3 sound")
VERBOSE = {
    "task": "transcribe",
    "language": "english",
    "duration": 1.5,
    "text": "Hello",
    "words": [{"word": "Hello", "start": 0.0, "end": 0.5}],
    "segments": [
        {"id": 0, "start": 0, "end": 1.5, "text": "Hello", "avg_logprob": -0.1, "tokens": [1]}
    ],
    "usage": {"type": "duration", "seconds": 2},
}
EVERYTHING: TranscriptionParameters = {
    "file": CLIP,
    "model": "gpt-transcribe",
    "language": "en",
    "languages": ["en", "de"],
    "keywords": ["Callboard"],
    "prompt": "names",
    "response_format": "verbose_json",
    "temperature": 0,
    "timestamp_granularities": ["word", "segment"],
    "chunking_strategy": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 200},
    "known_speaker_names": ["Ann", "Ben"],
    "known_speaker_references": ["data:audio/wav;base64,AA", "data:audio/wav;base64,BB"],
}


async def test_every_field_of_a_transcription_is_sent(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(VERBOSE, **{"x-request-id": "req_1"}))

    transcription = await client.audio.transcriptions.create(**EVERYTHING)

    assert server.paths == ["/v1/audio/transcriptions"]
    assert [(part.name, part.data.decode()) for part in server.requests[0][:-1]] == [
        ("model", "gpt-transcribe"),
        ("language", "en"),
        ("languages[]", "en"),
        ("languages[]", "de"),
        ("keywords[]", "Callboard"),
        ("prompt", "names"),
        ("response_format", "verbose_json"),
        ("temperature", "0"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
        ("chunking_strategy[type]", "server_vad"),
        ("chunking_strategy[threshold]", "0.5"),
        ("chunking_strategy[silence_duration_ms]", "200"),
        ("known_speaker_names[]", "Ann"),
        ("known_speaker_names[]", "Ben"),
        ("known_speaker_references[]", "data:audio/wav;base64,AA"),
        ("known_speaker_references[]", "data:audio/wav;base64,BB"),
    ]
    assert server.requests[0][-1] == ("file", b"ID3 sound", "clip.mp3", "audio/mpeg")
    assert (transcription.text, transcription.request_id) == ("Hello", "req_1")
    assert transcription.model_dump(exclude_unset=True, exclude_none=True) == VERBOSE


async def test_logprobs_are_asked_for_by_include(server: Server, client: OpenAI) -> None:
    logprobs = [{"token": "Hi", "logprob": -0.1, "bytes": [72, 105]}]
    server.answers(answers_json({"text": "Hi", "logprobs": logprobs}))

    transcription = await client.audio.transcriptions.create(
        file=CLIP, model="m", include=["logprobs"], chunking_strategy="auto"
    )

    sent = [(part.name, part.data) for part in server.requests[0]]
    assert ("include[]", b"logprobs") in sent
    assert ("chunking_strategy", b"auto") in sent
    assert transcription.logprobs is not None
    assert transcription.logprobs[0].token == "Hi"


@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
async def test_plain_formats_are_text(server: Server, client: OpenAI, response_format: Any) -> None:
    content = "1\n00:00:00,000 --> 00:00:01,000\nGrüße\n"
    server.answers(answers_bytes(content.encode(), "text/plain"))

    transcription = await client.audio.transcriptions.create(
        file=CLIP, model="whisper-1", response_format=response_format
    )

    assert transcription.text == content


@pytest.mark.parametrize("sent", [b'{"text": "Hello", "usage": null}', b'"Hello"', b"Hello"])
async def test_a_plain_transcript_may_come_as_json(
    server: Server, client: OpenAI, sent: bytes
) -> None:
    server.answers(answers_bytes(sent, "application/json"))

    transcription = await client.audio.transcriptions.create(
        file=CLIP, model="whisper-1", response_format="text"
    )

    assert transcription.text == "Hello"


async def test_who_said_what(server: Server, client: OpenAI) -> None:
    segment = {"type": "transcript.text.segment", "id": "seg_1", "speaker": "Ann", "text": "Hi"}
    server.answers(answers_json({"text": "Hi", "duration": 1.0, "segments": [segment]}))

    transcription = await client.audio.transcriptions.create(
        file=CLIP, model="m", response_format="diarized_json"
    )

    assert transcription.segments is not None
    assert (transcription.segments[0].speaker, transcription.segments[0].id) == ("Ann", "seg_1")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"file": ("a.txt", b"x")}, "file"),
        ({"file": ("a.mp3", b"")}, "file"),
        ({"file": Path("not/there.mp3")}, "file"),
        ({"response_format": "html"}, "response_format"),
        ({"temperature": 1.1}, "temperature"),
        ({"timestamp_granularities": ["word"]}, "timestamp_granularities"),
        (
            {"timestamp_granularities": ["day"], "response_format": "verbose_json"},
            "timestamp_granularities[0]",
        ),
        ({"include": ["logprobs"], "response_format": "srt"}, "include"),
        ({"include": ["words"]}, "include[0]"),
        ({"chunking_strategy": "none"}, "chunking_strategy"),
        (
            {"chunking_strategy": {"type": "server_vad", "threshold": 2}},
            "chunking_strategy.threshold",
        ),
        ({"known_speaker_names": ["a"] * 5}, "known_speaker_names"),
        (
            {"known_speaker_names": ["a"], "known_speaker_references": []},
            "known_speaker_references",
        ),
        ({"stream": True}, "stream"),
    ],
)
async def test_wrong_transcriptions_are_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.audio.transcriptions.create(**({"file": CLIP, "model": "m"} | wrong))

    assert (caught.value.field, server.paths) == (field, [])


async def test_a_transcript_comes_piece_by_piece(server: Server, client: OpenAI) -> None:
    server.answers(
        streams(
            {"type": "transcript.text.delta", "delta": "Hel"},
            {"type": "transcript.text.delta", "delta": "lo"},
            {"type": "transcript.text.segment", "text": "Hello", "speaker": "A", "start": 0.0},
            {"type": "transcript.text.done", "text": "Hello", "usage": {"type": "tokens"}},
        )
    )

    async with client.audio.transcriptions.stream(file=CLIP, model="m") as stream:
        events = [event async for event in stream]

    assert (events[-1].text, events[-1].is_final) == ("Hello", True)
    assert events[2].speaker == "A"
    assert ("stream", b"true") in [(part.name, part.data) for part in server.requests[0]]


async def test_a_transcript_that_breaks_off_raises_after_its_pieces(
    server: Server, client: OpenAI
) -> None:
    server.answers(streams_then_cuts({"type": "transcript.text.delta", "delta": "Hel"}))

    async with client.audio.transcriptions.stream(file=CLIP, model="m") as stream:
        with pytest.raises(errors.StreamError):
            [event async for event in stream]


async def test_a_model_that_does_not_stream_is_read_too(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"text": "Hello"}))

    async with client.audio.transcriptions.stream(file=CLIP, model="whisper-1") as stream:
        (only,) = [event async for event in stream]

    assert (only.is_final, only.text) == (True, "Hello")


async def test_a_clip_is_sent_again_after_a_failure(
    server: Server, client: OpenAI, tmp_path: Path
) -> None:
    (tmp_path / "clip.wav").write_bytes(b"RIFF" * 1000)
    server.answers(refuses(503), answers_json({"text": "Hello"}))

    await client.audio.transcriptions.create(file=tmp_path / "clip.wav", model="m")

    assert server.bodies[0] == server.bodies[1]
    assert server.requests[1][-1].data == b"RIFF" * 1000


async def test_a_translation_is_in_english(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(VERBOSE | {"task": "translate"}))

    translation = await client.audio.translations.create(
        file=CLIP,
        model="whisper-1",
        prompt="p",
        response_format="verbose_json",
        temperature=0.2,
    )

    assert (server.paths, translation.text) == (["/v1/audio/translations"], "Hello")
    assert [part.name for part in server.requests[0]] == [
        "model",
        "prompt",
        "response_format",
        "temperature",
        "file",
    ]


async def test_a_translation_has_no_language_field(client: OpenAI) -> None:
    wrong: Any = {"language": "en"}

    with pytest.raises(errors.InvalidRequestError, match="language"):
        await client.audio.translations.create(file=CLIP, model="whisper-1", **wrong)


SPEECH: Any = {
    "model": "m",
    "input": "Hello",
    "voice": {"id": "voice_1"},
    "instructions": "softly",
    "response_format": "opus",
    "speed": 0.25,
}


async def test_speech_is_bytes(server: Server, client: OpenAI) -> None:
    server.answers(answers_bytes(b"sound", "audio/ogg"))

    audio = await client.audio.speech.create(**SPEECH)

    assert (audio.content, audio.content_type) == (b"sound", "audio/ogg")
    assert (server.paths, server.requests) == (["/v1/audio/speech"], [SPEECH])


async def test_speech_comes_while_it_is_made(server: Server, client: OpenAI) -> None:
    server.answers(refuses(500), answers_bytes(b"sound" * 100_000, "audio/mpeg"))

    async with client.audio.speech.stream(model="m", input="a", voice="alloy") as audio:
        pieces = [piece async for piece in audio]

    assert b"".join(pieces) == b"sound" * 100_000
    assert (len(pieces) > 1, audio.content_type) == (True, "audio/mpeg")


async def test_speech_in_events_is_decoded(server: Server, client: OpenAI) -> None:
    audio_event = {"type": "speech.audio.delta", "audio": base64.b64encode(b"so").decode()}
    done = {"type": "speech.audio.done", "usage": {"total_tokens": 3}}
    server.answers(streams(audio_event, "[" * 5_000, audio_event, done))

    async with client.audio.speech.stream(**SPEECH, stream_format="sse") as audio:
        pieces = [piece async for piece in audio]

    assert (b"".join(pieces), audio.usage) == (b"soso", {"total_tokens": 3})
    assert server.requests[0]["stream_format"] == "sse"


async def test_done_ends_speech_in_events_as_well(server: Server, client: OpenAI) -> None:
    server.answers(streams({"type": "speech.audio.delta", "audio": "c28="}, "7", "[DONE]"))

    async with client.audio.speech.stream(**SPEECH, stream_format="sse") as audio:
        assert [piece async for piece in audio] == [b"so"]


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (streams({"error": {"message": "no", "code": 400}}), errors.BadRequestError),
        (
            streams({"type": "speech.audio.delta", "audio": "c"}),
            errors.APIResponseValidationError,
        ),
        (answers_bytes(b"", "audio/mpeg"), errors.IncompleteAnswerError),
    ],
)
async def test_what_is_no_sound_in_a_stream_is_an_error(
    server: Server, connect: Callable[..., OpenAI], sent: Any, kind: type[errors.OpenAIError]
) -> None:
    client = connect(retries=RetryPolicy(attempts=1))
    server.answers(sent)

    with pytest.raises(kind):
        async with client.audio.speech.stream(**SPEECH, stream_format="sse") as audio:
            await anext(audio)


async def test_speech_events_without_their_end_are_not_whole(
    server: Server, client: OpenAI
) -> None:
    server.answers(streams({"type": "speech.audio.delta", "audio": "c28="}))

    async with client.audio.speech.stream(**SPEECH, stream_format="sse") as audio:
        assert await anext(audio) == b"so"
        with pytest.raises(errors.StreamError):
            await anext(audio)


async def test_json_in_place_of_sound_is_an_error(server: Server, client: OpenAI) -> None:
    error = {"error": {"message": "no", "type": "invalid_request_error"}}
    server.answers(answers_json(error), answers_json({"text": "?"}))

    with pytest.raises(errors.BadRequestError):
        await client.audio.speech.create(**SPEECH)
    with pytest.raises(errors.APIResponseValidationError):
        async with client.audio.speech.stream(**SPEECH) as audio:
            await anext(audio)


async def test_whole_speech_is_not_asked_for_in_events(server: Server, client: OpenAI) -> None:
    with pytest.raises(errors.InvalidRequestError, match="stream_format"):
        await client.audio.speech.create(**SPEECH, stream_format="sse")

    assert server.paths == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"input": ""}, "input"),
        ({"input": "a" * 4097}, "input"),
        ({"voice": ""}, "voice"),
        ({"voice": {"name": "x"}}, "voice.name"),
        ({"speed": 4.1}, "speed"),
        ({"response_format": "midi"}, "response_format"),
        ({"stream_format": "ws"}, "stream_format"),
    ],
)
async def test_wrong_speech_is_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        client.audio.speech.stream(**(SPEECH | wrong))

    assert (caught.value.field, server.paths) == (field, [])


async def test_a_page_or_nothing_in_place_of_sound_is_an_error(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(retries=RetryPolicy(attempts=1))
    server.answers(
        answers_bytes(b"<html>log in</html>", "text/html"), answers_bytes(b"", "audio/mpeg")
    )

    with pytest.raises(errors.APIResponseValidationError):
        await client.audio.speech.create(**SPEECH)
    with pytest.raises(errors.IncompleteAnswerError):
        await client.audio.speech.create(**SPEECH)
