"""A transcript in all its forms: text, segments, words, subtitles, speakers. Pure."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from playground.openai.script import words
from playground.openai.tokens import count

Json = dict[str, Any]
SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*")
SPEAKERS = ("A", "B")
LANGUAGES = {
    "de": "german", "en": "english", "es": "spanish", "fr": "french", "it": "italian",
    "ja": "japanese", "nl": "dutch", "pl": "polish", "pt": "portuguese", "zh": "chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence and when it was said."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in how many seconds."""

    text: str
    seconds: float
    language: str = "en"
    temperature: float = 0.0

    @property
    def segments(self) -> list[Segment]:
        """Cut the text into sentences; each takes the time that its letters take."""
        pieces = [piece for piece in SENTENCE.findall(self.text) if piece.strip()]
        return spread(pieces or [self.text], 0.0, self.seconds)

    @property
    def words(self) -> list[Segment]:
        """Cut the text into words with their times."""
        return [
            word
            for segment in self.segments
            for word in spread(segment.text.split(), segment.start, segment.end)
        ]

    def verbose(self, task: str, granularities: list[str]) -> Json:
        """Give everything that is known."""
        shown: Json = {
            "task": task,
            "language": LANGUAGES.get(self.language, self.language),
            "duration": self.seconds,
            "text": self.text,
        }
        if "word" in granularities:
            shown["words"] = [
                {"word": one.text, "start": one.start, "end": one.end} for one in self.words
            ]
        if "segment" in granularities or not granularities:
            shown["segments"] = [self.detail(*one) for one in enumerate(self.segments)]
        if task == "transcribe":
            shown["usage"] = self.duration_usage()
        return shown

    def detail(self, place: int, segment: Segment) -> Json:
        """Give one segment with all its numbers."""
        return {
            "id": place,
            "seek": 0,
            "start": segment.start,
            "end": segment.end,
            "text": segment.text,
            "tokens": [50_364 + ord(letter) % 500 for letter in segment.text[:12]],
            "temperature": self.temperature,
            "avg_logprob": -0.25,
            "compression_ratio": 1.2,
            "no_speech_prob": 0.01,
        }

    def diarized(self, names: list[str]) -> Json:
        """Give the sentences with who said them: known speakers first, in turn."""
        return {
            "task": "transcribe",
            "duration": self.seconds,
            "text": self.text,
            "segments": list(self.spoken(names)),
            "usage": self.duration_usage(),
        }

    def spoken(self, names: list[str]) -> Iterator[Json]:
        """Give each sentence with its speaker."""
        speakers = names or list(SPEAKERS)
        for place, segment in enumerate(self.segments):
            yield {
                "type": "transcript.text.segment",
                "id": f"seg_{place + 1:03}",
                "start": segment.start,
                "end": segment.end,
                "text": segment.text,
                "speaker": speakers[place % len(speakers)],
            }

    def duration_usage(self) -> Json:
        """Count by time."""
        return {"type": "duration", "seconds": math.ceil(self.seconds)}

    def token_usage(self, prompt: str) -> Json:
        """Count by tokens."""
        asked, listened = count(prompt), math.ceil(self.seconds * 10)
        said = count(self.text)
        return {
            "type": "tokens",
            "input_tokens": asked + listened,
            "input_token_details": {"text_tokens": asked, "audio_tokens": listened},
            "output_tokens": said,
            "total_tokens": asked + listened + said,
        }

    def logprobs(self) -> list[Json]:
        """Give how sure the transcript is of each word."""
        return [logprob(word) for word in words(self.text)]

    def subtitles(self, form: str) -> str:
        """Give the segments as SubRip or as WebVTT."""
        if form == "vtt":
            return "WEBVTT\n\n" + "".join(
                f"{stamp(one.start, '.')} --> {stamp(one.end, '.')}\n{one.text.strip()}\n\n"
                for one in self.segments
            )
        return "".join(
            f"{n}\n{stamp(one.start, ',')} --> {stamp(one.end, ',')}\n{one.text.strip()}\n\n"
            for n, one in enumerate(self.segments, start=1)
        )


def spread(pieces: list[str], start: float, end: float) -> list[Segment]:
    """Share a span of time among texts, by their length."""
    total = sum(len(piece) for piece in pieces) or 1
    shared, at = [], 0
    for piece in pieces:
        first = start + (end - start) * at / total
        at += len(piece)
        last = start + (end - start) * at / total
        shared.append(Segment(round(first, 3), round(last, 3), piece))
    return shared


def logprob(word: str) -> Json:
    """Give the certainty of one word."""
    digest = blake2b(word.encode(), digest_size=1).digest()[0]
    return {"token": word, "logprob": -digest / 1_000, "bytes": list(word.encode())}


def stamp(seconds: float, point: str) -> str:
    """Give a time as subtitles write it."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
