"""What the tests of this room speak to: a scripted server, and a sleep that takes no time."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiohttp import web
from openai_answers import Handler


class Server:
    """Answers with what the test scripted, in order, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.methods: list[str] = []
        self.bodies: list[bytes] = []
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
        self.methods.append(request.method)
        self.bodies.append(body)
        self.requests.append(read_body(request.headers.get("Content-Type", ""), body))
        self.headers.append(request.headers)
        self.paths.append(request.raw_path)
        self.peers.append(request.transport.get_extra_info("peername") if request.transport else 0)
        handler = self.script.pop(0) if self.script else self.always
        assert handler is not None, "the test scripted no further answer"
        return await handler(request)


class Part(NamedTuple):
    """One part of a form."""

    name: str
    data: bytes
    filename: str | None
    content_type: str | None


def read_body(content_type: str, body: bytes) -> Any:
    """Give the JSON object, or the parts of a form in their order."""
    if not content_type.startswith("multipart/form-data"):
        return json.loads(body) if body else {}
    mark = b"--" + content_type.partition("boundary=")[2].encode()
    first, *parts, last = body.split(mark)
    assert (first, last) == (b"", b"--\r\n")
    return [read_part(part) for part in parts]


def read_part(part: bytes) -> Part:
    head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    given = dict(re.findall(r'(\w+)="([^"]*)"', lines.pop("Content-Disposition")))
    kind = lines.pop("Content-Type", None)
    assert not lines
    assert data.endswith(b"\r\n")
    return Part(given["name"], data[:-2], given.get("filename"), kind)


class Sleeps(list[float]):
    """A sleep that takes no time and remembers how long it should have taken."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)
