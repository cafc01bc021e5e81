"""A server of MCP that a test sets, and a registry that may ask it."""

from typing import Any
from urllib.parse import urlsplit

import pytest_asyncio

from functions import Registry, function
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


def registry(*functions: Any, **options: Any) -> Registry:
    """Return a registry of functions, plain ones and declared."""
    return Registry(
        [one if hasattr(one, "rules") else function(one) for one in functions], **options
    )
