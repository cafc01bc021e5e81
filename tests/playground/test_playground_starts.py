"""`python -m playground` as a newcomer meets it."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground import __main__ as main
from playground.answers import choose
from playground.folder import database_folder
from playground.openai import DEMO_KEY

HOUSE = Path(__file__).parents[2]
FOREIGN = ("SLACK_", "OPENAI_", "CHAT_", "DATABASE_", "ADMINS", "PORT")


@asynccontextmanager
async def started(
    *arguments: str, **environment: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    command = (sys.executable, "-u", "-m", "playground", *arguments)
    pipe, out = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HOUSE, env=clean | environment, stdout=pipe, stderr=out
    )
    try:
        async with asyncio.timeout(120):
            yield process, await read_until(process, r"playground is at (http://\S+)")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()  # to the end of its pipe, which is closed then


async def read_until(process: asyncio.subprocess.Process, pattern: str) -> str:
    assert process.stdout
    seen = ""
    async for line in process.stdout:
        seen += line.decode()
        if found := re.search(pattern, seen):
            return found[found.lastindex or 0]
    raise AssertionError(seen)


def is_answer(frame: dict[str, Any], text: str) -> bool:
    message = frame.get("message", {})
    return message.get("user") == "U0BOT" and text in str(message)


def child(process: asyncio.subprocess.Process) -> int:
    [number] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(number)


def is_alive(number: int) -> bool:
    command = Path(f"/proc/{number}/cmdline")
    return command.exists() and bool(command.read_bytes())


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def real_bot() -> Iterator[str]:
    """The port of a bot that works for a real Slack."""
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield str(other.getsockname()[1])


@pytest.mark.parametrize("mode", [(), ("--http",)])
async def test_the_bot_answers_beside_a_real_one_and_ctrl_c_ends_it(mode, real_bot):
    async with started("--port", str(free_port()), *mode, PORT=real_bot) as (process, address):
        assert await read_until(process, r" (ready) |The bot ended") == "ready"
        question = {"user": "U0ANN", "channel": "C0HELP", "text": "<@U0BOT> say tick tock"}
        async with aiohttp.ClientSession() as session:
            frames = await session.ws_connect(f"{address}/page/socket", origin=address)
            said = await session.post(
                f"{address}/page/say", json=question, headers={"Origin": address}
            )
            assert (await said.json())["ok"]
            while not is_answer(await frames.receive_json(), "tick tock"):
                pass
            await frames.close()
        process.send_signal(signal.SIGINT)

        assert await process.wait() == 0


async def test_a_second_playground_has_a_port_and_tokens_of_its_own():
    port = free_port()
    only = ("--no-bot", "--port", str(port))
    async with started(*only) as (first, _), started(*only) as (second, address):
        found = [await read_until(one, r"SLACK_APP_TOKEN=(\S+)") for one in (first, second)]

    assert int(address.rpartition(":")[2]) > port
    assert found[0] != found[1]  # so that a bot which the first one left behind is not let in


def test_the_last_port_is_used_too():
    assert [main.free_port(port) for port in (65536, 70000)] == [0, 0]
    assert main.free_port(65535) in (0, 65535)


async def test_the_bot_of_a_killed_playground_ends(tmp_path):
    async with started("--port", str(free_port()), TMPDIR=str(tmp_path)) as (process, _):
        await read_until(process, r" ready ")
        bot = child(process)

        process.kill()
        while is_alive(bot):
            await asyncio.sleep(0.05)


def test_the_folder_of_a_killed_playground_is_removed_by_the_next(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with database_folder() as kept:
        left = tmp_path / f"{kept.name}-killed"
        left.mkdir()
        (left / "lock").touch()
        with database_folder() as other:
            assert {*tmp_path.iterdir()} == {kept, other}

    assert not [*tmp_path.iterdir()]


async def test_a_dead_bot_is_told_with_its_exit_code():
    async with started("--port", str(free_port())) as (process, _):
        await read_until(process, r" ready ")
        os.kill(child(process), signal.SIGKILL)

        await read_until(process, r"The bot was ended by SIGKILL")
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 1


async def test_a_bot_that_is_killed_on_the_page_goes_on_when_it_is_started_again():
    async with started("--port", str(free_port())) as (process, address):
        await read_until(process, r" ready ")
        async with aiohttp.ClientSession(headers={"Origin": address}) as session:
            frames = await session.ws_connect(f"{address}/page/socket")
            question = {"user": "U0ANN", "channel": "C0HELP", "text": "<@U0BOT> stream 30 words"}
            await session.post(f"{address}/page/say", json=question)
            while not is_answer(await frames.receive_json(), "People who"):
                pass
            for on in (False, True):
                await session.post(f"{address}/page/bot", json={"user": "U0ANN", "on": on})
            while not is_answer(await frames.receive_json(), "Nobody has to understand"):
                pass
            await frames.close()
        process.send_signal(signal.SIGINT)

        assert await process.wait() == 0


async def test_the_page_says_why_the_bot_did_not_start():
    wrong = {"OPENAI_BASE_URL": "http://127.0.0.1:9", "CHAT_ROUNDS": "many"}
    async with started("--port", str(free_port()), **wrong) as (process, address):
        await read_until(process, r"The bot ended with exit code 1")
        async with aiohttp.ClientSession() as session:
            frames = await session.ws_connect(f"{address}/page/socket", origin=address)
            state = await frames.receive_json()
            await frames.close()

        assert "CHAT_ROUNDS" in state["connection"]["ended"]


def test_stand_in_answers_unless_a_base_url_is_given():
    local = choose({"OPENAI_API_KEY": "sk-somebody"}, "http://127.0.0.1:1/v1")
    real = choose({"OPENAI_BASE_URL": "http://host/v1", "CHAT_MODEL": "m"}, "http://local/v1")

    assert (local.api_key, local.is_real) == (DEMO_KEY, False)
    assert local.environment["OPENAI_CREDENTIALS"] == "{}"  # whatever .env says
    assert (real.base_url, real.model, real.is_real) == ("http://host/v1", "m", True)
