"""What servers answer with: packed, cut, in odd charsets, of odd kinds, or no answer at all."""

import asyncio
import contextlib
import gzip
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from http_samples import offered
from hypothesis import given
from hypothesis import strategies as st

from functions import Hosts, HttpFunction, Result, Web, testing
from functions._http.body import Broken, unpacked

JSON = b'{"a":1}'
BROKE = "broke, or its answer makes no sense"


@asynccontextmanager
async def answering(raw: bytes) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


def raw(body: bytes, kind: str = "application/json", status: str = "200 OK", **more: Any) -> bytes:
    headers = {"Content-Type": kind, "Content-Length": len(body), **more}
    lines = [f"HTTP/1.1 {status}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def told(answer: bytes, **options: Any) -> Result:
    async with answering(answer) as origin:
        options = {"description": "d", "url": f"{origin}/x", "timeout": 5, **options}
        function = HttpFunction(name="f", **options)
        registry = await offered(function, Web(Hosts([origin])))
        return await registry.call("f", "{}", testing.fake_context())


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(JSON)),
        ("GZIP", gzip.compress(JSON)),
        ("gzip", gzip.compress(JSON[:3]) + gzip.compress(JSON[3:])),
        ("gzip", gzip.compress(JSON) + b"and more"),
        ("identity", JSON),
    ],
    ids=["gzip", "capitals", "two parts", "more behind", "identity"],
)
async def test_a_packed_body_is_unpacked_whole(encoding: str, body: bytes) -> None:
    assert (await told(raw(body, Content_Encoding=encoding))).text == JSON.decode()


async def test_a_packed_body_that_is_cut_is_not_taken_for_whole() -> None:
    result = await told(raw(gzip.compress(JSON * 100)[:20], Content_Encoding="gzip"))

    assert not result.ok
    assert "broken or not whole" in result.text


@given(data=st.binary(max_size=3000), parts=st.integers(1, 3))
def test_whatever_is_packed_comes_out(data: bytes, parts: int) -> None:
    packed = b"".join(gzip.compress(data) for _ in range(parts))

    assert unpacked(packed, "gzip", 100_000) == data * parts
    assert unpacked(packed, "gzip", 10) == (data * parts)[:10]


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br"]))
def test_no_bytes_make_unpacking_stumble(data: bytes, encoding: str) -> None:
    with contextlib.suppress(Broken):
        assert len(unpacked(data, encoding, 100)) <= 100


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("iso-8859-1", "Käse".encode("latin-1"), "Käse"),
        ("klingon", "Käse".encode(), "Käse"),
        ("base64", b"aGk=", "aGk="),
        ("punycode", b"x-" + b"a" * 500_000, "x-aaa"),  # which takes Python minutes to decode
        ("utf-8", b"\xef\xbb\xbfhi", "hi"),
    ],
)
async def test_a_charset_is_believed_as_far_as_that_is_safe(
    charset: str, body: bytes, text: str
) -> None:
    result = await told(raw(body, f"text/plain; charset={charset}"))

    assert result.ok
    assert result.text.startswith(text)


@pytest.mark.parametrize(
    "kind", ["application/x-ndjson", "application/javascript", "application/problem+json"]
)
async def test_kinds_of_text_are_taken(kind: str) -> None:
    assert (await told(raw(JSON, kind))).text == JSON.decode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "101"),
        (raw(b"\x89", "image/png", "500 Oh"), "answered with status 500"),
        (raw(b"", status="301 Moved", Location="https://b.example/"), "to https://b.example/, and"),
        (raw(JSON)[:-2], BROKE),
        (raw(JSON, Content_Encoding="br"), "in the encoding 'br', which was not asked for"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", BROKE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", BROKE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello", BROKE),
        (b"SSH-2.0-OpenSSH\r\n", BROKE),
        (b"", BROKE),
    ],
)
async def test_what_is_no_whole_answer_is_told(answer: bytes, said: str) -> None:
    result = await told(answer)

    assert not result.ok
    assert said in result.text


@pytest.mark.parametrize(
    ("status", "doubted"), [("400 Bad", False), ("499 No", False), ("500 Oh", True)]
)
async def test_only_what_a_server_could_not_finish_may_have_taken_effect(
    status: str, doubted: bool
) -> None:
    result = await told(raw(JSON, status=status), method="POST", approve="never")

    assert f"answered with status {status[:3]}" in result.text
    assert ("may have taken effect" in result.text) == doubted


async def test_what_comes_before_an_answer_is_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

    assert (await told(early * 3 + raw(JSON))).text == JSON.decode()


def test_a_body_in_parts_without_end_is_given_up_soon() -> None:
    endless = gzip.compress(b"") * 50_000

    with pytest.raises(Broken):
        unpacked(endless, "gzip", 1_000_000)


def test_a_packed_body_that_was_not_read_to_its_end_is_cut_and_not_broken() -> None:
    text = random.Random(0).randbytes(2_000)  # noqa: S311 - cannot be packed
    read = gzip.compress(text)[:1_001]

    found = unpacked(read, "gzip", 1_001, whole=False)

    assert text.startswith(found)
    assert len(found) > 900
    with pytest.raises(Broken):
        unpacked(read, "gzip", 1_001)


def test_an_empty_body_needs_no_unpacking() -> None:
    assert unpacked(b"", "gzip", 100) == b""
