"""A headless Chromium, driven over its own debugging socket: enough to look and to click.

aiohttp is here anyway, so the tests need no browser driver of their own.
"""

import asyncio
import json
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
)
SIZE = {"width": 1280, "height": 800}
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


class Browser:
    """One browser for all tests; each has a context of its own in it, as if it were the first."""

    def __init__(self, path: str, profile: Path) -> None:
        self._log = profile / "log"
        command = (path, *FLAGS, f"--user-data-dir={profile}", "about:blank")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stderr=log, stdout=log)
        self._address = self._listening()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        """Open one page that shares nothing with any other."""
        async with self._connected(self._address) as browser:
            context = await browser.send("Target.createBrowserContext")
            target = await browser.send("Target.createTarget", url="about:blank", **SIZE, **context)
            page_address = f"{self._address.partition('/devtools/')[0]}/devtools/page/"
            async with self._connected(page_address + target["targetId"]) as page:
                for domain in ("Page", "Runtime", "Log"):
                    await page.send(f"{domain}.enable")
                try:
                    yield page
                finally:
                    await browser.send("Target.disposeBrowserContext", **context)

    @asynccontextmanager
    async def _connected(self, address: str) -> AsyncIterator[Tab]:
        async with (
            ClientSession() as session,
            session.ws_connect(address, max_msg_size=0) as socket,
        ):
            tab = Tab(socket)
            ears = asyncio.create_task(tab.listen(), name="browser")
            yield tab
            ears.cancel()

    def _listening(self) -> str:
        """Read from the browser's own words where it listens."""
        until = time.monotonic() + STARTUP_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            if found := re.search(r"ws://127\.0\.0\.1:\d+/\S+", self._log.read_text()):
                return found[0]
            time.sleep(0.05)
        self.end()
        raise AssertionError(f"the browser was not ready: {self._log.read_text()[-2000:]}")
