"""The local model server as a client sees it: answers, streams, faults, refusals."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_asyncio

from playground.openai import DEMO_KEY, LocalOpenAI, ToolCall

HELLO: dict[str, Any] = {"model": "stand-in", "messages": [{"role": "user", "content": "hello"}]}


@pytest_asyncio.fixture
async def model() -> AsyncIterator[LocalOpenAI]:
    async with LocalOpenAI() as server:
        yield server


@pytest_asyncio.fixture
async def client(model: LocalOpenAI) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {DEMO_KEY}"}
    async with httpx.AsyncClient(base_url=model.url, headers=headers) as made:
        yield made


async def stream(client: httpx.AsyncClient, **fields: Any) -> tuple[list[Any], str]:
    response = await client.post("/chat/completions", json=HELLO | {"stream": True} | fields)
    lines = [line[6:] for line in response.text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line.startswith("{")], response.text


def text_of(chunks: list[Any]) -> str:
    deltas = [c["choices"][0]["delta"] for c in chunks if c["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


def calls_of(chunks: list[Any]) -> list[Any]:
    deltas = [c["choices"][0]["delta"] for c in chunks if c["choices"]]
    return [call for delta in deltas for call in delta.get("tool_calls", [])]


async def test_ordered_answers_come_first_and_in_order(model, client):
    model.enqueue("one")
    model.enqueue("two")

    said = [(await client.post("/chat/completions", json=HELLO)).json() for _ in range(3)]

    texts = [answer["choices"][0]["message"]["content"] for answer in said]
    assert texts[:2] == ["one", "two"]
    assert "stand-in" in texts[2]


async def test_answer_can_be_kept_for_one_conversation(model, client):
    model.enqueue("for Ben", when=lambda body: body["messages"][0]["content"] == "I am Ben")
    model.enqueue("for anybody")

    answer = (await client.post("/chat/completions", json=HELLO)).json()

    assert answer["choices"][0]["message"]["content"] == "for anybody"


async def test_stream_has_one_id_a_role_every_word_a_reason_and_an_end(model, client):
    model.enqueue("The  quick\nbrown fox")

    chunks, raw = await stream(client)

    assert text_of(chunks) == "The  quick\nbrown fox"
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert [c["choices"][0]["finish_reason"] for c in chunks][-1] == "stop"
    assert raw.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("path", ["/chat/completions", "/moderations"])
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"input": "\\ud83d"}'])
async def test_a_body_nested_too_deeply_or_with_half_a_character_is_refused(client, path, body):
    json_type = {"Content-Type": "application/json"}

    refused = await client.post(path, content=body, headers=json_type)

    assert refused.status_code == 400


async def test_as_many_choices_come_as_were_asked_for(model, client):
    for _ in range(2):
        model.enqueue("Two words")

    whole = (await client.post("/chat/completions", json=HELLO | {"n": 3})).json()
    chunks, _ = await stream(client, n=3)

    assert [choice["index"] for choice in whole["choices"]] == [0, 1, 2]
    assert {choice["message"]["content"] for choice in whole["choices"]} == {"Two words"}
    parts = [choice for chunk in chunks for choice in chunk["choices"]]
    said = [
        "".join(p["delta"].get("content", "") for p in parts if p["index"] == n) for n in range(3)
    ]
    assert said == ["Two words"] * 3


async def test_usage_comes_last_and_only_when_asked_for(client):
    plain, _ = await stream(client)
    asked, _ = await stream(client, stream_options={"include_usage": True})

    assert all("usage" not in chunk for chunk in plain)
    assert [chunk["usage"] for chunk in asked[:-1]] == [None] * (len(asked) - 1)
    assert asked[-1]["choices"] == []
    assert asked[-1]["usage"]["total_tokens"] > 10


async def test_calls_stream_name_first_and_arguments_in_pieces(model, client):
    model.enqueue(calls=[("add", {"left": 1, "right": 2}), ("now", "{}")])

    chunks, _ = await stream(client)

    first, *rest = [call for call in calls_of(chunks) if call["index"] == 0]
    assert first["function"] == {"name": "add", "arguments": ""}
    assert first["id"].startswith("call_")
    pieces = "".join(call["function"]["arguments"] for call in rest)
    assert json.loads(pieces) == {"left": 1, "right": 2}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


async def test_forced_call_ends_with_stop_as_openai_does(client):
    tools = [{"type": "function", "function": {"name": "now"}}]
    choice = {"type": "function", "function": {"name": "now"}}

    chunks, _ = await stream(client, tools=tools, tool_choice=choice)

    assert calls_of(chunks)[0]["function"]["name"] == "now"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("fault", "shows"),
    [
        ("no_index", lambda calls: all("index" not in call for call in calls)),
        ("same_index", lambda calls: {call["index"] for call in calls} == {0}),
        ("no_id", lambda calls: all("id" not in call for call in calls)),
        ("repeat_id", lambda calls: all("id" in call for call in calls)),
        ("whole_calls", lambda calls: len(calls) == 2),
        ("dict_arguments", lambda calls: calls[0]["function"]["arguments"] == {"left": 1}),
    ],
)
async def test_faults_in_streamed_calls(model, client, fault, shows):
    model.enqueue(calls=[("add", {"left": 1}), ("now", {"zone": "UTC"})], faults=[fault])

    chunks, _ = await stream(client)

    assert shows(calls_of(chunks))


@pytest.mark.parametrize(
    ("fault", "shows"),
    [
        ("no_done", lambda raw: "[DONE]" not in raw),
        ("crlf", lambda raw: raw.count("\r\n") == raw.count("\n")),
        ("comments", lambda raw: raw.startswith(": ")),
        ("empty_choices", lambda raw: raw.index('"choices": []') < raw.index('"delta"')),
        ("no_role", lambda raw: '"role"' not in raw),
        ("no_finish", lambda raw: '"finish_reason": "stop"' not in raw),
        ("junk", lambda raw: "nonsense" in raw),
        ("empty", lambda raw: raw == ""),
        ("error_inside", lambda raw: '"error"' in raw and "[DONE]" not in raw),
        ("eof", lambda raw: "one" in raw and "three" not in raw and "[DONE]" not in raw),
        ("error_200", lambda raw: raw.startswith('{"error"')),
        ("html", lambda raw: raw.startswith("<html>")),
        ("whole_json", lambda raw: json.loads(raw)["object"] == "chat.completion"),
        ("split_bytes", lambda raw: "ü" in raw and "[DONE]" in raw),
    ],
)
async def test_faults_on_the_wire(model, client, fault, shows):
    model.enqueue("one two three ü", faults=[fault])

    response = await client.post("/chat/completions", json=HELLO | {"stream": True})

    assert shows(response.content.decode())


async def test_cut_stream_breaks_the_connection_after_the_ordered_word(model, client):
    model.enqueue("one two three", faults=["cut"], after=2)
    read = []

    with pytest.raises(httpx.TransportError):
        async with client.stream("POST", "/chat/completions", json=HELLO | {"stream": True}) as r:
            read = [piece async for piece in collected(r, read)]

    assert "three" not in "".join(read)
    assert model.requests[0].outcome == "broken"


async def collected(response: httpx.Response, into: list[str]) -> AsyncIterator[str]:
    async for piece in response.aiter_text():
        into.append(piece)
        yield piece


async def test_held_answer_goes_on_when_the_test_says_so(model, client):
    gate = asyncio.Event()
    model.enqueue("one two three", hold=gate, after=1)
    body = HELLO | {"stream": True}

    async with client.stream("POST", "/chat/completions", json=body) as response:
        pieces = response.aiter_text()
        early = ""
        while "one" not in early:
            early += await anext(pieces)
        gate.set()
        late = "".join([piece async for piece in pieces])

    assert "two" not in early
    assert "three" in late


async def test_server_tells_when_the_client_left(model, client):
    model.enqueue("one two", faults=["silence"], after=1)

    async with client.stream("POST", "/chat/completions", json=HELLO | {"stream": True}) as r:
        await anext(r.aiter_text())
    await model.wait(lambda server: server.requests[0].outcome == "broken")

    assert len(model.requests) == 1


async def test_leaving_in_the_middle_is_recorded(model, client):
    model.enqueue("one two", hold=asyncio.Event(), after=1)

    async with client.stream("POST", "/chat/completions", json=HELLO | {"stream": True}) as r:
        await anext(r.aiter_text())

    await model.wait(lambda server: server.requests[0].outcome == "left")


async def test_legacy_functions_get_a_function_call(client):
    functions = [{"name": "current_time", "parameters": {"type": "object", "properties": {}}}]
    body = HELLO | {"functions": functions}
    body["messages"] = [{"role": "user", "content": "call current_time"}]

    choice = (await client.post("/chat/completions", json=body)).json()["choices"][0]

    assert choice["message"]["function_call"] == {"name": "current_time", "arguments": "{}"}
    assert choice["finish_reason"] == "function_call"


async def test_ordered_refusal_has_status_code_and_headers(model, client):
    model.enqueue(status=429, code="insufficient_quota", headers={"retry-after": "7"})

    response = await client.post("/chat/completions", json=HELLO)

    assert response.status_code == 429
    assert response.json()["error"]["type"] == "insufficient_quota"
    assert response.headers["retry-after"] == "7"
    assert response.headers["x-request-id"] == model.requests[0].id


async def test_wrong_key_is_refused_without_repeating_it(model):
    async with httpx.AsyncClient(base_url=model.url) as stranger:
        key = {"Authorization": "Bearer sk-somebody-elses-key"}
        response = await stranger.get("/models", headers=key)

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "invalid_api_key"
    assert "somebody" not in response.text


async def test_models_are_listed_and_found(client):
    listed = (await client.get("/models")).json()["data"]
    one = await client.get("/models/stand-in")
    none = await client.get("/models/org/gpt-9")

    assert one.json() in listed
    assert none.json()["error"]["code"] == "model_not_found"


async def test_unknown_address_is_named(client):
    response = await client.post("/chat/complete", json={})

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_url"
    assert response.json()["error"]["message"] == "Invalid URL (POST /v1/chat/complete)"


async def test_length_limit_cuts_the_answer(client):
    body = HELLO | {"max_completion_tokens": 5}

    choice = (await client.post("/chat/completions", json=body)).json()["choices"][0]

    assert choice["finish_reason"] == "length"
    assert len(choice["message"]["content"].split()) <= 5


async def test_closing_does_not_wait_for_a_silent_answer():
    async with LocalOpenAI() as model, aiohttp.ClientSession() as session:
        model.enqueue("one two", faults=["silence"])
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        url = f"{model.url}/chat/completions"
        response = await session.post(url, json=HELLO | {"stream": True}, headers=headers)
        await response.content.readany()
        async with asyncio.timeout(20):
            await model.close()
        response.close()


def test_call_arguments_may_be_text_that_is_no_json():
    assert ToolCall("add", "{bad").text == "{bad"
