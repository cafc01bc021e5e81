"""Files: sent up, listed, looked at, fetched, deleted."""

import asyncio
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from openai_answers import answers_bytes, answers_json, refuses
from openai_server import Server, Sleeps

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.files import Files
from bot.openai.uploads import Uploads
from bot.openai.wire.api import API
from bot.openai.wire.endpoint import Endpoint
from bot.openai.wire.multipart import FileContent
from bot.openai.wire.transport import Transport

FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 3,
    "created_at": 1,
    "expires_at": 3601,
    "filename": "rows.jsonl",
    "purpose": "fine-tune",
    "status": "processed",
}


def answers_half(body: bytes) -> Any:
    """Promise a body and break off in its middle."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.close()
        return response

    return handler


async def test_a_file_is_sent_with_purpose_and_end(
    server: Server, client: OpenAI, tmp_path: Path
) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"{}\n")
    server.answers(answers_json(FILE, **{"x-request-id": "req_1"}))

    file = await client.files.create(
        file=tmp_path / "rows.jsonl",
        purpose="fine-tune",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )

    assert (server.methods, server.paths) == (["POST"], ["/v1/files"])
    assert [(part.name, part.data) for part in server.requests[0]] == [
        ("purpose", b"fine-tune"),
        ("expires_after[anchor]", b"created_at"),
        ("expires_after[seconds]", b"3600"),
        ("file", b"{}\n"),
    ]
    assert server.requests[0][-1].filename == "rows.jsonl"
    assert int(server.headers[0]["Content-Length"]) == len(server.bodies[0])
    assert "Transfer-Encoding" not in server.headers[0]
    assert (file.id, file.expires_at, file.request_id) == ("file-1", 3601, "req_1")


async def test_a_file_from_memory_is_sent(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(FILE))

    await client.files.create(file=("note.txt", b"abc"), purpose="user_data")

    assert server.requests[0][-1] == ("file", b"abc", "note.txt", "text/plain")


async def test_a_file_is_sent_whole_again_after_a_failure(
    server: Server, client: OpenAI, tmp_path: Path
) -> None:
    content = os.urandom(2_000_000)
    (tmp_path / "large.bin").write_bytes(content)
    server.answers(refuses(500), answers_json(FILE))

    await client.files.create(file=tmp_path / "large.bin", purpose="assistants")

    assert [parts[-1].data == content for parts in server.requests] == [True, True]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "fine_tune"}, "purpose"),
        ({"purpose": "fine-tune", "file": ("rows.csv", b"a")}, "file"),
        ({"purpose": "batch", "file": ("rows.json", b"a")}, "file"),
        ({"file": ("a.txt", b"")}, "file"),
        ({"file": b"no name"}, "file"),
        ({"expires_after": {"anchor": "created_at", "seconds": 3599}}, "expires_after.seconds"),
        ({"expires_after": {"anchor": "now", "seconds": 3600}}, "expires_after.anchor"),
        ({"expires_after": {"seconds": 3600}}, "expires_after.anchor"),
        ({"name": "x"}, "name"),
    ],
)
async def test_wrong_files_are_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.files.create(**({"file": ("a.txt", b"a"), "purpose": "user_data"} | wrong))

    assert (caught.value.field, server.paths) == (field, [])


@pytest.mark.parametrize(("purpose", "megabytes"), [("batch", 201), ("fine-tune", 513)])
async def test_files_that_are_too_large_are_not_sent(
    server: Server, client: OpenAI, tmp_path: Path, purpose: Any, megabytes: int
) -> None:
    with (tmp_path / "rows.jsonl").open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)

    with pytest.raises(errors.InvalidRequestError, match="MB"):
        await client.files.create(file=tmp_path / "rows.jsonl", purpose=purpose)

    assert server.paths == []


async def test_files_are_listed_by_purpose(server: Server, client: OpenAI) -> None:
    server.answers(
        answers_json({"data": [FILE], "has_more": True, "last_id": "file-1"}),
        answers_json({"data": [FILE | {"id": "file-2", "purpose": "of_later"}]}),
    )

    filters = {"purpose": "fine-tune", "limit": 1, "order": "asc", "after": "file-0"}
    files = [file async for file in client.files.list(**filters)]

    assert [(file.id, file.purpose) for file in files] == [
        ("file-1", "fine-tune"),
        ("file-2", "of_later"),
    ]
    assert server.paths == [
        "/v1/files?purpose=fine-tune&limit=1&order=asc&after=file-0",
        "/v1/files?purpose=fine-tune&limit=1&order=asc&after=file-1",
    ]


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 10_001}, {"order": "up"}, {"x": 1}])
def test_wrong_filters_are_refused(client: OpenAI, wrong: Any) -> None:
    with pytest.raises(errors.InvalidRequestError):
        client.files.list(**wrong)


async def test_one_file_is_looked_at_and_deleted(server: Server, client: OpenAI) -> None:
    deleted = {"id": "file-1", "object": "file", "deleted": True}
    server.answers(answers_json(FILE), answers_json(deleted))

    assert (await client.files.retrieve("file-1")).model_dump(exclude_unset=True) == FILE
    assert (await client.files.delete("file-1")).deleted

    assert server.methods == ["GET", "DELETE"]
    assert server.paths == ["/v1/files/file-1", "/v1/files/file-1"]


@pytest.mark.parametrize(
    "answer", [answers_bytes(b"", status=204), answers_json({"object": "file"})]
)
async def test_a_host_may_delete_without_many_words(
    server: Server, client: OpenAI, answer: Any
) -> None:
    server.answers(answer)

    gone = await client.files.delete("file-1")

    assert (gone.id, gone.deleted) == ("file-1", True)


async def test_a_new_file_is_waited_for(server: Server, client: OpenAI, sleeps: Sleeps) -> None:
    server.answers(*[answers_json(FILE | {"status": status}) for status in ("uploaded", "running")])
    server.always = answers_json(FILE)

    assert (await client.files.wait_for_processing("file-1")).status == "processed"
    assert sleeps == [0.5, 0.75]


@pytest.mark.parametrize("status", ["uploaded", "error", None])
async def test_a_file_is_not_waited_for_for_ever(
    server: Server, client: OpenAI, sleeps: Sleeps, status: str | None
) -> None:
    server.always = answers_json(FILE | {"status": status})

    assert (await client.files.wait_for_processing("file-1", longest=60)).status == status
    assert sum(sleeps) < 66


async def test_the_content_is_bytes_whatever_they_are(server: Server, client: OpenAI) -> None:
    content = b'{"error": "a row of the file"}'
    server.answers(answers_bytes(content, "application/json"))

    raw = await client.files.content("file-1")

    assert (raw.content, raw.content_type) == (content, "application/json")
    assert server.paths == ["/v1/files/file-1/content"]


async def test_content_that_breaks_off_is_asked_for_again(server: Server, client: OpenAI) -> None:
    content = os.urandom(3_000_000)
    server.answers(refuses(500), answers_half(content), answers_bytes(content))

    raw = await client.files.content("file-1")

    assert raw.content == content


async def test_the_size_chooses_between_one_request_and_parts(
    server: Server, tmp_path: Path
) -> None:
    upload = {"id": "upload_1", "status": "completed", "file": FILE}
    server.always = answers_json(upload)
    transport = Transport()
    api = API(Endpoint(server.url), transport)
    files = Files(api, Uploads(api, part_size=4), one_request=5)

    for content in (b"12345", b"123456"):
        (tmp_path / "rows.jsonl").write_bytes(content)
        await files.upload_any(file=tmp_path / "rows.jsonl", purpose="fine-tune")
    await transport.aclose()

    assert [path.removeprefix("/v1/") for path in server.paths] == [
        "files",
        "uploads",
        "uploads/upload_1/parts",
        "uploads/upload_1/parts",
        "uploads/upload_1/complete",
    ]


async def test_an_open_file_of_any_size_is_read_once(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(FILE))

    await client.files.upload_any(file=("rows.jsonl", BytesIO(b"{}\n")), purpose="fine-tune")

    assert server.requests[0][-1].data == b"{}\n"


async def test_a_file_that_shrinks_while_it_is_sent_is_named(
    client: OpenAI, tmp_path: Path, sleeps: Sleeps
) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc")
    longer = FileContent("a.txt", tmp_path / "a.txt", 10, "text/plain")

    with pytest.raises(errors.InvalidRequestError, match="became shorter"):
        await client.files.create(file=longer, purpose="user_data")

    assert sleeps == []


async def test_a_cancelled_upload_is_let_go(server: Server, client: OpenAI, tmp_path: Path) -> None:
    (tmp_path / "rows.bin").write_bytes(os.urandom(1_000_000))
    begun, gate = asyncio.Event(), asyncio.Event()

    async def waits(request: web.Request) -> web.StreamResponse:
        begun.set()
        await gate.wait()
        return web.json_response(FILE)

    server.answers(waits)
    task = asyncio.create_task(
        client.files.create(file=tmp_path / "rows.bin", purpose="assistants")
    )
    await begun.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    gate.set()
