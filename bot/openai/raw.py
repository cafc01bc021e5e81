"""Answers that are bytes and not JSON: whole, or written to a file while they come."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.openai.errors import OpenAIError
from bot.openai.resource import wait_again
from bot.openai.wire.api import API, LONGEST_ANSWER, Ask, Call
from bot.openai.wire.transport import Response

PIECE = 1024 * 1024  # bytes
NO_SOUND = ("application/json", "text/html")


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came."""

    content: bytes = field(repr=False)
    content_type: str
    request_id: str | None

    @property
    def text(self) -> str:
        """Return the answer as text."""
        return self.content.decode("utf-8", "replace").removeprefix("\ufeff")


async def ask_raw(api: API, ask: Ask, *, may_be_json: bool = True) -> Raw:
    """Ask, trying again where that helps, and return the answer's bytes."""
    call = api.call(extra=ask.way)
    while True:
        try:
            async with api.open(ask, call) as response:
                if not may_be_json:
                    await refuse_json(api, response)
                content = await response.read_all(LONGEST_ANSWER)
                if not may_be_json and not content:
                    raise api.incomplete("an empty answer", response)
                return Raw(content, response.content_type, response.request_id)
        except OpenAIError as error:
            await wait_again(call, error, ask)


async def download(api: API, ask: Ask, call: Call, path: Path) -> int:
    """Write the answer to a file and return its size; the file is there whole or not at all."""
    while True:
        try:
            async with api.open(ask, call) as response:
                return await _save(response, path)
        except OpenAIError as error:
            await wait_again(call, error, ask)


async def refuse_json(api: API, response: Response) -> None:
    """Raise the error that JSON, or a page of a proxy, in the place of sound means."""
    if response.content_type in NO_SOUND:
        body = await response.read_all(LONGEST_ANSWER)
        if response.content_type == "application/json":
            api.decode(body, response)  # raises what is written inside
        raise api.strange(body, response)


async def _gathered(response: Response) -> AsyncIterator[bytes]:
    """Give the body in pieces that are worth a trip to another thread."""
    piece = bytearray()
    while chunk := await response.read():
        piece += chunk
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


async def _save(response: Response, path: Path) -> int:
    handle, name = await asyncio.to_thread(tempfile.mkstemp, ".part", f".{path.name}.", path.parent)
    temporary = Path(name)
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            async for piece in _gathered(response):
                await asyncio.to_thread(file.write, piece)
                size += len(piece)
        await asyncio.to_thread(temporary.replace, path)
    finally:
        temporary.unlink(missing_ok=True)
    return size
