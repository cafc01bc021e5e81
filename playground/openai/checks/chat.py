"""Checks of a whole chat completion request, and of what the chosen model refuses."""

from typing import Any

from playground.openai.cards import ModelCard
from playground.openai.checks.formats import answer_format, check_mention
from playground.openai.checks.messages import check_messages
from playground.openai.checks.shape import (
    STREAM_OPTIONS,
    Rule,
    anything,
    array,
    check_object,
    check_stream,
    choice,
    decimal,
    flag,
    text,
    whole,
)
from playground.openai.checks.tools import check_tools
from playground.openai.errors import bad_request, missing, unsupported
from playground.openai.tokens import count_prompt

FREE = """
    audio function_call functions logit_bias messages metadata modalities model moderation
    parallel_tool_calls prediction prompt_cache_options prompt_cache_retention seed tool_choice
    tools web_search_options
"""


def stops(value: Any, param: str) -> None:
    """Take up to four texts, or whatever is no list."""
    if isinstance(value, list):
        array(anything, 1, 4)(value, param)


FIELDS: dict[str, Rule] = {
    **dict.fromkeys(FREE.split(), anything),
    **dict.fromkeys(("stream", "store", "logprobs"), flag),
    "reasoning_effort": choice("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "verbosity": choice("low", "medium", "high"),
    "service_tier": choice("auto", "default", "flex", "scale", "priority", "fast"),
    "temperature": decimal(0, 2),
    "top_p": decimal(0, 1),
    "presence_penalty": decimal(-2, 2),
    "frequency_penalty": decimal(-2, 2),
    "n": whole(1, 128),
    "top_logprobs": whole(0, 20),
    "max_tokens": whole(1, 1_000_000),
    "max_completion_tokens": whole(1, 1_000_000),
    "stop": stops,
    "response_format": answer_format,
    "stream_options": STREAM_OPTIONS,
    "user": text(512),
    "safety_identifier": text(64),
    "prompt_cache_key": text(64),
}
ALLOWED = {"temperature": 1, "top_p": 1}
HINTS = {"max_tokens": " Use 'max_completion_tokens' instead."}


def check_chat(body: Any) -> None:
    """Refuse a request that OpenAI would refuse whatever the model."""
    if not isinstance(body, dict):
        raise bad_request("We could not parse the JSON body of your request.")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise bad_request("you must provide a model parameter")
    if "messages" not in body:
        raise missing("messages")
    check_object(body, FIELDS)
    check_messages(body["messages"])
    check_tools(body)
    check_pairs(body)
    check_mention(body)


def check_pairs(body: dict[str, Any]) -> None:
    """Check fields that need or exclude each other."""
    check_stream(body)
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise bad_request("The 'top_logprobs' parameter needs 'logprobs'.", "top_logprobs")
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        raise bad_request(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
            "invalid_parameter_combination",
        )


def check_model(body: dict[str, Any], card: ModelCard) -> int:
    """Refuse what this model refuses, and give the number of prompt tokens."""
    for field in body:
        if field in card.refuses and body[field] != ALLOWED.get(field):
            raise unsupported(field, HINTS.get(field, ""))
    offered = body.get("tools") or body.get("functions")
    if card.tools_need_effort_none and offered and body.get("reasoning_effort") != "none":
        raise bad_request(
            f"Function tools with reasoning_effort are not supported for {card.id} in "
            "/v1/chat/completions. To use function tools, use /v1/responses or set "
            "reasoning_effort to 'none'.",
            "reasoning_effort",
        )
    tokens = count_prompt(body)
    if tokens > card.context:
        raise bad_request(
            f"This model's maximum context length is {card.context} tokens. However, your "
            f"messages resulted in {tokens} tokens. Please reduce the length of the messages.",
            "messages",
            "context_length_exceeded",
        )
    return tokens
