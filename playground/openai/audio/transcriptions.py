"""POST /v1/audio/transcriptions: every format and the stream, by the rules of each model."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from playground.openai.audio.heard import Heard
from playground.openai.audio.listening import as_text, heard_in, read_recording
from playground.openai.cards import ModelCard
from playground.openai.checks.form_fields import form_values
from playground.openai.checks.shape import (
    Rule,
    array,
    check_object,
    choice,
    decimal,
    either,
    flag,
    nested,
    text,
    whole,
)
from playground.openai.errors import bad_request, missing, unsupported
from playground.openai.models import Models
from playground.openai.pace import Pace
from playground.openai.script import words
from playground.openai.sending import send_events

Json = dict[str, Any]
FORMATS = ("json", "text", "srt", "verbose_json", "vtt", "diarized_json")
OPENS_WITHOUT_CHUNKS = 30
CHUNKING: Rule = nested(
    {
        "type": choice("server_vad"),
        "prefix_padding_ms": whole(0, 100_000),
        "silence_duration_ms": whole(0, 100_000),
        "threshold": decimal(0, 1),
    },
    ("type",),
)


FIELDS: dict[str, Rule] = {
    "model": text(least=1),
    "language": text(8),
    "languages": array(text(8)),
    "keywords": array(text()),
    "prompt": text(),
    "response_format": choice(*FORMATS),
    "temperature": decimal(0, 1),
    "include": array(choice("logprobs")),
    "timestamp_granularities": array(choice("word", "segment")),
    "stream": flag,
    "chunking_strategy": either("auto", CHUNKING),
    "known_speaker_names": array(text(), 1, 4),
    "known_speaker_references": array(text(), 1, 4),
}
ONLY_WITH = {
    "languages": "hints",
    "keywords": "hints",
    "known_speaker_names": "speakers",
    "known_speaker_references": "speakers",
    "timestamp_granularities": "times",
    "include": "logprobs",
}


class Transcriptions:
    """Transcriptions."""

    def __init__(self, models: Models, pace: Pace) -> None:
        self.models = models
        self.pace = pace

    def routes(self) -> list[web.RouteDef]:
        """Give the address of this resource."""
        return [web.post("/v1/audio/transcriptions", self.create)]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Write down what is said."""
        form, sent = await read_recording(request)
        body = form_values(form, FIELDS)
        check_object(body, FIELDS, ("model",))
        card = self.models.answering(body["model"], "transcriptions")
        check_by_model(body, card)
        language = body.get("language") or (body.get("languages") or [None])[0]
        heard = heard_in(request, sent, language, body.get("temperature") or 0.0)
        check_chunks(body, card, heard)
        if body.get("stream") and "times" not in card.traits:
            return await send_events(request, list(events(body, card, heard)), self.pace)
        return answered(body, card, heard)


def check_by_model(body: Json, card: ModelCard) -> None:
    """Refuse what this model does not take."""
    form = body.get("response_format") or "json"
    allowed = formats_of(card)
    if form not in allowed:
        listed = " or ".join(f"'{word}'" for word in allowed)
        raise bad_request(
            f"response_format '{form}' is not compatible with model '{card.id}'. Use {listed} "
            "instead.",
            "response_format",
            "unsupported_value",
        )
    for field, trait in ONLY_WITH.items():
        if body.get(field) and trait not in card.traits:
            raise unsupported(field)
    if body.get("prompt") and "speakers" in card.traits:
        raise unsupported("prompt")
    if body.get("timestamp_granularities") and form != "verbose_json":
        raise bad_request(
            "'timestamp_granularities' needs response_format 'verbose_json'.",
            "timestamp_granularities",
        )
    names = body.get("known_speaker_names") or []
    if len(names) != len(body.get("known_speaker_references") or []):
        raise bad_request(
            "'known_speaker_names' and 'known_speaker_references' must have the same length.",
            "known_speaker_references",
        )


def formats_of(card: ModelCard) -> tuple[str, ...]:
    """Give the formats that a model writes."""
    if "times" in card.traits:
        return FORMATS[:5]
    if "speakers" in card.traits:
        return "json", "text", "diarized_json"
    return ("json", "text") if "hints" in card.traits else ("json",)


def check_chunks(body: Json, card: ModelCard, heard: Heard) -> None:
    """Refuse a long recording of several speakers without a strategy to cut it."""
    long = heard.seconds > OPENS_WITHOUT_CHUNKS
    if long and "speakers" in card.traits and body.get("chunking_strategy") is None:
        raise missing("chunking_strategy")


def answered(body: Json, card: ModelCard, heard: Heard) -> web.Response:
    """Give the transcript as it was asked for."""
    form = body.get("response_format") or "json"
    if (written := as_text(heard, form)) is not None:
        return written
    if form == "verbose_json":
        granularities = body.get("timestamp_granularities") or []
        return web.json_response(heard.verbose("transcribe", granularities))
    if form == "diarized_json":
        return web.json_response(heard.diarized(body.get("known_speaker_names") or []))
    return web.json_response(plain(body, card, heard))


def plain(body: Json, card: ModelCard, heard: Heard) -> Json:
    """Give the transcript with what it cost."""
    shown: Json = {"text": heard.text}
    if body.get("include"):
        shown["logprobs"] = heard.logprobs()
    if "hints" in card.traits:
        shown["languages"] = [{"code": heard.language}]
    by_time = "times" in card.traits
    prompt = body.get("prompt") or ""
    shown["usage"] = heard.duration_usage() if by_time else heard.token_usage(prompt)
    return shown


def events(body: Json, card: ModelCard, heard: Heard) -> Iterator[Json]:
    """Give the transcript word by word, with speakers where they were asked for."""
    wanted = bool(body.get("include"))
    for word, sure in zip(words(heard.text), heard.logprobs(), strict=True):
        extra = {"logprobs": [sure]} if wanted else {}
        yield {"type": "transcript.text.delta", "delta": word, **extra}
    if body.get("response_format") == "diarized_json":
        yield from heard.spoken(body.get("known_speaker_names") or [])
    yield {"type": "transcript.text.done", **plain(body, card, heard)}
