"""What a chat completion is refused for before anything is sent, and what goes through as it is."""

from typing import Any

import pytest
from openai_answers import HELLO, answers_json, whole
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("model", {"model": ""}),
    ("messages", {"messages": []}),
    ("messages", {"messages": "hello"}),
    ("messages[0].role", {"messages": [{"role": "robot", "content": "x"}]}),
    ("messages[0].content", {"messages": [{"role": "user"}]}),
    ("messages[0].tool_call_id", {"messages": [{"role": "tool", "content": "x"}]}),
    ("messages[0].name", {"messages": [{"role": "function", "content": "x"}]}),
    ("tools[0]", {"tools": ["clock"]}),
    ("tools[0].function.name", {"tools": [{"type": "function", "function": {}}]}),
    ("tools[0].function.nme", {"tools": [{"type": "function", "function": {"nme": "a"}}]}),
    ("tool_choice", {"tool_choice": "maybe"}),
    ("tool_choice.type", {"tool_choice": {"type": "tool"}}),
    ("parallel_tool_calls", {"parallel_tool_calls": "yes"}),
    ("functions", {"functions": []}),
    ("function_call", {"function_call": "required"}),
    ("response_format.type", {"response_format": {"type": "xml"}}),
    (
        "response_format.json_schema.name",
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}},
    ),
    ("verbosity", {"verbosity": "chatty"}),
    ("max_completion_tokens", {"max_completion_tokens": -1}),
    ("max_tokens", {"max_tokens": "many"}),
    ("temperature", {"temperature": 2.1}),
    ("top_p", {"top_p": -0.1}),
    ("n", {"n": 129}),
    ("stop", {"stop": ["1", "2", "3", "4", "5"]}),
    ("presence_penalty", {"presence_penalty": 3}),
    ("frequency_penalty", {"frequency_penalty": float("nan")}),
    ("logit_bias.5", {"logit_bias": {"5": 101}}),
    ("logprobs", {"logprobs": 1}),
    ("top_logprobs", {"logprobs": True, "top_logprobs": 21}),
    ("top_logprobs", {"top_logprobs": 2}),
    ("seed", {"seed": 2**63}),
    ("modalities[0]", {"modalities": ["video"]}),
    ("audio.format", {"audio": {"voice": "alloy", "format": "midi"}}),
    ("prediction.type", {"prediction": {"type": "text", "content": "x"}}),
    ("metadata", {"metadata": {str(number): "x" for number in range(17)}}),
    ("safety_identifier", {"safety_identifier": "x" * 65}),
]
RIGHT: list[dict[str, Any]] = [
    {"tool_choice": {"type": "function", "function": {"name": "a"}}},
    {"tools": [{"type": "custom", "custom": {"name": "a"}}]},
    {"tools": [{"type": "function", "function": {"name": "a", "strict": None}}]},
    {"messages": [{"role": "assistant", "tool_calls": []}, *HELLO]},
    {"messages": ({"role": "developer", "content": [{"type": "text", "text": "x"}]},)},
    {"reasoning_effort": "a-word-of-another-host", "service_tier": "on_demand"},
    {"response_format": {"type": "json_object"}, "stop": ["a", "b"]},
    {"logprobs": True, "top_logprobs": 0, "temperature": 0, "n": 1},
]


@pytest.mark.parametrize(("field", "fields"), WRONG, ids=lambda one: str(one)[:40])
async def test_what_is_against_the_specification_is_not_sent(
    client: OpenAI, server: Server, field: str, fields: dict[str, Any]
) -> None:
    asked: Any = {"model": "m", "messages": HELLO} | fields

    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.chat.create(**asked)

    assert caught.value.param == field
    assert server.requests == []


@pytest.mark.parametrize("fields", RIGHT, ids=lambda one: str(one)[:40])
async def test_what_a_server_may_take_is_sent(
    client: OpenAI, server: Server, fields: dict[str, Any]
) -> None:
    server.answers(answers_json(whole()))
    asked: Any = {"model": "m", "messages": HELLO} | fields

    await client.chat.create(**asked)

    assert len(server.requests) == 1
