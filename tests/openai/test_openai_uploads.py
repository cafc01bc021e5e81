"""Uploads in parts: several at a time, put together in order, cancelled when they fail."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from openai_answers import answers_json
from openai_server import Server, read_body

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.uploads import Uploads
from bot.openai.wire.api import API
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.transport import Transport


class Receiver:
    """A server that takes parts in any order and puts them together as it is told."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.parts: dict[str, bytes] = {}
        self.whole = b""
        self.cancelled = False
        self.together = 0
        self.most_together = 0
        self.refused: set[int] = set()
        self.cancels = True
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        body = read_body(request.headers.get("Content-Type", ""), await request.read())
        if request.path.endswith("/parts"):
            return await self.take(body)
        if request.path.endswith("/cancel"):
            self.cancelled = True
            if not self.cancels:
                return web.json_response({"error": {"message": "gone"}}, status=404)
            return web.json_response({"id": "upload_1", "status": "cancelled"})
        if request.path.endswith("/complete"):
            return self.complete(body)
        self.asked = body
        return web.json_response({"id": "upload_1", "object": "upload", "status": "pending"})

    async def take(self, form: Any) -> web.StreamResponse:
        (part,) = form
        assert part.name == "data"
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        await self.gate.wait()
        await asyncio.sleep(0)
        self.together -= 1
        if len(self.parts) in self.refused:
            return web.json_response({"error": {"message": "no"}}, status=400)
        name = f"part_{len(self.parts)}"
        self.parts[name] = part.data
        return web.json_response({"id": name, "upload_id": "upload_1"})

    def complete(self, body: Any) -> web.StreamResponse:
        self.whole = b"".join(self.parts[name] for name in body["part_ids"])
        assert body["md5"] == hashlib.md5(self.whole, usedforsecurity=False).hexdigest()
        file = {"id": "file-1", "filename": self.asked["filename"], "bytes": len(self.whole)}
        return web.json_response({"id": "upload_1", "status": "completed", "file": file})


@pytest.fixture
def receiver(server: Server) -> Receiver:
    receiver = Receiver()
    server.always = receiver
    return receiver


@pytest.fixture
async def uploads(server: Server) -> AsyncIterator[Uploads]:
    transport = Transport()
    yield Uploads(API(Endpoint(server.url), transport), part_size=1000, parallel=3)
    await transport.aclose()


@pytest.mark.parametrize("size", [1, 1000, 1001, 10_500])
async def test_a_file_arrives_as_it_was(
    receiver: Receiver, uploads: Uploads, tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    (tmp_path / "rows.jsonl").write_bytes(content)

    upload = await uploads.upload_file_chunked(
        file=tmp_path / "rows.jsonl",
        purpose="fine-tune",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )

    assert receiver.whole == content
    assert receiver.asked == {
        "filename": "rows.jsonl",
        "purpose": "fine-tune",
        "bytes": size,
        "mime_type": "application/jsonl",
        "expires_after": {"anchor": "created_at", "seconds": 3600},
    }
    assert upload.file is not None
    assert (upload.status, upload.file.id, upload.file.bytes) == ("completed", "file-1", size)
    assert receiver.most_together <= 3


async def test_parts_go_up_together_but_not_all_at_once(
    receiver: Receiver, uploads: Uploads
) -> None:
    receiver.gate.clear()
    task = asyncio.create_task(
        uploads.upload_file_chunked(file=("a.bin", os.urandom(9_999)), purpose="assistants")
    )

    async with asyncio.timeout(30):
        while receiver.together < 3:
            await asyncio.sleep(0)
    receiver.gate.set()
    await task

    assert receiver.most_together == 3


async def test_a_refused_part_cancels_the_upload(receiver: Receiver, uploads: Uploads) -> None:
    receiver.refused = {2}

    with pytest.raises(errors.BadRequestError):
        await uploads.upload_file_chunked(file=("a.bin", os.urandom(5_000)), purpose="assistants")

    assert receiver.cancelled
    assert receiver.whole == b""


async def test_a_cancel_that_fails_hides_nothing(receiver: Receiver, uploads: Uploads) -> None:
    receiver.refused, receiver.cancels = {0}, False

    with pytest.raises(errors.BadRequestError, match="no"):
        await uploads.upload_file_chunked(file=("a.bin", b"abc"), purpose="assistants")

    assert receiver.cancelled


async def test_giving_up_cancels_the_upload(receiver: Receiver, uploads: Uploads) -> None:
    receiver.gate.clear()
    task = asyncio.create_task(
        uploads.upload_file_chunked(file=("a.bin", os.urandom(5_000)), purpose="assistants")
    )
    async with asyncio.timeout(30):
        while not receiver.together:
            await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert receiver.cancelled
    receiver.gate.set()


async def test_the_steps_can_be_taken_one_by_one(server: Server, client: OpenAI) -> None:
    pending = {"id": "upload_1", "object": "upload", "status": "pending", "expires_at": 3600}
    part = {"id": "part_1", "object": "upload.part", "upload_id": "upload_1", "created_at": 1}
    server.answers(
        answers_json(pending),
        answers_json(part),
        answers_json(pending | {"status": "completed"}),
        answers_json(pending | {"status": "cancelled"}),
    )

    upload = await client.uploads.create(
        filename="a.txt", purpose="vision", bytes=3, mime_type="text/plain"
    )
    sent = await client.uploads.parts.create(upload.id, ("a.txt", b"abc"))
    done = await client.uploads.complete(upload.id, part_ids=[sent.id], md5="0" * 32)
    gone = await client.uploads.cancel(upload.id)

    assert (done.status, gone.status) == ("completed", "cancelled")
    assert server.requests[2] == {"part_ids": ["part_1"], "md5": "0" * 32}
    assert [part.name for part in server.requests[1]] == ["data"]
    assert server.bodies[3] == b""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "evals"}, "purpose"),
        ({"bytes": 0}, "bytes"),
        ({"bytes": 8 * 1024**3 + 1}, "bytes"),
        ({"filename": "a.csv", "purpose": "fine-tune"}, "file"),
        ({"mime_type": ""}, "mime_type"),
    ],
)
async def test_wrong_uploads_are_not_begun(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    right = {"filename": "a.txt", "purpose": "vision", "bytes": 3, "mime_type": "text/plain"}

    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.uploads.create(**(right | wrong))

    assert (caught.value.field, server.paths) == (field, [])


async def test_wrong_parts_and_endings_are_not_sent(
    server: Server, client: OpenAI, tmp_path: Path
) -> None:
    with (tmp_path / "a.bin").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)

    for data in (tmp_path / "a.bin", ("a.bin", b"")):
        with pytest.raises(errors.InvalidRequestError, match="64 MB"):
            await client.uploads.parts.create("upload_1", data)
    with pytest.raises(errors.InvalidRequestError, match="part_ids"):
        await client.uploads.complete("upload_1", part_ids=[])
    with pytest.raises(errors.InvalidRequestError, match="md5"):
        await client.uploads.complete("upload_1", part_ids=["part_1"], md5="short")

    assert server.paths == []
