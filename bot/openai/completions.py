"""Completions: text that goes on from a prompt, whole or streamed.

OpenAI's own models for it are gone; fine-tuned ones of the past and other servers still use it.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Required, Unpack

from bot.openai.chat.completion import CompletionUsage
from bot.openai.chat.request import StreamOptions, streamed
from bot.openai.errors import InvalidRequestError
from bot.openai.event_stream import EventStream, Reading
from bot.openai.objects import APIObject, APIResult, Seconds
from bot.openai.resource import Resource
from bot.openai.rules import (
    SEED,
    STOP,
    Filled,
    Options,
    checked,
    either,
    number,
    pairs,
    several,
    text,
    whole,
)
from bot.openai.wire.api import Ask
from bot.openai.wire.attempts import STREAM

PROMPT = either(
    "must be a text, texts, tokens or lists of tokens",
    text(),
    several(text(), 1),
    several(whole(0), 1),
    several(several(whole(0), 1), 1),
)
PATH = ("completions",)


class CompletionParameters(Options, total=False):
    """The fields of a completion; None leaves a field out."""

    model: Required[Filled]
    prompt: Required[
        Annotated[str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]], PROMPT]
    ]
    suffix: str | None
    max_tokens: Annotated[int | None, whole(0)]
    temperature: Annotated[float | None, number(0, 2)]
    top_p: Annotated[float | None, number(0, 1)]
    n: Annotated[int | None, whole(1, 128)]
    best_of: Annotated[int | None, whole(0, 20)]
    echo: bool | None
    stop: Annotated[str | Sequence[str] | None, STOP]
    logit_bias: Annotated[Mapping[str, int] | None, pairs(100_000, None, number(-100, 100))]
    logprobs: Annotated[int | None, whole(0, 5)]
    presence_penalty: Annotated[float | None, number(-2, 2)]
    frequency_penalty: Annotated[float | None, number(-2, 2)]
    seed: Annotated[int | None, SEED]
    stream_options: StreamOptions | None
    user: str | None


class CompletionLogprobs(APIObject):
    """How likely the tokens were; the four lists go together."""

    tokens: list[str] | None = None
    token_logprobs: list[float | None] | None = None
    top_logprobs: list[dict[str, float] | None] | None = None
    text_offset: list[int] | None = None


class CompletionChoice(APIObject):
    """One of the texts, or a piece of it in a stream; `finish_reason` is None until its end."""

    text: str = ""
    index: int = 0
    logprobs: CompletionLogprobs | None = None
    finish_reason: str | None = None


class Completion(APIResult):
    """The answer to a prompt; in a stream, a piece of it."""

    id: str = ""
    object: str = "text_completion"
    created: Seconds = 0
    model: str = ""
    choices: list[CompletionChoice]
    usage: CompletionUsage | None = None
    system_fingerprint: str | None = None

    @property
    def text(self) -> str:
        """Return the first choice's text."""
        return "".join(choice.text for choice in self.choices if choice.index == 0)


READING = Reading(Completion, whole=lambda data: [data])


class Completions(Resource):
    """Completions of one server."""

    async def create(self, **parameters: Unpack[CompletionParameters]) -> Completion:
        """Return the whole text at once."""
        body = _body(parameters, stream=False)
        ask = Ask("POST", PATH, body=body, first_byte=self._slow(parameters))
        return await self._result(Completion, ask)

    def stream(self, **parameters: Unpack[CompletionParameters]) -> EventStream[Completion]:
        """Return the text as a stream of pieces, the counts of tokens with the last."""
        body = _body(parameters, stream=True)
        ask = Ask("POST", PATH, body=body, headers=STREAM, first_byte=parameters.get("timeout"))
        return EventStream(self._api, ask, READING)


def _body(parameters: CompletionParameters, *, stream: bool) -> dict[str, Any]:
    body = checked(CompletionParameters, parameters)
    best_of = body.get("best_of")
    if best_of is not None and stream:
        raise InvalidRequestError("best_of", "cannot be streamed")
    if best_of is not None and best_of < body.get("n", 1):
        raise InvalidRequestError("best_of", "must not be below n")
    return streamed(body, stream=stream)
