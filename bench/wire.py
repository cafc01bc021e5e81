"""HTTP/1.1 and WebSocket on a bare asyncio protocol: just enough for load servers to be lean."""

import asyncio
import base64
import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole."""

    method: str
    target: str
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """Give a header's value; empty when it is not there."""
        start = self.head.lower().find(b"\r\n" + name.lower() + b":")
        if start < 0:
            return b""
        start += len(name) + 3
        return self.head[start : self.head.index(b"\r\n", start)].strip()


class Connection(asyncio.Protocol):
    """One connection: HTTP requests one after the other, or a WebSocket after its upgrade."""

    def __init__(self, serve: Callable[["Connection", Request], None]) -> None:
        self.serve = serve
        self.on_text: Callable[[bytes], None] | None = None
        self.on_lost: Callable[[], None] | None = None
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - tells mypy what TCP gives
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits for this connection."""
        self._transport = None
        if self.on_lost:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        """Cut the bytes into requests or frames."""
        self._buffer += data
        if self.on_text:
            self._read_frames()
        else:
            self._read_requests()

    def write(self, data: bytes) -> None:
        """Write, unless the other side has gone."""
        if self._transport:
            self._transport.write(data)

    def reply(self, body: bytes, status: bytes = b"200 OK", extra: bytes = b"") -> None:
        """Answer a request with JSON."""
        self.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%b\r\n%b"
            % (status, len(body), extra, body)
        )

    def begin_stream(self) -> None:
        """Begin an answer of server-sent events."""
        self.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\nx-request-id: req_bench\r\n\r\n"
        )

    def upgrade(self, request: Request, on_text: Callable[[bytes], None]) -> None:
        """Turn the connection into a WebSocket."""
        digest = hashlib.sha1(request.header(b"Sec-WebSocket-Key") + MAGIC).digest()  # noqa: S324 - the protocol says so
        self.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % base64.b64encode(digest)
        )
        self.on_text = on_text

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        """Send one frame."""
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
        self.write(head + payload)

    def _read_requests(self) -> None:
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[: end + 4])
            method, target, _ = head[: head.index(b"\r\n")].decode().split(" ")
            size = int(Request(method, target, head, b"").header(b"Content-Length") or 0)
            if len(self._buffer) < end + 4 + size:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + size])
            del self._buffer[: end + 4 + size]
            self.serve(self, Request(method, target, head, body))

    def _read_frames(self) -> None:
        while frame := self._frame():
            opcode, payload = frame
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE and self._transport:
                self._transport.close()
            elif opcode == TEXT and self.on_text:
                self.on_text(payload)

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._buffer
        if len(data) < 2:
            return None
        size, start = data[1] & 0x7F, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            start += width
            size = int.from_bytes(data[2:start], "big")
        masked = data[1] & 0x80
        end = start + (4 if masked else 0) + size
        if len(data) < end:
            return None
        payload = bytes(data[end - size : end])
        if masked and size:
            key = bytes(data[start : start + 4]) * (size // 4 + 1)
            number = int.from_bytes(payload, "big") ^ int.from_bytes(key[:size], "big")
            payload = number.to_bytes(size, "big")
        opcode = data[0] & 0x0F
        del data[:end]
        return opcode, payload


def chunk(data: bytes) -> bytes:
    """Wrap bytes for an answer of unknown length."""
    return b"%x\r\n%b\r\n" % (len(data), data)
