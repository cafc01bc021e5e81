"""Checks of a whole chat completion request, and of what the chosen model refuses."""

from typing import Any

from playground.openai.cards import ModelCard
from playground.openai.checks.fields import (
    check_choice,
    check_items,
    check_length,
    check_range,
    check_type,
)
from playground.openai.checks.messages import check_messages
from playground.openai.checks.tools import check_tools
from playground.openai.errors import ApiError, bad_request, missing
from playground.openai.tokens import count_prompt

FREE_WORDS = """
    audio function_call functions logit_bias messages metadata modalities model moderation
    parallel_tool_calls prediction prompt_cache_key prompt_cache_options prompt_cache_retention
    response_format safety_identifier seed stop stream_options tool_choice tools user
    web_search_options
"""
FREE = frozenset(FREE_WORDS.split())
FLAGS = ("stream", "store", "logprobs")
CHOICES = {
    "reasoning_effort": ("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "verbosity": ("low", "medium", "high"),
    "service_tier": ("auto", "default", "flex", "scale", "priority", "fast"),
}
RANGES: dict[str, tuple[type, float, float]] = {
    "temperature": (float, 0, 2),
    "top_p": (float, 0, 1),
    "presence_penalty": (float, -2, 2),
    "frequency_penalty": (float, -2, 2),
    "n": (int, 1, 128),
    "top_logprobs": (int, 0, 20),
    "max_tokens": (int, 1, 1_000_000),
    "max_completion_tokens": (int, 1, 1_000_000),
}
ALLOWED = {"temperature": 1, "top_p": 1}
KNOWN = FREE | set(FLAGS) | set(CHOICES) | set(RANGES)


def check_chat(body: Any) -> None:
    """Refuse a request that OpenAI would refuse whatever the model."""
    if not isinstance(body, dict):
        raise bad_request("We could not parse the JSON body of your request.")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise bad_request("you must provide a model parameter")
    if "messages" not in body:
        raise missing("messages")
    for field in body:
        if field not in KNOWN:
            raise bad_request(f"Unknown parameter: '{field}'.", field, "unknown_parameter")
    check_messages(body["messages"])
    check_tools(body)
    check_values(body)
    check_pairs(body)


def check_values(body: dict[str, Any]) -> None:
    """Check types and ranges of the plain fields; null means left out."""
    given = {field: value for field, value in body.items() if value is not None}
    for field in FLAGS:
        if field in given:
            check_type(given[field], bool, field)
    for field, choices in CHOICES.items():
        if field in given:
            check_choice(given[field], choices, field)
    for field, (kind, low, high) in RANGES.items():
        if field in given:
            check_range(given[field], kind, low, high, field)
    if isinstance(given.get("stop"), list):
        check_items(given["stop"], 1, 4, "stop")
    for field in ("user", "safety_identifier", "prompt_cache_key"):
        if field in given:
            check_type(given[field], str, field)
            check_length(given[field], 64 if field != "user" else 512, field)


def check_pairs(body: dict[str, Any]) -> None:
    """Check fields that need or exclude each other."""
    if body.get("stream_options") is not None and not body.get("stream"):
        text = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise bad_request(text, "stream_options")
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
            raise unsupported(field, card)
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


def unsupported(field: str, card: ModelCard) -> ApiError:
    """Refuse a field that the model does not take."""
    hint = " Use 'max_completion_tokens' instead." if field == "max_tokens" else ""
    return bad_request(
        f"Unsupported parameter: '{field}' is not supported with this model.{hint}",
        field,
        "unsupported_parameter",
    )
