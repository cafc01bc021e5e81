"""The settings of the connection do what they say, from the environment to the wire."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from openai_answers import answers_json, refuses
from openai_server import Server

from bot.clients import main_client
from bot.errors import StartError
from bot.openai import errors
from bot.openai.client import OpenAI
from bot.settings import Settings

Connect = Callable[..., OpenAI]
NONE = {"data": []}


@pytest.fixture
async def bot(server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Connect]:
    """Make the bot's client with these settings in the environment."""
    known = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "OPENAI_API_KEY": "sk-1"}
    async with AsyncExitStack() as stack:

        def make(**more: str) -> OpenAI:
            for name, value in {**known, "OPENAI_BASE_URL": server.url, **more}.items():
                monkeypatch.setenv(name, value)
            client = main_client(Settings())
            stack.push_async_callback(client.aclose)
            return client

        yield make


async def silent(request: web.Request) -> web.StreamResponse:
    """Answer long after anybody listens."""
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize(("setting", "header"), [("false", "identity"), ("true", "gzip, deflate")])
async def test_compression(server: Server, bot: Connect, setting: str, header: str) -> None:
    server.always = answers_json(NONE)

    await bot(OPENAI_COMPRESSION=setting).models.list()

    assert server.headers[0]["Accept-Encoding"] == header


@pytest.mark.parametrize("attempts", [1, 2])
async def test_attempts(server: Server, bot: Connect, attempts: int) -> None:
    server.always = refuses(500, headers={"retry-after-ms": "1"})

    with pytest.raises(errors.InternalServerError):
        await bot(OPENAI_ATTEMPTS=str(attempts)).models.list()

    assert len(server.paths) == attempts


@pytest.mark.parametrize(
    ("settings", "phase"),
    [
        ({"OPENAI_FIRST_BYTE_TIMEOUT": "0.05"}, "first_byte"),
        ({"OPENAI_TOTAL_TIMEOUT": "0.05"}, "total"),
    ],
)
async def test_timeouts(server: Server, bot: Connect, settings: dict[str, str], phase: str) -> None:
    server.always = silent

    with pytest.raises(errors.APITimeoutError) as caught:
        await bot(OPENAI_ATTEMPTS="1", **settings).models.list()

    assert caught.value.phase == phase


async def test_the_circuit_breaker(server: Server, bot: Connect) -> None:
    server.always = refuses(500)
    client = bot(OPENAI_ATTEMPTS="1", OPENAI_CIRCUIT_FAILURES="2")

    for _ in range(2):
        with pytest.raises(errors.InternalServerError):
            await client.models.list()
    with pytest.raises(errors.CircuitOpenError):
        await client.models.list()

    assert len(server.paths) == 2


async def test_the_size_of_the_pool(server: Server, bot: Connect) -> None:
    gate, at_once, most = asyncio.Event(), 0, 0

    async def counted(request: web.Request) -> web.StreamResponse:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await gate.wait()
        at_once -= 1
        return web.json_response(NONE)

    server.always = counted
    client = bot(OPENAI_CONNECTIONS="2")

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(client.models.list())
        while most < 2:
            await asyncio.sleep(0)
        gate.set()

    assert (most, len(server.paths)) == (2, 4)


async def test_a_proxy(server: Server, bot: Connect) -> None:
    server.always = answers_json(NONE)
    proxy = server.url.removesuffix("/v1")

    await bot(OPENAI_BASE_URL="http://model.invalid/v1", OPENAI_PROXY=proxy).models.list()

    assert server.headers[0]["Host"] == "model.invalid"


@pytest.mark.parametrize("name", ["OPENAI_CA_FILE", "OPENAI_CLIENT_CERTIFICATE"])
def test_a_file_of_certificates_that_is_none(bot: Connect, tmp_path: Path, name: str) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")

    with pytest.raises(StartError, match="model's server"):
        bot(**{name: str(junk)})


async def test_who_asks(server: Server, bot: Connect) -> None:
    server.always = answers_json(NONE)
    who: dict[str, Any] = {"OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj-1"}
    client = bot(OPENAI_ADMIN_KEY="sk-admin-1", **who)

    await client.models.list()
    await client.fine_tuning.checkpoints.permissions.list("ft:x")

    plain, admin = server.headers
    assert plain["Authorization"] == "Bearer sk-1"
    assert (plain["OpenAI-Organization"], plain["OpenAI-Project"]) == ("org-1", "proj-1")
    assert admin["Authorization"] == "Bearer sk-admin-1"
    assert admin["OpenAI-Organization"] == "org-1"
    assert "OpenAI-Project" not in admin
