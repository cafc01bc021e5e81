"""What a server's refusals teach the chat client, and servers that only know functions."""

from collections.abc import Callable
from typing import Any

import pytest
from openai_answers import (
    HELLO,
    TOOL,
    answers_json,
    ask,
    delta,
    refuses,
    says,
    streams,
    whole,
)
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI


async def test_a_lesson_is_used_at_once_remembered_and_told(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    told: list[Any] = []
    client = connect(on_learned=lambda model, rules: told.append((model, rules)))
    refusal = refuses(400, "no", code="unsupported_parameter", param="temperature")
    server.answers(refusal, streams(*says("a")), streams(*says("b")))

    first = await ask(client, temperature=0.1)
    await ask(client, temperature=0.2)

    assert first.left_out == ("temperature",)
    assert ["temperature" in request for request in server.requests] == [True, False, False]
    assert client.chat.learned == {"m": {"temperature": {"drop": True}}}
    assert told == [("m", {"temperature": {"drop": True}})]


async def test_lessons_of_earlier_days_are_used(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(learned={"m": {"max_tokens": {"rename": "max_completion_tokens"}}})
    server.answers(streams(*says("a")))

    await ask(client, max_tokens=5)

    assert server.requests[0]["max_completion_tokens"] == 5


async def test_several_lessons_may_be_needed(server: Server, client: OpenAI) -> None:
    server.answers(
        refuses(400, "Unknown parameter: 'stream_options'."),
        refuses(422, "Extra inputs are not permitted", param="parallel_tool_calls"),
        refuses(400, "Function tools with reasoning_effort are not supported for m"),
        streams(*says("a")),
    )

    completion = await ask(client, tools=[TOOL], parallel_tool_calls=True)

    assert server.requests[-1] == {
        "model": "m",
        "messages": HELLO,
        "tools": [TOOL],
        "stream": True,
        "reasoning_effort": "none",
    }
    assert completion.left_out == ("parallel_tool_calls",)


async def test_a_server_without_tools_answers_without_and_the_caller_knows(
    server: Server, client: OpenAI
) -> None:
    server.answers(refuses(400, "m does not support tools"), streams(*says("a")))

    completion = await ask(client, tools=[TOOL])

    assert "tools" in completion.left_out
    assert "tools" not in server.requests[1]


async def test_a_refusal_to_stream_is_answered_whole(server: Server, client: OpenAI) -> None:
    server.answers(
        refuses(400, "verify first", code="unsupported_value", param="stream"),
        answers_json(whole("hi")),
    )

    completion = await ask(client)

    assert completion.message.content == "hi"
    assert server.requests[1] == {"model": "m", "messages": HELLO}


async def test_a_lesson_that_does_not_help_is_forgotten(server: Server, client: OpenAI) -> None:
    server.answers(refuses(400, "Unknown parameter: 'user'."), refuses(400, "still no"))

    with pytest.raises(errors.BadRequestError, match="still no"):
        await client.chat.create(model="m", messages=HELLO, user="u")

    assert client.chat.learned == {}


async def test_lessons_are_bounded(server: Server, client: OpenAI) -> None:
    server.always = refuses(400, "reasoning_effort is not supported; set reasoning_effort to none")

    with pytest.raises(errors.BadRequestError):
        await client.chat.create(model="m", messages=HELLO, tools=[TOOL], reasoning_effort="low")

    assert len(server.requests) < 12


async def test_a_conversation_too_long_tells_the_limit(server: Server, client: OpenAI) -> None:
    message = "This model's maximum context length is 8192 tokens."
    server.answers(refuses(400, message, code="context_length_exceeded"))

    with pytest.raises(errors.ContextLengthError) as caught:
        await ask(client)

    assert caught.value.limit == 8192


async def test_legacy_servers_are_asked_for_functions(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(legacy_functions=True)
    pieces = [{"name": "f", "arguments": ""}, {"arguments": "{}"}]
    server.answers(streams(*[delta(function_call=p) for p in pieces], delta("function_call")))

    completion = await ask(client, tools=[TOOL], tool_choice="auto")

    assert server.requests[0]["functions"] == [TOOL["function"]]
    assert server.requests[0]["function_call"] == "auto"
    (call,) = completion.message.tool_calls
    assert call.function is not None
    assert (call.function.name, call.function.arguments) == ("f", "{}")
    assert call.id.startswith("call_")


async def test_legacy_servers_answer_whole_too(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(legacy_functions=True)
    server.answers(answers_json(whole(None, function_call={"name": "f", "arguments": "{}"})))

    completion = await client.chat.create(model="m", messages=HELLO, tools=[TOOL])

    assert [call.function.name for call in completion.message.tool_calls if call.function] == ["f"]
    assert completion.finish_reason == "tool_calls"


async def test_a_legacy_server_gets_functions_though_it_had_refused_tools(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(legacy_functions=True, learned={"m": {"tools": {"drop": True}}})
    server.answers(streams(*says("a")))

    await ask(client, tools=[TOOL])

    assert "functions" in server.requests[0]
