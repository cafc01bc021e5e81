"""/ai transcribe, translate-audio and speak as people use them; recordings carry their words."""

import pytest

from bot.commands.audio.command import speaker, with_ending
from bot.commands.material import called, parts
from bot.slack.workspace.files import SharedFile
from playground.openai.audio.speech import spoken
from playground.slack import LocalSlack
from tests.commands.conftest import ANN, HELP, Counter

WORDS = "Good morning everybody, the launch is on Friday."


def sound(words: str = WORDS, form: str = "wav") -> bytes:
    """Record somebody who says these words."""
    return spoken({"input": words, "voice": "alloy", "response_format": form})[1]


async def recorded(counter: Counter, *names: str, words: str = WORDS) -> str:
    """Share recordings and return the thread."""
    given = [(name, sound(words)) for name in names]
    return await counter.slack.say(HELP, ANN, "listen", files=given)


def files_of(message: dict) -> list[dict]:
    """Return the files of a message if the bot sent it."""
    return message.get("files") or [] if message.get("user") == LocalSlack.bot_user else []


def files(counter: Counter, thread_ts: str | None = None) -> dict[str, bytes]:
    """Return the files that the bot shared."""
    found = [file for one in counter.slack.messages(HELP, thread_ts) for file in files_of(one)]
    return {file["name"]: counter.slack.workspace.contents[file["id"]] for file in found}


async def test_the_newest_recording_of_a_thread_is_written_down(counter):
    ts = await recorded(counter, "call.wav")
    seen = await counter.write("<@U0BOT> !transcribe", ts)
    assert "Write down `call.wav`" in seen.text

    await seen.press("Write it down")
    await seen.becomes(WORDS, "gpt-transcribe")


async def test_a_picture_after_the_recording_is_not_in_the_way(counter):
    ts = await recorded(counter, "call.wav")
    await counter.slack.say(HELP, ANN, "and this", ts, files=[("a.png", b"x")])

    seen = await counter.write("<@U0BOT> !transcribe", ts)

    assert "Write down `call.wav`" in seen.text


@pytest.mark.parametrize(
    ("form", "name", "part"),
    [
        ("srt", "call.srt", b"-->"),
        ("vtt", "call.vtt", b"WEBVTT"),
        ("json", "call.json", b'"text"'),
        ("verbose_json", "call.json", b'"segments"'),
        ("diarized_json", "call.json", b'"speaker"'),
    ],
)
async def test_every_format_comes_as_a_file_for_everybody(counter, form, name, part):
    ts = await recorded(counter, "call.wav")
    seen = await counter.write(f"<@U0BOT> !transcribe --format {form}", ts)

    await seen.press("Write it down")
    await seen.becomes("1 file in this thread")

    assert part in files(counter, ts)[name]


async def test_a_recordings_name_mentions_nobody(counter):
    ts = await recorded(counter, "<!channel>.wav")
    seen = await counter.write("<@U0BOT> !transcribe --format srt", ts)

    await seen.press("Write it down")
    await seen.becomes("1 file in this thread")

    shared = next(m for m in counter.slack.messages(HELP, ts) if files_of(m))
    assert shared["text"].endswith("What is said in `&lt;!channel&gt;`")


async def test_samples_tell_the_speakers_names(counter):
    ts = await counter.slack.say(
        HELP,
        ANN,
        "<@U0BOT> !transcribe --format diarized_json",
        files=[("call.wav", sound()), ("speaker-Ann.wav", sound("hello"))],
    )
    await counter.slack.wait(lambda s: s.ephemerals(ANN))
    await counter.last().press("Write it down")
    await counter.last().becomes("Who says what", "Ann")

    assert b"Ann" in files(counter, ts)["call.json"]


async def test_options_reach_the_server(counter):
    ts = await recorded(counter, "call.wav")
    line = "!transcribe --format verbose_json --times word,segment --prompt Acme --temperature 0.2"
    seen = await counter.write(f"<@U0BOT> {line} --language en", ts)

    await seen.press("Write it down")
    await seen.becomes("Words with times")


async def test_a_recording_is_written_down_from_its_menu(counter):
    ts = await recorded(counter, "call.wav")
    await counter.slack.shortcut(ANN, "command.ai.transcribe", HELP, ts)
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    seen = counter.last()
    await seen.press("Write it down")
    await seen.becomes(WORDS)


async def test_audio_becomes_english(counter):
    ts = await recorded(counter, "call.wav")
    seen = await counter.write("<@U0BOT> !translate-audio --format vtt", ts)

    await seen.press("Translate it")
    await seen.becomes("1 file in this thread", "whisper-1")

    assert b"WEBVTT" in files(counter, ts)["call-english.vtt"]


@pytest.mark.parametrize("how", ["operation", "model"])
async def test_without_the_operation_the_chat_model_translates(counter, how):
    if how == "operation":
        counter.model.switches.lack("audio/translations")
    else:
        del counter.model.models.cards["whisper-1"]
    counter.model.enqueue("Good morning, all.", when=lambda r: WORDS in str(r["messages"]))
    ts = await recorded(counter, "call.wav")
    seen = await counter.write("<@U0BOT> !translate-audio", ts)

    await seen.press("Translate it")
    await seen.becomes("Good morning, all.", "translated by `stand-in`")


async def test_without_a_model_for_times_the_translation_is_text(counter):
    del counter.model.models.cards["whisper-1"]
    counter.model.enqueue("Good morning, all.")
    ts = await recorded(counter, "call.wav")
    seen = await counter.write("<@U0BOT> !translate-audio --format srt", ts)

    await seen.press("Translate it")
    await seen.becomes("Good morning, all.", "as text and not as srt")


async def test_a_text_is_spoken_for_everybody(counter):
    seen = await counter.run('/ai speak "The build is done" --voice nova --format wav --speed 1.2')
    await seen.press("Speak it")
    await seen.becomes("1 file in this conversation")

    assert files(counter)["the-build-is-done.wav"].startswith(b"RIFF")


async def test_a_long_text_becomes_several_files(counter):
    ts = await counter.slack.say(HELP, ANN, "x", files=[("speech.txt", b"Well then. " * 800)])
    seen = await counter.write("<@U0BOT> !speak --name talk", ts)
    await seen.press("Speak it")
    await seen.becomes("3 files in this thread")

    assert sorted(files(counter, ts)) == ["talk-1.mp3", "talk-2.mp3", "talk-3.mp3"]


async def test_without_a_recording_a_form_asks_for_one(counter):
    await counter.slack.command("/ai transcribe --format srt", ANN, HELP)
    await counter.slack.wait(lambda s: s.view(ANN))
    file = counter.slack.upload(ANN, "call.wav", sound())

    await counter.slack.submit(ANN, {"clip": {"input": [file]}, "format": {"input": "vtt"}})
    await counter.slack.wait(lambda s: s.ephemerals(ANN))

    assert "as vtt" in counter.last().text


@pytest.mark.parametrize(
    ("line", "words"), [("transcribe", "transcription"), ("speak hi", "speech")]
)
async def test_a_host_without_audio_is_told_in_a_sentence(counter, line, words):
    counter.model.switches.lack("audio")
    ts = await recorded(counter, "call.wav")
    seen = await counter.write(f"<@U0BOT> !{line}", ts)

    await seen.press({"transcribe": "Write it down"}.get(line, "Speak it"))
    await seen.becomes(f"This server has no {words}", "OPENAI_CREDENTIALS")


async def test_what_is_no_recording_is_refused(counter):
    ts = await counter.slack.say(HELP, ANN, "x", files=[("notes.aac", b"abc")])
    seen = await counter.write("<@U0BOT> !transcribe", ts)

    await seen.press("Write it down")
    await seen.becomes("must be one of flac, mp3")


def test_slacks_clips_get_the_ending_of_their_type():
    clip = SharedFile("F1", "audio_message", "audio/mp4", 1, "https://x")

    assert with_ending(clip) == "audio_message.m4a"


@pytest.mark.parametrize(
    ("name", "who"), [("speaker-Ann.wav", "Ann"), ("Ann_Vries speaker.mp3", "Ann Vries")]
)
def test_samples_are_named_after_their_speaker(name, who):
    assert speaker(name) == who


def test_files_are_called_by_words_of_any_script():
    words = ("A red fox!", "ช้างแดง ตัวใหญ่", "हाथी और घोड़ा", "\u2764\ufe0f")

    names = [called(one, "speech") for one in words]

    assert names == ["a-red-fox", "ช้างแดง-ตัวใหญ่", "हाथी-और-घोड़ा", "speech"]


def test_texts_are_cut_where_they_read_best():
    assert parts("One two. Three four.\n\nFive six.", 24) == ["One two. Three four.", "Five six."]
    assert parts("「今日は。」明日は雨です。", 9) == ["「今日は。」", "明日は雨です。"]
    assert parts("a" * 10, 4) == ["aaaa", "aaaa", "aa"]
    assert parts("", 4) == []


async def test_a_text_of_blanks_alone_is_asked_for(counter):
    await counter.slack.command('/ai speak "  "', ANN, HELP)

    await counter.slack.wait(lambda slack: slack.view(ANN))
    assert counter.slack.view(ANN)["title"]["text"] == "Speak a text"
