"""The bot as a child process: started with the playground's addresses, ended in good order."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GRACE_SECONDS = 5.0
LAST_WORDS_SECONDS = 1.0
_PIECE = 65_536  # bytes
_TAIL = 4_000  # characters that are kept of what it said


class BotProcess:
    """`python -m bot run` with an environment of its own; what it logs goes where ours goes.

    It runs in its own process group, so that a Ctrl-C in the terminal reaches the playground
    alone, which then ends the bot before the servers that it talks to. Where the playground is
    killed, the bot ends by itself (`tether`).
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._running = asyncio.Event()
        self._said = ""

    @property
    def last_words(self) -> str:
        """Give the error that it ended with, as it stands in the terminal; often nothing."""
        _, error, words = self._said.rpartition("Error: ")
        return words.strip() if error else ""

    @property
    def pid(self) -> int:
        """Give the process id; 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def is_on(self) -> bool:
        """Tell whether it runs."""
        return self._running.is_set()

    async def start(self) -> None:
        """Start the bot, for the first time or again; one that runs goes on."""
        async with self._starting:
            if self.is_on:
                return
            self._said = ""
            self._process = await self._begin()
            self._hearing = asyncio.create_task(self._hear(self._process), name="hear the bot")
            self._running.set()

    async def _begin(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "playground.tether",
            "run",
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,
        )

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        """Pass its lines on, and keep the last ones."""
        while process.stderr and (piece := await process.stderr.read(_PIECE)):
            sys.stderr.buffer.write(piece)
            sys.stderr.flush()
            self._said = (self._said + piece.decode(errors="replace"))[-_TAIL:]

    async def ended(self) -> int:
        """Wait until the bot has ended and give its exit code; negative is a signal's number."""
        process, hearing = self._process, self._hearing
        if process is None or hearing is None:
            raise RuntimeError("the bot was not started")
        code = await process.wait()
        if process is self._process:  # and not one that was started since
            self._running.clear()
        # A child of its own may live on and hold the pipe open.
        await asyncio.wait({hearing}, timeout=LAST_WORDS_SECONDS)
        return code

    async def started(self) -> int:
        """Wait until it runs and give its process id."""
        await self._running.wait()
        return self.pid

    async def kill(self) -> None:
        """End the bot at once, as a crash would."""
        if self._process is None or not self.is_on:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self.ended()

    async def close(self) -> None:
        """Ask the bot to end, and end it after the time of grace."""
        if self._process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self.ended()


async def manifest(folder: Path) -> dict[str, Any]:
    """Ask the bot for its manifest: commands, events and prompts of the page come from it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "manifest", cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await process.communicate()
    if process.returncode:
        raise ChildProcessError(f"`python -m bot manifest` {ending(process.returncode)}")
    found: dict[str, Any] = json.loads(written)
    return found


def ending(code: int) -> str:
    """Say how a process ended."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
