"""A scripted model server on 127.0.0.1, and clients that speak to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from openai_server import Server, Sleeps

from bot.openai.client import OpenAI


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


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
async def connect(server: Server, sleeps: Sleeps) -> AsyncIterator[Callable[..., OpenAI]]:
    """Make clients of the server with options of the test's choice."""
    async with AsyncExitStack() as stack:
        options = {"base_url": server.url, "api_key": "sk-test-0123456789", "sleep": sleeps}
        options["random"] = lambda: 0.0
        clients: list[OpenAI] = []

        def make(**more: Any) -> OpenAI:
            clients.append(OpenAI(**(options | more)))
            stack.push_async_callback(clients[-1].aclose)
            return clients[-1]

        yield make


@pytest.fixture
def client(connect: Callable[..., OpenAI]) -> OpenAI:
    return connect()
