"""Speech and what is heard: real sound files, every format, streams, refusals by model."""

import base64
import io
import json
import struct
import wave
from typing import Any

import httpx
import pytest

WORDS = "Good morning everybody. The meeting starts at nine."
SPEAK = {"model": "gpt-4o-mini-tts", "voice": "coral", "input": WORDS}
STARTS = {
    "mp3": (b"ID3", "audio/mpeg"), "opus": (b"OggS", "audio/ogg"), "aac": (b"ID3", "audio/aac"),
    "flac": (b"fLaC", "audio/flac"), "wav": (b"RIFF", "audio/wav"), "pcm": (b"\0", "audio/pcm"),
}  # fmt: skip
SUFFIXES = {"opus": "ogg", "aac": "m4a"}


async def speak(api: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await api.post("/audio/speech", json=SPEAK | {"response_format": "wav"} | fields)


async def hear(
    api: httpx.AsyncClient, data: bytes, *, name: str = "a.wav", to: str = "transcriptions",
    **fields: Any,
) -> httpx.Response:  # fmt: skip
    form = {"model": "whisper-1"} | fields
    return await api.post(f"/audio/{to}", files={"file": (name, data)}, data=form)


@pytest.mark.parametrize("form", STARTS)
async def test_speech_comes_in_every_format(api, form):
    said = await speak(api, response_format=form)

    start, kind = STARTS[form]
    assert said.content.startswith(start)
    assert said.headers["content-type"] == kind
    assert len(said.content) > 200


async def test_a_wav_can_be_played(api):
    with wave.open(io.BytesIO((await speak(api)).content)) as sound:
        samples = struct.unpack(f"<{sound.getnframes()}h", sound.readframes(sound.getnframes()))

    assert (sound.getframerate(), sound.getnchannels()) == (24_000, 1)
    assert len(samples) == pytest.approx(24_000 * 1.73, rel=0.05)
    assert 5_000 < max(samples) < 20_000


async def test_speed_and_voice_change_the_sound(api):
    plain, fast = (await speak(api)).content, (await speak(api, speed=2)).content
    other = (await speak(api, voice={"id": "voice_mine"})).content

    assert len(fast) < 0.6 * len(plain)
    assert len(other) == len(plain)
    assert other != plain


async def test_speech_is_streamed_as_events(api):
    whole = (await speak(api, response_format="pcm")).content
    raw = (await speak(api, response_format="pcm", stream_format="sse")).text
    events = [json.loads(line[6:]) for line in raw.splitlines() if line.startswith("data: ")]

    assert b"".join(base64.b64decode(one["audio"]) for one in events[:-1]) == whole
    assert events[-1]["type"] == "speech.audio.done"
    assert events[-1]["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("form", [form for form in STARTS if form != "pcm"])
async def test_what_was_spoken_is_heard_again(api, form):
    said = (await speak(api, response_format=form)).content

    heard = await hear(api, said, name=f"a.{SUFFIXES.get(form, form)}")

    assert heard.json()["text"] == WORDS
    assert heard.json()["usage"] == {"type": "duration", "seconds": 2}


async def test_any_other_sound_gets_something_made_up(api):
    heard = (await hear(api, b"\xff\xfb" + bytes(32_000), name="talk.mp3")).json()

    assert "talk.mp3" in heard["text"]
    assert "cannot listen" in heard["text"]


async def test_an_ordered_transcript_comes_first(api, host):
    host.enqueue("What was ordered.", on="audio/transcriptions")

    assert (await hear(api, b"RIFF")).json()["text"] == "What was ordered."


@pytest.mark.parametrize("to", ["transcriptions", "translations"])
async def test_transcripts_come_in_every_format(api, to):
    said = (await speak(api)).content
    forms = {
        form: await hear(api, said, to=to, response_format=form)
        for form in ("json", "text", "srt", "vtt", "verbose_json")
    }

    assert forms["json"].json()["text"] == WORDS
    assert forms["text"].text == WORDS + "\n"
    assert forms["srt"].text.startswith("1\n00:00:00,000 --> 00:00:00,")
    assert forms["vtt"].text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:00.")
    verbose = forms["verbose_json"].json()
    assert verbose["task"] == ("transcribe" if to == "transcriptions" else "translate")
    assert [one["text"] for one in verbose["segments"]] == [
        "Good morning everybody. ", "The meeting starts at nine.",
    ]  # fmt: skip


async def test_words_have_times_in_order(api):
    said = (await speak(api)).content
    fields = {"response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]}
    heard = (await hear(api, said, language="en", **fields)).json()
    times = [number for word in heard["words"] for number in (word["start"], word["end"])]

    assert [word["word"] for word in heard["words"]] == WORDS.split()
    assert times == sorted(times)
    assert times[-1] == pytest.approx(heard["duration"])
    assert heard["language"] == "english"


async def test_a_transcript_is_streamed(api):
    said = (await speak(api)).content
    raw = (await hear(api, said, model="gpt-4o-transcribe", stream="true")).text
    events = [json.loads(line[6:]) for line in raw.splitlines() if line.startswith("data: {")]

    assert "".join(one["delta"] for one in events[:-1]) == WORDS
    assert (events[-1]["type"], events[-1]["text"]) == ("transcript.text.done", WORDS)
    assert events[-1]["usage"]["type"] == "tokens"


async def test_the_oldest_model_does_not_stream(api):
    assert (await hear(api, b"RIFF", stream="true")).json()["text"]


async def test_speakers_are_told_apart(api):
    said = (await speak(api)).content
    fields = {"known_speaker_names[]": ["Ann"], "known_speaker_references[]": ["data:,"],
              "chunking_strategy[type]": "server_vad", "chunking_strategy[threshold]": "0.5",
              "response_format": "diarized_json"}  # fmt: skip
    heard = (await hear(api, said, model="gpt-4o-transcribe-diarize", **fields)).json()

    assert {one["speaker"] for one in heard["segments"]} == {"Ann"}
    assert heard["segments"][0]["type"] == "transcript.text.segment"


async def test_hints_and_certainty_have_their_models(api):
    said = (await speak(api)).content
    hints = {"languages[]": ["de", "en"], "keywords[]": ["nine"]}
    hinted = (await hear(api, said, model="gpt-transcribe", **hints)).json()
    sure = (await hear(api, said, model="gpt-4o-transcribe", **{"include[]": "logprobs"})).json()

    assert hinted["languages"] == [{"code": "de"}]
    assert "".join(one["token"] for one in sure["logprobs"]) == WORDS


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"model": ""}, "model", "string_below_min_length"),
        ({"response_format": "pdf"}, "response_format", "invalid_value"),
        ({"response_format": "diarized_json"}, "response_format", "unsupported_value"),
        ({"model": "gpt-4o-transcribe", "response_format": "srt"}, "response_format",
         "unsupported_value"),
        ({"temperature": "1.5"}, "temperature", "decimal_above_max_value"),
        ({"temperature": "hot"}, "temperature", "invalid_type"),
        ({"timestamp_granularities[]": "word"}, "timestamp_granularities", None),
        ({"include[]": "logprobs"}, "include", "unsupported_parameter"),
        ({"keywords[]": "x"}, "keywords", "unsupported_parameter"),
        ({"known_speaker_names[]": "x"}, "known_speaker_names", "unsupported_parameter"),
        ({"model": "gpt-4o-transcribe-diarize", "prompt": "x"}, "prompt", "unsupported_parameter"),
        ({"chunking_strategy": "never"}, "chunking_strategy", "invalid_type"),
        ({"colour": "red"}, "colour", "unknown_parameter"),
    ],
)  # fmt: skip
async def test_unsound_transcriptions_are_refused(api, fields, param, code):
    refused = await hear(api, b"RIFF", **fields)

    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["code"]) == (400, param, code)


async def test_long_talks_of_several_need_a_strategy(api):
    data, model = bytes(16_000 * 31), "gpt-4o-transcribe-diarize"

    refused = await hear(api, data, name="a.mp3", model=model)
    taken = await hear(api, data, name="a.mp3", model=model, chunking_strategy="auto")

    assert refused.json()["error"]["param"] == "chunking_strategy"
    assert taken.status_code == 200


@pytest.mark.parametrize("to", ["transcriptions", "translations"])
async def test_files_are_checked(api, to):
    text = await hear(api, b"hello", name="a.txt", to=to)
    empty = await hear(api, b"", to=to)
    large = await hear(api, bytes(26 * 1024 * 1024), to=to)

    assert text.json()["error"]["code"] == "invalid_file_format"
    assert "too short" in empty.json()["error"]["message"]
    assert large.status_code == 413


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": "x" * 4_097}, "input"),
        ({"voice": "darth"}, "voice"),
        ({"voice": {"name": "x"}}, "voice.name"),
        ({"voice": None}, "voice"),
        ({"speed": 5}, "speed"),
        ({"response_format": "midi"}, "response_format"),
        ({"stream_format": "x"}, "stream_format"),
        ({"model": "tts-1", "stream_format": "sse"}, "stream_format"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_unsound_speech_is_refused(api, fields, param):
    refused = await speak(api, **fields)

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
