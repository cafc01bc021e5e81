"""A server of MCP that a test sets, and a registry that may ask it."""

from urllib.parse import urlsplit

import pytest_asyncio

from tests import mcp_fake
from tests.functions.mcp_bench import Bench


@pytest_asyncio.fixture
async def fake():
    async with mcp_fake.serving() as server:
        yield server


@pytest_asyncio.fixture
async def bench(fake):
    parts = urlsplit(fake.url)
    made = Bench(f"{parts.scheme}://{parts.netloc}")
    yield made
    await made.registry.aclose()
