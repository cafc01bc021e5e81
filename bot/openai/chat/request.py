"""What a chat completion may be asked: every documented field, typed, and the body made of them.

The types are for readers and mypy. At run time a misspelt field is refused here, and what is
against `rules`; everything else is for the server to judge.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from bot.openai.chat.rules import check

Message = Mapping[str, Any]
"""One message in OpenAI's shape: role, content (text or parts), tool_calls, tool_call_id, name."""


class FunctionDefinition(TypedDict, total=False):
    """A function on offer; `parameters` is a JSON Schema."""

    name: Required[str]
    description: str
    parameters: dict[str, Any]
    strict: bool | None


class FunctionTool(TypedDict):
    """A function among the tools."""

    type: Literal["function"]
    function: FunctionDefinition


class CustomTool(TypedDict):
    """A tool that takes free text: name, description, format."""

    type: Literal["custom"]
    custom: dict[str, Any]


class StreamOptions(TypedDict, total=False):
    """What a stream carries besides the answer."""

    include_usage: bool
    include_obfuscation: bool


class ChatParameters(TypedDict, total=False):
    """The fields of a chat completion; None leaves a field out.

    `extra_body` is for fields of other servers, `timeout` replaces the time to the first byte.
    """

    model: Required[str]
    messages: Required[Sequence[Message]]
    tools: Sequence[FunctionTool | CustomTool | Mapping[str, Any]] | None
    tool_choice: str | Mapping[str, Any] | None
    parallel_tool_calls: bool | None
    functions: Sequence[FunctionDefinition] | None
    function_call: str | Mapping[str, Any] | None
    response_format: Mapping[str, Any] | None
    reasoning_effort: str | None
    verbosity: str | None
    service_tier: str | None
    max_completion_tokens: int | None
    max_tokens: int | None
    temperature: float | None
    top_p: float | None
    n: int | None
    stop: str | Sequence[str] | None
    presence_penalty: float | None
    frequency_penalty: float | None
    logit_bias: Mapping[str, int] | None
    logprobs: bool | None
    top_logprobs: int | None
    seed: int | None
    modalities: Sequence[str] | None
    audio: Mapping[str, Any] | None
    prediction: Mapping[str, Any] | None
    web_search_options: Mapping[str, Any] | None
    moderation: Mapping[str, Any] | None
    store: bool | None
    metadata: Mapping[str, str] | None
    safety_identifier: str | None
    prompt_cache_key: str | None
    prompt_cache_options: Mapping[str, Any] | None
    prompt_cache_retention: str | None
    user: str | None
    stream_options: StreamOptions | None
    extra_body: Mapping[str, Any] | None
    timeout: float | None


FIELDS = frozenset(ChatParameters.__annotations__)
NOT_SENT = frozenset({"extra_body", "timeout"})
TOOLS = ("tools", "tool_choice", "parallel_tool_calls")


def request_body(parameters: ChatParameters, *, stream: bool) -> dict[str, Any]:
    """Return the JSON body for these parameters."""
    if unknown := sorted(set(parameters) - FIELDS):
        raise TypeError(f"A chat completion has no field {', '.join(unknown)}.")
    check(parameters)
    body: dict[str, Any] = {
        name: value
        for name, value in parameters.items()
        if value is not None and name not in NOT_SENT
    }
    body |= parameters.get("extra_body") or {}
    if stream:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True} | dict(body.get("stream_options") or {})
    else:
        body.pop("stream_options", None)
    if not body.get("tools"):
        for name in TOOLS:
            body.pop(name, None)
    return body
