"""Bodies of answers made into text: unpacked no further than wanted, decoded, without idle blanks.

Nothing here trusts what a server says of its body.
"""

import codecs
import json
import re
import zlib
from typing import Protocol

COMPACTED = 200_000
BLANKS = re.compile(r'("(?:[^"\\]++|\\.)*+")|\s++')
TEXTUAL = (
    "text/",
    *(
        f"application/{kind}"
        for kind in (
            *("json", "xml", "yaml", "x-yaml", "toml", "ndjson", "x-ndjson", "jsonl", "json-seq"),
            *(
                "javascript",
                "x-javascript",
                "ecmascript",
                "graphql",
                "sql",
                "x-www-form-urlencoded",
            ),
        )
    ),
)
NO_CHARSETS = ("punycode", "idna", "unicode_escape", "raw_unicode_escape")  # of Python alone, slow
GZIP = b"\x1f\x8b"


class Broken(ValueError):
    """The body is not whole, or not packed as it says."""


class Unpacker(Protocol):
    """Unpacks a body piece by piece."""

    def unpack(self, data: bytes, room: int) -> bytes:
        """Return what comes next, no more than there is room for."""

    def check(self) -> None:
        """Raise `Broken` if the body ended before it should."""


def unpacker(encoding: str) -> Unpacker | None:
    """Return what unpacks bodies in an encoding, or None for one that was not asked for."""
    word = encoding.strip().lower()
    if word in ("", "identity"):
        return _Plain()
    return _Packed(word) if word in ("gzip", "x-gzip", "deflate") else None


class _Plain:
    def unpack(self, data: bytes, room: int) -> bytes:
        return data[:room]

    def check(self) -> None:
        """Let it pass: how long it is the protocol knows."""


class _Packed:
    """Packed by zlib: gzip, in one part or several, or what servers call deflate."""

    def __init__(self, word: str) -> None:
        self._bits = zlib.MAX_WBITS if word == "deflate" else zlib.MAX_WBITS | 16
        self._part = zlib.decompressobj(self._bits)
        self._rest = b""
        self._begun = False

    def unpack(self, data: bytes, room: int) -> bytes:
        found = b""
        self._rest += data
        while self._rest and len(found) < room:
            if self._part.eof and not self._goes_on():
                break
            found += self._next(self._rest, room - len(found))
            ended = self._part.eof
            self._rest = self._part.unused_data if ended else self._part.unconsumed_tail
        return found

    def check(self) -> None:
        if self._begun and not self._part.eof:
            raise Broken

    def _goes_on(self) -> bool:
        """Begin the next part, if what comes after one that ended is one."""
        if self._rest.startswith(GZIP):
            self._part = zlib.decompressobj(self._bits)
            return True
        if self._rest != GZIP[:1]:
            self._rest = b""
        return False

    def _next(self, data: bytes, room: int) -> bytes:
        begun, self._begun = self._begun, True
        try:
            return self._part.decompress(data, room)
        except zlib.error as error:
            if begun or self._bits != zlib.MAX_WBITS:
                raise Broken from error
        self._bits = -zlib.MAX_WBITS  # deflate without the frame that it should have
        self._part = zlib.decompressobj(self._bits)
        try:
            return self._part.decompress(data, room)
        except zlib.error as error:
            raise Broken from error


def is_text(kind: str) -> bool:
    """Tell whether a content type is one of texts."""
    return kind.startswith(TEXTUAL) or kind.endswith(("+json", "+xml", "+yaml"))


def decoded(data: bytes, charset: str | None) -> str:
    """Return bytes as text, whatever they are."""
    try:
        name = codecs.lookup(charset or "utf-8").name
        text = data.decode("utf-8" if name in NO_CHARSETS else name, "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def compact(text: str) -> str:
    """Take the blanks out of JSON, to spare the model's context; leave what is none as it is."""
    if len(text) > COMPACTED:
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return BLANKS.sub(r"\1", text)
