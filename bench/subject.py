"""What is measured: the relay or the bot, as a child process with servers of its own."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.lean_model import LeanModel
from bench.lean_slack import PERSON, LeanSlack

HOUSE = Path(__file__).parent.parent
START_SECONDS = 30.0
STOP_SECONDS = 30.0
TICKS = os.sysconf("SC_CLK_TCK")
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Kind:
    """A program to be measured."""

    name: str
    command: Sequence[str]


RELAY = Kind("relay", ("-m", "bench.relay"))
BOT = Kind("bot", ("-m", "bot", "run"))


class Subject:
    """One running program with its own Slack and model; use as `async with`."""

    def __init__(
        self,
        kind: Kind,
        database: Path,
        *,
        limits: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.settings = dict(settings or {})
        self.database = database
        self.slack = LeanSlack(limits=limits)
        self.model = LeanModel(self.slack.questions.get)
        self.start_seconds = 0.0
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.slack.start()
        await self.model.start()
        started = time.monotonic()
        log = self.database.with_suffix(f".{self.kind.name}.log")
        with log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.kind.command,
                cwd=self.database.parent,
                env=self._environment(),
                stdout=output,
                stderr=output,
                process_group=0,
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.slack.connected.wait()
        except TimeoutError:
            await self.__aexit__()
            tail = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"the {self.kind.name} did not connect:\n{tail}") from None
        self.start_seconds = self.slack.connected_at - started
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
        await self.slack.close()
        await self.model.close()

    @property
    def processor_seconds(self) -> float:
        """Give the processor time that the process has used."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def mib(self) -> float:
        """Give the resident memory now."""
        line = next(line for line in self._proc("status").splitlines() if "VmRSS" in line)
        return int(line.split()[1]) / 1024

    def _proc(self, name: str) -> str:
        if self._process is None:
            raise RuntimeError("the process was not started")
        return Path(f"/proc/{self._process.pid}/{name}").read_text()

    def _environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return passed | {
            "PYTHONPATH": str(HOUSE),
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_APP_TOKEN": "xapp-bench",
            "SLACK_API_URL": self.slack.api_url,
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self.model.port}/v1",
            "OPENAI_API_KEY": "sk-bench",
            "CHAT_MODEL": "bench",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "ADMINS": PERSON,
            "LOG_LEVEL": "WARNING",
            **self.settings,
        }
