"""A scripted model server on 127.0.0.1, and clients that speak to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import fields
from typing import Any

import pytest
from aiohttp import web
from openai_server import Server, Sleeps

from bot.openai.client import OpenAI
from bot.openai.wire.chance import Chance
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.limits import Network


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


def taken(kind: Any, options: dict[str, Any]) -> Any:
    """Make a value of the options that are its fields."""
    return kind(**{one.name: options.pop(one.name) for one in fields(kind) if one.name in options})


@pytest.fixture
async def connect(server: Server, sleeps: Sleeps) -> AsyncIterator[Callable[..., OpenAI]]:
    """Make clients of the server with options of the test's choice."""
    async with AsyncExitStack() as stack:
        options = {"base_url": server.url, "api_key": "sk-test-0123456789", "sleep": sleeps}
        options["random"] = lambda: 0.0

        def make(**more: Any) -> OpenAI:
            left = options | more
            endpoint, network, chance = (taken(one, left) for one in (Endpoint, Network, Chance))
            client = OpenAI(endpoint, network=network, chance=chance, **left)
            stack.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def client(connect: Callable[..., OpenAI]) -> OpenAI:
    return connect()
