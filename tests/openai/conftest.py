"""A scripted model server on 127.0.0.1, and a client that speaks to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.openai.client import OpenAI

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers with what the test scripted, in order, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.peers: list[Any] = []
        self.script: list[Handler] = []
        self.always: Handler | None = None
        self.url = ""

    def answers(self, *handlers: Handler) -> None:
        self.script.extend(handlers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(json.loads(body) if body else {})
        self.headers.append(dict(request.headers))
        self.paths.append(request.raw_path)
        self.peers.append(request.transport.get_extra_info("peername") if request.transport else 0)
        handler = self.script.pop(0) if self.script else self.always
        assert handler is not None, "the test scripted no further answer"
        return await handler(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}/v1"
    yield server
    await runner.cleanup()


class Sleeps(list[float]):
    """A sleep that takes no time and remembers how long it should have taken."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
async def client(server: Server, sleeps: Sleeps) -> AsyncIterator[OpenAI]:
    async with OpenAI(
        base_url=server.url, api_key="sk-test-0123456789", sleep=sleeps, random=lambda: 0.0
    ) as client:
        yield client
