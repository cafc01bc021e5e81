"""The bot as a process of its own, to be killed and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from tests.scenarios.conftest import Desk, gate, model, slack

__all__ = ["gate", "model", "slack"]

ROOT = Path(__file__).parents[2]


class Process:
    """`python -m bot run`, again and again on the same database."""

    def __init__(self, settings: dict[str, str], slack: LocalSlack, folder: Path) -> None:
        self.settings = settings
        self.log = folder / "bot.log"
        self._slack = slack
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=self._folder,
                env=self.settings,
                stdout=log,
                stderr=log,
            )

    async def connect(self) -> None:
        """Start it, and wait until it has its Socket Mode connection."""
        await self.start()
        await self._slack.wait(lambda s: s.socket.connections)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def heeds(self, number: signal.Signals) -> bool:
        """Tell whether it has a handler for a signal."""
        assert self._process
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) >> (number - 1) & 1)

    async def terminate(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to leave; return its exit code."""
        assert self._process
        self._process.send_signal(number)
        return await self._process.wait()

    async def ended(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        assert self._process
        return await self._process.wait()


@pytest_asyncio.fixture
async def process(slack: LocalSlack, model: LocalOpenAI, tmp_path: Path) -> AsyncIterator[Process]:
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
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
