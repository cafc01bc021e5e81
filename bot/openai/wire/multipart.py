"""Forms with files, streamed: a file of any size costs one piece of memory at a time.

The size of the whole body is known before it is sent, so servers get a Content-Length, and each
attempt of a request reads its files from the start. Field names of lists and objects are written
the way this API documents them: `include[]`, `expires_after[anchor]`.
"""

import asyncio
import mimetypes
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bot.openai.errors import InvalidRequestError
from bot.openai.wire.api import Ask

PIECE = 512 * 1024  # bytes
ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"\x1aE\xdf\xa3", "webm"),
)
CONTENT_TYPES = {
    ".jsonl": "application/jsonl",
    ".webp": "image/webp",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
    ".mpga": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".webm": "audio/webm",
    ".wav": "audio/wav",
}


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file to be sent, or a stretch of one: from memory, or from the disk while it is sent."""

    name: str
    source: bytes | Path
    size: int
    content_type: str
    start: int = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the content piece by piece."""
        if isinstance(self.source, bytes):
            for place in range(self.start, self.start + self.size, PIECE):
                yield self.source[place : min(place + PIECE, self.start + self.size)]
            return
        left = self.size
        with await asyncio.to_thread(self.source.open, "rb") as file:
            file.seek(self.start)
            while left:
                piece = await asyncio.to_thread(file.read, min(PIECE, left))
                if not piece:
                    raise InvalidRequestError(self.name, "became shorter while it was sent")
                left -= len(piece)
                yield piece

    def head(self, length: int) -> bytes:
        """Return the first bytes, to tell what the file is."""
        if isinstance(self.source, bytes):
            return self.source[self.start : self.start + length]
        with self.source.open("rb") as file:
            file.seek(self.start)
            return file.read(length)

    def stretch(self, start: int, size: int) -> "FileContent":
        """Return a part of the file."""
        return FileContent(
            self.name, self.source, size, "application/octet-stream", self.start + start
        )


Source = bytes | Path | BinaryIO
FileInput = FileContent | Source | tuple[str, Source] | tuple[str, Source, str]
"""A file as callers give it: path, bytes or open file, or (name, one of them) or (..., type)."""


def file_content(field: str, given: FileInput) -> FileContent:
    """Return the file that was given, with name, size and type found out where they were not."""
    if isinstance(given, FileContent):
        return given
    name, source, content_type = _taken_apart(given)
    start = 0
    if hasattr(source, "read"):
        source, start = _of_open_file(field, source)
    if isinstance(source, bytes):
        size = len(source)
        name = name or _name_for(field, source)
    elif isinstance(source, Path):
        if not source.is_file():
            raise InvalidRequestError(field, f"names a file that is not there: {source.name}")
        size = source.stat().st_size - start
        name = name or source.name
    else:
        raise InvalidRequestError(field, "must be a path, bytes, or a name with one of them")
    return FileContent(name, source, size, content_type or _type_for(name), start)


class Form:
    """A multipart form of fields and, behind them, files, each with the name of its field."""

    def __init__(self, fields: Mapping[str, Any], *files: tuple[str, FileContent]) -> None:
        self._boundary = uuid.uuid4().hex
        self._fields = fields
        self._parts: list[tuple[bytes, FileContent]] = []
        for name, value in fields.items():
            self._add(name, value)
        for name, file in files:
            self._add_file(name, file)

    def _add(self, name: str, value: Any) -> None:
        """Add a field; lists and objects become several."""
        if isinstance(value, Mapping):
            for key, entry in value.items():
                self._add(f"{name}[{key}]", entry)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for entry in value:
                self._add(f"{name}[]", entry)
        else:
            data = _written(value).encode("utf-8", "replace")
            self._parts.append((self._head(name), FileContent(name, data, len(data), "")))

    def _add_file(self, name: str, file: FileContent) -> None:
        head = self._head(name, f'; filename="{file.name.translate(ESCAPES)}"')
        head = head[:-2] + f"Content-Type: {file.content_type}\r\n\r\n".encode()
        self._parts.append((head, file))

    @property
    def size(self) -> int:
        """Return how many bytes the whole body has."""
        return sum(len(head) + file.size + 2 for head, file in self._parts) + len(self._end)

    def ask(
        self,
        *path: str,
        first_byte: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Ask:
        """Return the request that sends this form."""
        size = self.size
        own = {
            "Content-Type": f"multipart/form-data; boundary={self._boundary}",
            "Content-Length": str(size),
        }
        sent = dict(headers or {}) | own
        return Ask("POST", path, self._fields, None, self.body, sent, first_byte, size=size)

    async def body(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece, from the start."""
        for head, file in self._parts:
            yield head
            async for piece in file.pieces():
                yield piece
            yield b"\r\n"
        yield self._end

    @property
    def _end(self) -> bytes:
        return f"--{self._boundary}--\r\n".encode()

    def _head(self, name: str, more: str = "") -> bytes:
        shown = name.translate(ESCAPES)
        return (
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="{shown}"{more}\r\n\r\n'
        ).encode()


def _taken_apart(given: Any) -> tuple[str, Any, str]:
    if not isinstance(given, tuple):
        return "", given, ""
    name, source, content_type = (*given, "")[:3]
    return str(name), source, str(content_type)


def _of_open_file(field: str, file: Any) -> tuple[bytes | Path, int]:
    """Return the path of an open file, and where it is to be read from; else its content."""
    name = getattr(file, "name", None)
    if isinstance(name, str) and Path(name).is_file() and "b" in str(getattr(file, "mode", "")):
        return Path(name), file.tell()
    content = file.read()
    if not isinstance(content, bytes):
        raise InvalidRequestError(field, "must be open for bytes, not for text")
    return content, 0


def _name_for(field: str, data: bytes) -> str:
    """Name bytes after what they are, since the server goes by the name."""
    if data[:4] == b"RIFF":
        return f"{field}.webp" if data[8:12] == b"WEBP" else f"{field}.wav"
    for signature, ending in SIGNATURES:
        if data.startswith(signature):
            return f"{field}.{ending}"
    raise InvalidRequestError(field, "needs a file name: give (name, bytes)")


def _type_for(name: str) -> str:
    ending = Path(name).suffix.lower()
    known = CONTENT_TYPES.get(ending)
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
