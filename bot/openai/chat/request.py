"""What a chat completion may be asked: every documented field, its rule, and the body made of them.

Words that other hosts add to (`reasoning_effort`, `service_tier`) are left to the server.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.chat.rules import (
    AudioShape,
    FunctionDefinition,
    PredictionShape,
    an_object,
    function_call,
    messages,
    response_format,
    tool_choice,
    tools,
)
from bot.openai.errors import InvalidRequestError
from bot.openai.rules import (
    METADATA,
    SEED,
    STOP,
    Filled,
    Options,
    checked,
    choice,
    number,
    pairs,
    several,
    shape,
    text,
    whole,
)

PATH = ("chat", "completions")
Object = Mapping[str, Any]
Message = Mapping[str, Any]
"""One message in OpenAI's shape: role, content (text or parts), tool_calls, tool_call_id, name."""


class StreamOptions(TypedDict, total=False):
    """What a stream carries besides the answer."""

    include_usage: bool
    include_obfuscation: bool


class ChatParameters(Options, total=False):
    """The fields of a chat completion; None leaves a field out."""

    model: Required[Filled]
    messages: Required[Annotated[Sequence[Message], messages]]
    tools: Annotated[Sequence[Object] | None, tools]
    tool_choice: Annotated[str | Object | None, tool_choice]
    parallel_tool_calls: bool | None
    functions: Annotated[
        Sequence[FunctionDefinition] | None, several(shape(FunctionDefinition), 1, 128)
    ]
    function_call: Annotated[str | Object | None, function_call]
    response_format: Annotated[Object | None, response_format]
    reasoning_effort: Filled | None
    verbosity: Literal["low", "medium", "high"] | None
    service_tier: Filled | None
    max_completion_tokens: Annotated[int | None, whole(0)]
    max_tokens: Annotated[int | None, whole(0)]
    temperature: Annotated[float | None, number(0, 2)]
    top_p: Annotated[float | None, number(0, 1)]
    n: Annotated[int | None, whole(1, 128)]
    stop: Annotated[str | Sequence[str] | None, STOP]
    presence_penalty: Annotated[float | None, number(-2, 2)]
    frequency_penalty: Annotated[float | None, number(-2, 2)]
    logit_bias: Annotated[Mapping[str, int] | None, pairs(1_000_000, None, number(-100, 100))]
    logprobs: bool | None
    top_logprobs: Annotated[int | None, whole(0, 20)]
    seed: Annotated[int | None, SEED]
    modalities: Annotated[Sequence[str] | None, several(choice("text", "audio"), 1)]
    audio: AudioShape | None
    prediction: PredictionShape | None
    web_search_options: Annotated[Object | None, an_object]
    moderation: Annotated[Object | None, an_object]
    store: bool | None
    metadata: Annotated[Mapping[str, str] | None, METADATA]
    safety_identifier: Annotated[str | None, text(0, 64)]
    prompt_cache_key: str | None
    prompt_cache_options: Annotated[Object | None, an_object]
    prompt_cache_retention: Filled | None
    user: str | None
    stream_options: Annotated[StreamOptions | None, an_object]


TOOLS = ("tools", "tool_choice", "parallel_tool_calls")  # the fields that go only with tools


def request_body(parameters: ChatParameters, *, stream: bool) -> dict[str, Any]:
    """Return the JSON body for these parameters."""
    body = checked(ChatParameters, parameters)
    if "top_logprobs" in body and not body.get("logprobs"):
        raise InvalidRequestError("top_logprobs", "needs logprobs")
    if not body.get("tools"):
        for name in TOOLS:
            body.pop(name, None)
    return streamed(body, stream=stream)


def streamed(body: dict[str, Any], *, stream: bool) -> dict[str, Any]:
    """Return the body that asks for a stream, with the counts of tokens in it, or for none."""
    options = body.pop("stream_options", None) or {}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True, **options}}
    return body
