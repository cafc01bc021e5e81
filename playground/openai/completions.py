"""POST /v1/completions: text after a prompt, the way before chats."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from aiohttp import web

from playground.openai import tokens
from playground.openai.cards import ModelCard
from playground.openai.checks.shape import (
    STREAM_OPTIONS,
    Rule,
    anything,
    array,
    check_stream,
    check_type,
    decimal,
    flag,
    text,
    whole,
)
from playground.openai.continuing import Continuation, continued, cut
from playground.openai.errors import bad_request, missing, unsupported
from playground.openai.ids import new_id
from playground.openai.models import Models
from playground.openai.pace import Pace
from playground.openai.reading import read_object, texts_or_tokens
from playground.openai.sending import ordered, send_events

Json = dict[str, Any]
Taught = Callable[[str, str], str | None]
DEFAULT_LENGTH = 16


def stops(value: Any, param: str) -> None:
    """Take a text, or up to four."""
    if not isinstance(value, str):
        array(text(), 1, 4)(value, param)


def biases(value: Any, param: str) -> None:
    """Take token ids with numbers from -100 to 100."""
    check_type(value, dict, param)
    for token, bias in value.items():
        if not token.isdigit():
            raise bad_request(f"Invalid key in '{param}': {token}.", param, "invalid_value")
        decimal(-100, 100)(bias, f"{param}.{token}")


FIELDS: dict[str, Rule] = {
    "model": text(least=1),
    "prompt": anything,
    "best_of": whole(0, 20),
    "echo": flag,
    "frequency_penalty": decimal(-2, 2),
    "logit_bias": biases,
    "logprobs": whole(0, 5),
    "max_tokens": whole(0, 1_000_000),
    "n": whole(1, 128),
    "presence_penalty": decimal(-2, 2),
    "seed": whole(-(2**63), 2**63 - 1),
    "stop": stops,
    "stream": flag,
    "stream_options": STREAM_OPTIONS,
    "suffix": text(),
    "temperature": decimal(0, 2),
    "top_p": decimal(0, 1),
    "user": text(),
}


@dataclass(frozen=True, slots=True)
class Completed:
    """All texts of one request."""

    head: Json
    body: Json
    prompts: list[str]
    texts: list[Continuation]

    def usage(self) -> Json:
        """Count; texts that were made and not chosen cost as well."""
        made = sum(len(one.pieces) for one in self.texts)
        tries = max(self.body.get("best_of") or 1, self.body.get("n") or 1)
        made = made * tries // (self.body.get("n") or 1)
        asked = sum(tokens.count(prompt) for prompt in self.prompts)
        return {
            "prompt_tokens": asked,
            "completion_tokens": made,
            "total_tokens": asked + made,
        }

    def choice(self, place: int, one: Continuation, finish: str | None, offset: int = 0) -> Json:
        """Give one choice, or one piece of it."""
        count = self.body.get("logprobs")
        numbers = None if count is None else one.logprobs(count, offset)
        return {"text": one.text, "index": place, "logprobs": numbers, "finish_reason": finish}

    def whole(self) -> Json:
        """Give all as one object."""
        choices = [self.choice(n, one, one.finish) for n, one in enumerate(self.texts)]
        return {**self.head, "choices": choices, "usage": self.usage()}

    def chunks(self) -> Iterator[Json]:
        """Give the chunks of a stream, the choices in turn."""
        wants_usage = (self.body.get("stream_options") or {}).get("include_usage")
        extra = {"usage": None} if wants_usage else {}
        offsets = [0] * len(self.texts)
        for row in zip_longest(*((*one.echo, *one.pieces) for one in self.texts)):
            for place, piece in enumerate(row):
                if piece is not None:
                    part = Continuation((piece,), "")
                    choice = self.choice(place, part, None, offsets[place])
                    offsets[place] += len(piece)
                    yield {**self.head, "choices": [choice], **extra}
        for place, one in enumerate(self.texts):
            last = {"text": "", "index": place, "logprobs": None, "finish_reason": one.finish}
            yield {**self.head, "choices": [last], **extra}
        if wants_usage:
            yield {**self.head, "choices": [], "usage": self.usage()}


class Completions:
    """Completions."""

    def __init__(self, models: Models, taught: Taught, pace: Pace) -> None:
        self.models = models
        self.taught = taught
        self.pace = pace

    def routes(self) -> list[web.RouteDef]:
        """Give the address of this resource."""
        return [web.post("/v1/completions", self.create)]

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Write on after each prompt."""
        body = await read_object(request, FIELDS, ("model",))
        if "prompt" not in body:
            raise missing("prompt")
        card = self.models.answering(body["model"], "completions")
        prompts = read_prompts(body["prompt"])
        check_together(body, card, prompts)
        texts = list(self.texts(request, body, prompts))
        head = {
            "id": new_id("cmpl-"),
            "object": "text_completion",
            "created": int(self.models.clock()),
            "model": card.id,
        }
        done = Completed(head, body, prompts, texts)
        if body.get("stream"):
            return await send_events(request, list(done.chunks()), self.pace, done=True)
        return web.json_response(done.whole())

    def texts(self, request: web.Request, body: Json, prompts: list[str]) -> Iterator[Continuation]:
        """Give the texts of all choices."""
        given, limit = ordered(request).text or None, body.get("max_tokens")
        stop = [body["stop"]] if isinstance(body.get("stop"), str) else body.get("stop") or []
        for prompt in prompts:
            taught = given or self.taught(body["model"], prompt)
            for number in range(body.get("n") or 1):
                yield continued(
                    prompt,
                    number + (body.get("seed") or 0),
                    taught=taught,
                    limit=DEFAULT_LENGTH if limit is None else limit,
                    stop=stop,
                    echo=bool(body.get("echo")),
                )


def read_prompts(given: Any) -> list[str]:
    """Give the prompts as texts; tokens are shown by their numbers."""
    read = ["<|endoftext|>"] if given is None else texts_or_tokens(given, "prompt")
    return [one if isinstance(one, str) else " ".join(map(str, one)) for one in read]


def check_together(body: Json, card: ModelCard, prompts: list[str]) -> None:
    """Check fields that need or exclude each other, and the length."""
    best, number = body.get("best_of"), body.get("n") or 1
    if best is not None and best < number:
        raise bad_request("You requested that the server return more choices than it will "
                          "generate (HINT: n must be <= best_of).", "best_of")  # fmt: skip
    if body.get("stream") and best is not None and best > number:
        raise bad_request("Cannot stream results with best_of > n.", "best_of")
    check_stream(body)
    if body.get("suffix") is not None and "suffix" not in card.traits:
        raise unsupported("suffix")
    wanted = body.get("max_tokens")
    wanted = DEFAULT_LENGTH if wanted is None else wanted
    longest = max(len(cut(prompt)) for prompt in prompts)
    if longest + wanted > card.context:
        raise bad_request(
            f"This model's maximum context length is {card.context} tokens, however you requested "
            f"{longest + wanted} tokens ({longest} in your prompt; {wanted} for the completion). "
            "Please reduce your prompt; or completion length.",
            "prompt",
            "context_length_exceeded",
        )
