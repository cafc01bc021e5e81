"""Chat completions against a scripted server: what is asked, what comes back, what goes wrong."""

import asyncio
import json
from typing import Any

import pytest
from openai_answers import (
    HELLO,
    TOOL,
    answers_bytes,
    answers_json,
    ask,
    delta,
    drips,
    read,
    refuses,
    says,
    sse,
    streams,
    streams_in_two,
    streams_then_cuts,
    whole,
)
from openai_server import Server, Sleeps

from bot.openai import errors
from bot.openai.client import OpenAI


async def test_text_arrives_in_pieces_and_whole(server: Server, client: OpenAI) -> None:
    gate = asyncio.Event()
    server.answers(streams_in_two(gate, delta(content="Hel"), *says("lo")))

    async with client.chat.stream(model="m", messages=HELLO) as stream:
        assert await anext(stream) == "Hel"
        gate.set()
        assert [text async for text in stream] == ["lo"]

    assert stream.completion.message.content == "Hello"
    assert stream.completion.usage is not None
    assert stream.completion.usage.completion_tokens == 2


async def test_a_stream_keeps_the_request_id(server: Server, client: OpenAI) -> None:
    server.answers(streams(*says("a"), **{"x-request-id": "req_1"}))

    assert (await ask(client)).request_id == "req_1"


async def test_a_whole_answer_comes_at_once(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(whole("hi"), **{"x-request-id": "req_1"}))

    completion = await client.chat.create(model="m", messages=HELLO, temperature=None)

    assert (completion.message.content, completion.request_id) == ("hi", "req_1")
    assert server.requests == [{"model": "m", "messages": HELLO}]


async def test_a_stream_asks_for_its_usage(server: Server, client: OpenAI) -> None:
    server.answers(streams(*says("a")))

    await ask(client, tools=[TOOL], tool_choice="auto", parallel_tool_calls=None)

    assert server.requests[0] == {
        "model": "m",
        "messages": HELLO,
        "tools": [TOOL],
        "tool_choice": "auto",
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_without_tools_nothing_is_said_about_their_use(
    server: Server, client: OpenAI
) -> None:
    server.answers(streams(*says("a")))

    await ask(client, tools=[], tool_choice="auto", parallel_tool_calls=True)

    assert set(server.requests[0]) == {"model", "messages", "stream", "stream_options"}


async def test_fields_of_other_servers_go_along(server: Server, client: OpenAI) -> None:
    server.answers(streams(*says("a")))

    await ask(client, extra_body={"top_k": 5})

    assert server.requests[0]["top_k"] == 5


async def test_a_misspelt_field_is_refused_before_sending(server: Server, client: OpenAI) -> None:
    with pytest.raises(errors.InvalidRequestError, match="temprature"):
        await client.chat.create(model="m", messages=HELLO, temprature=1)

    assert server.requests == []


async def test_half_an_emoji_does_not_cost_the_answer(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(whole()))

    await client.chat.create(model="m", messages=[{"role": "user", "content": "a\ud83d"}])

    assert server.requests[0]["messages"][0]["content"] == "a?"


PIECE: dict[str, Any] = {"choices": [{"index": 0, "delta": {"content": "hello"}}]}

GOOD_STREAMS = {
    "no [DONE]": sse(says("hello")[:-1]),
    "no finish_reason": sse([delta(content="hello"), "[DONE]"]),
    "neither": sse([PIECE]),
    "no blank line at the end": sse([PIECE]).rstrip(),
    "CRLF": sse(says("hello")).replace(b"\n", b"\r\n"),
    "comments": b": PROCESSING\n\n" + sse(says("hello")),
    "byte order mark": b"\xef\xbb\xbf" + sse(says("hello")),
    "blank lines first": b"\n\n \n" + sse(says("hello")),
    "empty choices first": sse([{"choices": [], "prompt_filter_results": []}, *says("hello")]),
    "no blank lines": sse(says("hello")).replace(b"\n\n", b"\n"),
    "junk line": sse(["{junk", "null", "7", *says("hello")]),
    "more after [DONE]": sse([*says("hello"), delta(content="!")]),
    "usage and error null": sse([PIECE | {"usage": None, "error": None}]),
    "whole answer as one event": sse([whole("hello"), "[DONE]"]),
    "whole answer as JSON": json.dumps(whole("hello")).encode(),
    "whole answer after spaces": b"  \n" + json.dumps(whole("hello")).encode(),
}


@pytest.mark.parametrize("body", GOOD_STREAMS.values(), ids=GOOD_STREAMS.keys())
@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json"])
async def test_odd_streams_are_read_all_the_same(
    server: Server, client: OpenAI, body: bytes, content_type: str
) -> None:
    server.answers(answers_bytes(body, content_type))

    pieces, completion = await read(client.chat.stream(model="m", messages=HELLO))

    assert "".join(pieces) == completion.message.content == "hello"
    assert completion.finish_reason == "stop"


async def test_bytes_may_be_cut_anywhere(server: Server, client: OpenAI) -> None:
    body = sse(says("grüße 🦉")).replace(b"\\u00fc", "ü".encode())
    server.answers(drips(body, 7))

    completion = await ask(client)

    assert completion.message.content == "grüße 🦉"


async def test_streamed_tool_calls_are_assembled(server: Server, client: OpenAI) -> None:
    piece = {"index": 0, "id": "x", "type": "function", "function": {"name": "f", "arguments": ""}}
    rest = {"index": 0, "function": {"arguments": '{"a":1}'}}
    server.answers(streams(delta(tool_calls=[piece]), delta(tool_calls=[rest]), delta("stop")))

    completion = await ask(client, tools=[TOOL])

    (call,) = completion.message.tool_calls
    assert call.function is not None
    assert (call.id, call.function.name, call.function.arguments) == ("x", "f", '{"a":1}')
    assert completion.finish_reason == "tool_calls"


async def test_a_passing_failure_is_tried_again(
    server: Server, client: OpenAI, sleeps: Sleeps
) -> None:
    server.answers(refuses(500), refuses(429, headers={"retry-after": "3"}), streams(*says("a")))

    completion = await ask(client)

    assert completion.message.content == "a"
    assert sleeps == [0.5, 3.0]


BAD_STARTS = {
    "cut before anything": streams_then_cuts(),
    "cut after the role": streams_then_cuts(delta(role="assistant", content="")),
    "empty body": answers_bytes(b""),
    "only [DONE]": answers_bytes(sse(["[DONE]"])),
    "only a role": answers_bytes(sse([delta(role="assistant")])),
    "only usage": answers_bytes(sse([{"choices": [], "usage": {}}])),
    "error event": answers_bytes(sse([{"error": {"message": "x", "type": "server_error"}}])),
    "error event with an empty choice": answers_bytes(
        sse([{"choices": [], "error": {"message": "x", "code": 502}}])
    ),
    "error event of vLLM": answers_bytes(
        sse([{"object": "error", "message": "x", "code": 500}, "[DONE]"])
    ),
    "answer that the server could not end": answers_bytes(sse([delta("error"), "[DONE]"])),
    "error as JSON": answers_bytes(b'{"error": {"message": "x", "code": "slow_down"}}'),
    "call without its arguments": answers_bytes(
        sse([delta(tool_calls=[{"index": 0, "function": {"name": "f", "arguments": ""}}])])
    ),
    "call torn": answers_bytes(
        sse([delta(tool_calls=[{"index": 0, "function": {"name": "f", "arguments": '{"a'}}])])
    ),
}


@pytest.mark.parametrize("start", BAD_STARTS.values(), ids=BAD_STARTS.keys())
async def test_a_stream_that_fails_before_its_text_is_tried_again(
    server: Server, client: OpenAI, start: Any
) -> None:
    server.answers(start, streams(*says("hello")))

    pieces, completion = await read(client.chat.stream(model="m", messages=HELLO))

    assert "".join(pieces) == completion.message.content == "hello"


@pytest.mark.parametrize(
    "error",
    [
        None,
        {"error": {"message": "x", "code": "server_error"}},
        {"object": "error", "message": "x", "type": "InternalServerError", "code": 500},
        {"type": "error", "message": "x"},
        {"detail": "x"},
        delta("insufficient_system_resource"),
    ],
    ids=["cut", "error event", "of vLLM", "of a proxy", "of FastAPI", "of DeepSeek"],
)
async def test_a_stream_that_fails_after_its_text_began_is_not_begun_anew(
    server: Server, client: OpenAI, error: Any
) -> None:
    gate = asyncio.Event()
    rest = [error, "[DONE]"]
    server.answers(streams_in_two(gate, delta(content="hel"), *rest, cut=error is None))

    async with client.chat.stream(model="m", messages=HELLO) as stream:
        assert await anext(stream) == "hel"
        gate.set()
        with pytest.raises(errors.StreamError) as caught:
            await anext(stream)

    assert isinstance(caught.value.__cause__, errors.OpenAIError)
    assert len(server.requests) == 1


async def test_halves_of_a_character_are_joined_and_a_lone_one_is_replaced(
    server: Server, client: OpenAI
) -> None:
    server.answers(streams(*says("a \ud83d", "\ude00 b", "\udc00 c \ud83d", " d")))

    pieces, completion = await read(client.chat.stream(model="m", messages=HELLO))

    assert "".join(pieces) == completion.message.content == "a 😀 b\ufffd c \ufffd d"


@pytest.mark.parametrize(
    "content", [{"foo": 1}, {"choices": []}, [1], {"choices": "x"}], ids=json.dumps
)
@pytest.mark.parametrize("streamed", [True, False])
async def test_other_json_is_said_to_be_no_answer(
    server: Server, client: OpenAI, content: Any, streamed: bool
) -> None:
    server.answers(answers_json(content))

    asking = ask(client) if streamed else client.chat.create(model="m", messages=HELLO)

    with pytest.raises(errors.APIResponseValidationError):
        await asking


async def test_after_an_empty_stream_the_answer_is_asked_for_in_one_piece_once(
    server: Server, client: OpenAI
) -> None:
    server.answers(answers_bytes(b""), answers_json(whole("all")), streams(*says("hello")))

    said = [(await ask(client)).message.content for _ in range(2)]

    assert said == ["all", "hello"]
    assert ["stream" in request for request in server.requests] == [True, False, True]
    assert client.chat.learned == {}


async def test_why_a_stream_was_empty_is_told_where_the_server_tells_it(
    server: Server, client: OpenAI
) -> None:
    too_long = "This model's maximum context length is 512 tokens."
    server.answers(answers_bytes(b""), refuses(400, too_long))

    with pytest.raises(errors.ContextLengthError):
        await ask(client)


async def test_an_endless_empty_server_is_given_up(server: Server, client: OpenAI) -> None:
    server.always = answers_bytes(b"")

    with pytest.raises(errors.IncompleteAnswerError):
        await ask(client)

    assert len(server.requests) == 3


async def test_html_with_200_is_said_to_be_no_answer(server: Server, client: OpenAI) -> None:
    server.answers(answers_bytes(b"<html>Open WebUI</html>", "text/html"))

    with pytest.raises(errors.APIResponseValidationError, match="text/html"):
        await ask(client)


async def test_the_completion_is_there_only_after_the_text(server: Server, client: OpenAI) -> None:
    server.answers(streams(*says("a")))

    async with client.chat.stream(model="m", messages=HELLO) as stream:
        with pytest.raises(RuntimeError, match="to its end"):
            _ = stream.completion
