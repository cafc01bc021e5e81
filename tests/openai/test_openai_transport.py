"""Connections: reuse, limits, time, proxies, broken servers, and what is never shown."""

import asyncio
import contextlib
import gzip
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from openai_answers import (
    HELLO,
    answers_json,
    answers_when,
    delta,
    refuses,
    says,
    streams,
    streams_in_two,
    whole,
)
from openai_server import Server, Sleeps

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.wire.chance import Chance
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.limits import Limits, Network, Timeouts
from bot.openai.wire.retry import RetryPolicy

KEY = "sk-test-0123456789"
ONCE = RetryPolicy(attempts=1)
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Listen = Callable[[Raw], Awaitable[str]]


async def ask(client: OpenAI) -> str:
    async with client.chat.stream(model="m", messages=HELLO) as stream:
        return "".join([text async for text in stream])


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Start servers that say raw bytes; gives the base URL of each."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(handle: Raw) -> str:
            async def safely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    await handle(reader, writer)
                writer.close()

            listener = await asyncio.start_server(safely, "127.0.0.1", 0)
            stack.callback(listener.close)
            return f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"

        yield start


def writes(*pieces: bytes) -> Raw:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(pieces)
        await writer.drain()

    return handle


async def test_a_request_says_who_asks(server: Server, connect: Callable[..., OpenAI]) -> None:
    server.always = answers_json(whole())
    client = connect(organization="org-1", project="proj_1")

    for _ in range(2):
        await client.chat.create(model="m", messages=HELLO)

    first, second = server.headers
    assert first["Authorization"] == f"Bearer {KEY}"
    assert (first["OpenAI-Organization"], first["OpenAI-Project"]) == ("org-1", "proj_1")
    assert first["X-Client-Request-Id"] != second["X-Client-Request-Id"]


@pytest.mark.parametrize("ending", ["", "/", "//"])
async def test_the_path_is_exact(
    server: Server, connect: Callable[..., OpenAI], ending: str
) -> None:
    server.always = answers_json({"id": "a/b:c"})

    await connect(base_url=server.url + ending).models.retrieve("a/b:c d%")

    assert server.paths[0].startswith("/v1/models/a%2Fb")
    assert server.paths[0].endswith("c%20d%25")


async def test_streams_share_one_connection(server: Server, client: OpenAI) -> None:
    server.always = streams(*says("a", "b"))

    for _ in range(20):
        await ask(client)

    assert len(set(server.peers)) == 1


async def test_the_end_of_a_body_may_come_after_the_answer(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(connections=1))
    gate = asyncio.Event()
    server.answers(streams_in_two(gate, says("a")), streams(*says("b")))

    assert await ask(client) == "a"  # told although the body has not ended
    gate.set()
    assert await ask(client) == "b"

    assert len(set(server.peers)) == 1


async def test_a_stream_left_early_frees_its_connection(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(connections=1))
    server.answers(streams_in_two(asyncio.Event(), delta(content="a")), streams(*says("b")))

    async with client.chat.stream(model="m", messages=HELLO) as stream:
        assert await anext(stream) == "a"

    async with asyncio.timeout(15):
        assert await ask(client) == "b"


async def test_a_cancelled_stream_frees_its_connection(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(connections=1))
    server.answers(streams_in_two(asyncio.Event(), delta(content="a")), streams(*says("b")))
    begun = asyncio.Event()

    async def read() -> None:
        async with client.chat.stream(model="m", messages=HELLO) as stream:
            async for _ in stream:
                begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(15):
        assert await ask(client) == "b"


async def test_more_requests_than_connections_wait_their_turn(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(limits=Limits(connections=2))
    server.always = streams(*says("a"))

    assert await asyncio.gather(*[ask(client) for _ in range(12)]) == ["a"] * 12
    assert len(set(server.peers)) == 2


@pytest.mark.parametrize(
    ("timeouts", "phase"),
    [
        (Timeouts(first_byte=0.05, total=5.0), "first_byte"),
        (Timeouts(first_byte=5.0, total=0.05), "total"),
    ],
)
async def test_a_silent_server_is_not_waited_for_longer(
    server: Server, connect: Callable[..., OpenAI], timeouts: Timeouts, phase: str
) -> None:
    gate = asyncio.Event()
    server.always = answers_when(gate)
    client = connect(timeouts=timeouts, retries=ONCE)

    with pytest.raises(errors.APITimeoutError) as caught:
        await ask(client)
    gate.set()

    assert caught.value.phase == phase
    assert server.url.split("/")[2] in str(caught.value)


async def test_the_first_byte_is_one_of_the_body(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(timeouts=Timeouts(first_byte=0.05, idle=5.0), retries=ONCE)
    server.answers(streams_in_two(asyncio.Event(), []))

    with pytest.raises(errors.APITimeoutError) as caught:
        await ask(client)

    assert caught.value.phase == "first_byte"


async def test_a_stream_that_goes_silent_is_broken_off(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(timeouts=Timeouts(first_byte=5.0, idle=0.05))
    server.answers(streams_in_two(asyncio.Event(), delta(content="hel")))

    with pytest.raises(errors.StreamError) as caught:
        await ask(client)

    assert isinstance(caught.value.__cause__, errors.APITimeoutError)
    assert caught.value.__cause__.phase == "idle"


async def test_one_request_may_wait_longer_than_the_others(
    server: Server, connect: Callable[..., OpenAI]
) -> None:
    client = connect(timeouts=Timeouts(first_byte=0.01), retries=ONCE)
    gate = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, gate.set)
    server.always = answers_when(gate)

    async with client.chat.stream(model="m", messages=HELLO, timeout=5.0) as stream:
        assert [text async for text in stream] == ["hi"]


async def test_a_refused_connection_is_said_to_be_one(sleeps: Sleeps) -> None:
    async with OpenAI(Endpoint("http://127.0.0.1:9/v1"), chance=Chance(sleeps)) as client:
        with pytest.raises(errors.APIConnectionError) as caught:
            await ask(client)

    assert (caught.value.host, caught.value.reason) == ("127.0.0.1:9", "refused")
    assert not isinstance(caught.value, errors.APITimeoutError)
    assert len(sleeps) == 2


async def test_an_unknown_host_is_said_to_be_one(sleeps: Sleeps) -> None:
    async with OpenAI(Endpoint("http://no-such-host.invalid/v1"), chance=Chance(sleeps)) as client:
        with pytest.raises(errors.APIConnectionError) as caught:
            await ask(client)

    assert caught.value.reason == "dns"


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ((), "disconnected"),
        ((b"SSH-2.0-OpenSSH\r\n\r\n",), "protocol"),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{",), "disconnected"),
    ],
)
async def test_broken_servers_are_told_apart(
    listen: Listen, sleeps: Sleeps, pieces: tuple[bytes, ...], reason: str
) -> None:
    url = await listen(writes(*pieces))

    async with OpenAI(Endpoint(url), chance=Chance(sleeps)) as client:
        with pytest.raises(errors.APIConnectionError) as caught:
            await ask(client)

    assert caught.value.reason == reason


async def test_a_server_without_tls_is_not_tried_twice(server: Server, sleeps: Sleeps) -> None:
    url = server.url.replace("http:", "https:")

    async with OpenAI(Endpoint(url), chance=Chance(sleeps)) as client:
        with pytest.raises(errors.APIConnectionError) as caught:
            await ask(client)

    assert (caught.value.reason, sleeps) == ("tls", [])


async def test_a_proxy_is_used_and_its_password_not_told(server: Server, sleeps: Sleeps) -> None:
    server.always = answers_json({"data": []})
    proxy = server.url.removesuffix("/v1").replace("//", "//me:secret@")

    elsewhere, network = Endpoint("http://model.invalid/v1"), Network(proxy=proxy)
    async with OpenAI(elsewhere, network=network, chance=Chance(sleeps)) as client:
        assert await client.models.list() == []

    assert server.headers[0]["Host"] == "model.invalid"
    assert server.headers[0]["Proxy-Authorization"].startswith("Basic ")


async def test_a_dead_proxy_is_said_to_be_one(sleeps: Sleeps) -> None:
    proxy = "http://me:secret@127.0.0.1:9"

    elsewhere, network = Endpoint("http://model.invalid/v1"), Network(proxy=proxy)
    async with OpenAI(elsewhere, network=network, chance=Chance(sleeps)) as client:
        with pytest.raises(errors.APIConnectionError) as caught:
            await client.models.list()

    assert caught.value.reason == "proxy"
    assert "secret" not in str(caught.value)


async def test_loopback_needs_no_proxy(
    server: Server, connect: Callable[..., OpenAI], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.always = answers_json({"data": []})

    assert await connect().models.list() == []
    assert await connect(proxy="http://127.0.0.1:9").models.list() == []


async def test_a_packed_answer_is_unpacked(server: Server, client: OpenAI) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        body = gzip.compress(json.dumps(whole("hi")).encode())
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    server.answers(handler)

    assert (await client.chat.create(model="m", messages=HELLO)).message.content == "hi"


async def test_a_wrongly_packed_answer_is_no_answer(server: Server, client: OpenAI) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"{}", headers={"Content-Encoding": "gzip"})

    server.answers(handler)

    with pytest.raises(errors.APIResponseValidationError, match="unpacked"):
        await client.chat.create(model="m", messages=HELLO)


async def test_the_key_is_in_no_error_and_no_log(
    server: Server, client: OpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers(refuses(500, f"bad {KEY}"), refuses(401, f"Incorrect API key: {KEY}"))

    with pytest.raises(errors.AuthenticationError) as caught:
        await ask(client)

    assert KEY not in f"{caught.value!r} {vars(caught.value)} {client!r}"
    assert not any(KEY in str(vars(record)) for record in caplog.records)


async def test_an_error_keeps_both_request_ids(server: Server, client: OpenAI) -> None:
    server.answers(refuses(400, headers={"x-request-id": "req_9"}))

    with pytest.raises(errors.BadRequestError) as caught:
        await ask(client)

    told = caught.value.fields()
    assert told["request_id"] == "req_9"
    assert told["client_request_id"] == server.headers[0]["X-Client-Request-Id"]


async def test_an_answer_that_is_not_whole_keeps_its_request_id(
    server: Server, client: OpenAI
) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "9", "x-request-id": "req_9"})
        await response.prepare(request)
        assert request.transport is not None
        request.transport.close()
        return response

    server.always = cut

    with pytest.raises(errors.APIConnectionError) as caught:
        await client.models.list()

    assert caught.value.request_id == "req_9"


async def test_making_a_client_loads_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError("certificates are loaded")

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", refuse)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", refuse)

    async with OpenAI(Endpoint("https://127.0.0.1:9/v1"), retries=ONCE) as client:
        with pytest.raises(errors.APIConnectionError):
            await client.models.list()
