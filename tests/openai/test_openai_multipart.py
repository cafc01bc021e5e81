"""Forms: field names as documented, sizes known before, files streamed from the disk."""

import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from openai_server import read_body

from bot.openai.errors import InvalidRequestError
from bot.openai.wire.multipart import PIECE, FileContent, Form, file_content


async def body_of(form: Form) -> bytes:
    return b"".join([piece async for piece in form.body()])


async def parts_of(form: Form) -> Any:
    return read_body(form.ask("x").headers["Content-Type"], await body_of(form))


async def test_fields_are_named_as_the_api_documents_them() -> None:
    form = Form(
        {
            "model": "m",
            "stream": True,
            "temperature": 0.5,
            "include": ["logprobs"],
            "timestamp_granularities": ["word", "segment"],
            "expires_after": {"anchor": "created_at", "seconds": 3600},
        }
    )

    assert [(part.name, part.data) for part in await parts_of(form)] == [
        ("model", b"m"),
        ("stream", b"true"),
        ("temperature", b"0.5"),
        ("include[]", b"logprobs"),
        ("timestamp_granularities[]", b"word"),
        ("timestamp_granularities[]", b"segment"),
        ("expires_after[anchor]", b"created_at"),
        ("expires_after[seconds]", b"3600"),
    ]


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
async def test_the_size_is_known_before_and_each_attempt_sends_the_same(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(bytes(n % 251 for n in range(size)))
    form = Form({"purpose": "fine-tune"}, ("file", file_content("file", path)))

    first, second = await body_of(form), await body_of(form)

    assert first == second
    assert len(first) == form.size == int(form.ask("files").headers["Content-Length"])
    assert (await parts_of(form))[1].data == path.read_bytes()


async def test_a_large_file_costs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    form = Form({}, ("file", file_content("file", path)))

    tracemalloc.start()
    sent = 0
    async for piece in form.body():
        sent += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sent == form.size
    assert peak < 16 * PIECE


async def test_a_stretch_of_a_file_is_sent_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"0123456789")

    for source in (file_content("file", path), file_content("file", ("a.bin", b"0123456789"))):
        part = source.stretch(3, 4)

        assert b"".join([piece async for piece in part.pieces()]) == b"3456"
        assert part.head(2) == b"34"


async def test_odd_names_do_not_break_out_of_their_line() -> None:
    form = Form({}, ("file", file_content("file", ('ä "x"\r\ny.jsonl', b"{}"))))

    (part,) = await parts_of(form)

    assert part.filename == "ä %22x%22%0D%0Ay.jsonl"
    assert part.content_type == "application/jsonl"


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image.png", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image.jpg", "image/jpeg"),
        (b"RIFF....WEBPVP8 ", "image.webp", "image/webp"),
        (b"RIFF....WAVEfmt ", "image.wav", "audio/wav"),
        (b"fLaC....", "image.flac", "audio/flac"),
    ],
)
def test_bytes_are_named_after_what_they_are(data: bytes, name: str, content_type: str) -> None:
    file = file_content("image", data)

    assert (file.name, file.content_type, file.size) == (name, content_type, len(data))


@pytest.mark.parametrize("given", [b"text", "a/path", 7, ("name", 7), Path("not/there.txt")])
def test_what_is_no_file_is_refused(given: Any) -> None:
    with pytest.raises(InvalidRequestError, match="file"):
        file_content("file", given)


def test_a_content_type_may_be_given() -> None:
    assert file_content("file", ("a", b"x", "text/plain")).content_type == "text/plain"


async def test_an_open_file_is_read_from_the_disk_from_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"0123456789")

    with path.open("rb") as opened:
        opened.seek(4)
        file = file_content("file", opened)

    assert (file.name, file.source, file.size) == ("rows.jsonl", path, 6)
    assert b"".join([piece async for piece in file.pieces()]) == b"456789"


def test_a_file_in_memory_is_taken_and_text_is_not() -> None:
    assert file_content("file", ("a.txt", io.BytesIO(b"abc"))).size == 3
    with pytest.raises(InvalidRequestError, match="bytes"):
        file_content("file", ("a.txt", io.StringIO("abc")))


async def test_a_file_that_shrinks_while_it_is_sent_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"123")
    file = FileContent("a.bin", path, 4, "")

    with pytest.raises(InvalidRequestError, match="shorter"):
        [piece async for piece in file.pieces()]
