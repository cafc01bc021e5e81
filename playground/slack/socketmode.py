"""Socket Mode: websockets that the bot opens and over which Slack delivers."""

import asyncio
import itertools
import json
import secrets
import uuid
from collections.abc import Callable

from aiohttp import WSMsgType, web

from playground.slack.refusal import Json
from playground.slack.workspace import APP

MOST_CONNECTIONS = 10
CONNECTION_LOST = "connection_failed"
_GOODBYE = 0.2


class Undelivered(Exception):
    """A delivery got no acknowledgement; `reason` is the word that the retry carries."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connection:
    """One open websocket and the envelopes that wait for their acknowledgement on it."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self.waiting: dict[str, asyncio.Future[Json]] = {}
        self._transport = transport

    async def deliver(self, envelope: Json, seconds: float) -> Json:
        """Send an envelope and wait for its acknowledgement's payload."""
        identifier = envelope["envelope_id"]
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.waiting[identifier] = future
        try:
            await self.socket.send_str(json.dumps(envelope))
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError as error:
            raise Undelivered("timeout") from error
        finally:
            self.waiting.pop(identifier, None)

    def acknowledge(self, text: str) -> None:
        """Take an acknowledgement; one that nobody waits for is too late and ignored."""
        try:
            answer = json.loads(text)
        except ValueError:
            return
        future = self.waiting.get(answer.get("envelope_id", ""))
        if future is not None and not future.done():
            future.set_result(answer.get("payload") or {})

    def cut(self) -> None:
        """Cut the TCP connection without a goodbye."""
        if self._transport is not None:
            self._transport.abort()

    def lost(self) -> None:
        """Fail whatever still waits."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(Undelivered(CONNECTION_LOST))


class SocketMode:
    """All connections of the app; each envelope goes to one of them in turn."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.connections: list[Connection] = []
        self.opened = 0
        self._changed = changed
        self._tickets: set[str] = set()
        self._turns = itertools.count()
        self._ready = asyncio.Event()

    def ticket(self) -> str:
        """Return a ticket that opens one connection, once."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="invalid or used ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=_GOODBYE, compress=False)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._refresh(socket, "too_many_websockets")
            return socket
        connection = Connection(socket, request.transport)
        await socket.send_str(json.dumps(self._hello()))
        self.connections.append(connection)
        self.opened += 1
        self._ready.set()
        self._changed()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    connection.acknowledge(message.data)
        finally:
            self._leave(connection)
        return socket

    def _leave(self, connection: Connection) -> None:
        if connection not in self.connections:
            return
        self.connections.remove(connection)
        connection.lost()
        if not self.connections:
            self._ready.clear()
        self._changed()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections) + 1,
            "debug_info": {
                "host": "playground",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": APP},
        }

    async def connected(self) -> None:
        """Wait until the bot holds a connection."""
        await self._ready.wait()

    async def deliver(self, kind: str, payload: Json, seconds: float, retry: int, why: str) -> Json:
        """Send one envelope over one connection and return the acknowledgement's payload."""
        if not self.connections:
            raise Undelivered(CONNECTION_LOST)
        connection = self.connections[next(self._turns) % len(self.connections)]
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope.update(retry_attempt=retry, retry_reason=why)
        try:
            return await connection.deliver(envelope, seconds)
        except ConnectionError as error:
            self._leave(connection)
            raise Undelivered(CONNECTION_LOST) from error

    async def refresh(self) -> None:
        """Ask every connection to be renewed, as Slack does every few hours."""
        for connection in list(self.connections):
            await self._refresh(connection.socket, "refresh_requested")

    async def _refresh(self, socket: web.WebSocketResponse, reason: str) -> None:
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
        await socket.send_str(json.dumps(frame))
        if reason == "too_many_websockets":
            await socket.close()

    def drop(self) -> None:
        """Cut every connection without a goodbye."""
        for connection in list(self.connections):
            self._leave(connection)
            connection.cut()

    async def close(self) -> None:
        """Close every connection in good order."""
        for connection in list(self.connections):
            await connection.socket.close()
