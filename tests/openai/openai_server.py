"""What the tests of this room speak to: a scripted server, and a sleep that takes no time."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from openai_answers import Handler


class Server:
    """Answers with what the test scripted, in order, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.peers: list[Any] = []
        self.script: list[Handler] = []
        self.always: Handler | None = None
        self.url = ""

    def answers(self, *handlers: Handler) -> None:
        self.script.extend(handlers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(json.loads(body) if body else {})
        self.headers.append(request.headers)
        self.paths.append(request.raw_path)
        self.peers.append(request.transport.get_extra_info("peername") if request.transport else 0)
        handler = self.script.pop(0) if self.script else self.always
        assert handler is not None, "the test scripted no further answer"
        return await handler(request)


class Sleeps(list[float]):
    """A sleep that takes no time and remembers how long it should have taken."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)
