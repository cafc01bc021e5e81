"""The bot as a process of its own, to be killed and started again."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import pytest_asyncio

from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from tests.faults import bot_process
from tests.scenarios.conftest import Desk, gate, model, slack

__all__ = ["gate", "model", "slack"]

FRESH = multiprocessing.get_context("spawn")
IMPORTED = multiprocessing.get_context("forkserver")  # once: that is most of a start
IMPORTED.set_forkserver_preload(["bot.__main__", "bot.environment", "bot.process"])


class Process:
    """`python -m bot run`, again and again on the same database."""

    def __init__(self, settings: dict[str, str], slack: LocalSlack, folder: Path) -> None:
        self.settings = settings
        self.log = folder / "bot.log"
        self._slack = slack
        self._folder = folder
        self._process: BaseProcess

    async def start(self, *, fresh: bool = False) -> None:
        """Start it; a fresh one imports everything itself and inherits what signals do."""
        context = FRESH if fresh else IMPORTED
        self._process = context.Process(target=bot_process.run, args=(self.settings, self._folder))
        await asyncio.to_thread(self._process.start)

    async def connect(self, *, fresh: bool = False) -> None:
        """Start it, and wait until it has its Socket Mode connection."""
        await self.start(fresh=fresh)
        await self._slack.wait(lambda s: s.socket.connections)

    async def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        await self.ended()

    def heeds(self, number: signal.Signals) -> bool:
        """Tell whether it has a handler for a signal."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) >> (number - 1) & 1)

    async def terminate(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to leave; return its exit code."""
        os.kill(self._process.pid or 0, number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        await asyncio.to_thread(self._process.join)
        return self._process.exitcode or 0


@pytest_asyncio.fixture
async def process(slack: LocalSlack, model: LocalOpenAI, tmp_path: Path) -> AsyncIterator[Process]:
    settings = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_KEY": model.key,
        "CHAT_MODEL": "stand-in",
        "DATABASE_URL": f"sqlite:///{tmp_path}/callboard.db",
    }
    running = Process(settings, slack, tmp_path)
    yield running
    await running.kill()


@pytest.fixture
def desk(slack: LocalSlack, model: LocalOpenAI) -> Desk:
    def no_settings(**_: str) -> None:
        raise AssertionError("the bot runs as a process of its own here")

    return Desk(slack, model, no_settings)
