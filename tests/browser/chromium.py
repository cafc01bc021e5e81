"""A headless Chromium, driven over its own debugging socket: enough to look and to click.

aiohttp is here anyway, so the tests need no browser driver of their own.
"""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--window-size=1280,800",
)
STARTUP_SECONDS = 30
PATIENCE_SECONDS = 10


def find() -> str | None:
    """Return the browser's path, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One page of the browser."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.complaints: list[str] = []  # what the console said: errors, refusals of the CSP

    async def listen(self) -> None:
        """Take what the browser says, until it goes."""
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            if waiting := self._waiting.pop(frame.get("id", 0), None):
                waiting.set_result(frame)
            elif frame.get("method") == "Page.loadEventFired":
                self._loaded.set()
            elif frame.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(json.dumps(frame["params"]))

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser for something."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        frame = await self._waiting[number]
        if "error" in frame:
            raise AssertionError(frame["error"]["message"])
        return dict(frame["result"])

    async def open(self, url: str) -> None:
        """Go to an address."""
        await self.send("Page.navigate", url=url)

    async def reload(self) -> None:
        """Load the page anew, and wait until it has come."""
        self._loaded.clear()
        await self.send("Page.reload")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._loaded.wait()

    async def run(self, script: str) -> Any:
        """Evaluate JavaScript and return its value."""
        answer = await self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until an expression is true, looking each time the page has drawn."""
        watch = (
            "new Promise(done => { const look = () => { const found = "
            f"(() => {{ try {{ return {script} }} catch {{ return null }} }})();"
            " if (found) done(found); else requestAnimationFrame(look); }; look(); })"
        )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.run(watch)
        except TimeoutError:
            shown = await self.run("document.body.innerText.slice(0, 3000)")
            raise AssertionError(f"never true: {script}\n{shown}\n{self.complaints}") from None

    async def click(self, selector: str) -> None:
        """Click on the first node that fits, as soon as it is there."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(f"(node => node && (node.click(), true))({found})")

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.send("Input.insertText", text=text)

    async def press(self, key: str, code: int, text: str = "") -> None:
        """Press one key."""
        for kind in ("keyDown", "keyUp"):
            await self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **({"text": text} if text and kind == "keyDown" else {}),
            )

    async def enter(self) -> None:
        """Press Enter."""
        await self.press("Enter", 13, "\r")


@asynccontextmanager
async def tab(path: str, profile: Path) -> AsyncIterator[Tab]:
    """Start the browser with a profile of its own and open one page."""
    process = await asyncio.create_subprocess_exec(
        path,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with ClientSession() as session:
            port = await _port(process)
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            async with session.ws_connect(
                pages[0]["webSocketDebuggerUrl"], max_msg_size=0
            ) as socket:
                page = Tab(socket)
                ears = asyncio.create_task(page.listen(), name="browser")
                for domain in ("Page", "Runtime", "Log"):
                    await page.send(f"{domain}.enable")
                yield page
                ears.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _port(process: asyncio.subprocess.Process) -> str:
    """Read from the browser's own words where it listens."""
    if process.stderr is None:
        raise AssertionError("the browser has no stderr")
    async with asyncio.timeout(STARTUP_SECONDS):
        while line := await process.stderr.readline():
            found = re.search(rb"ws://127\.0\.0\.1:(\d+)/", line)
            if found:
                return found.group(1).decode()
    raise AssertionError("the browser ended before it was ready")
