"""One open page: changes wait here until they are sent, the last one of each thing only."""

import asyncio
import json
from collections.abc import Hashable

from aiohttp import web

from playground.bell import Bell
from playground.slack.frames import Frames, key
from playground.slack.refusal import Json


class PageSocket:
    """Sends frames over one websocket; frames are built when the socket is ready for them."""

    def __init__(self, socket: web.WebSocketResponse, frames: Frames) -> None:
        self.socket = socket
        self._frames = frames
        self._waiting: dict[Hashable, tuple[str, Json]] = {}
        self._bell = Bell()

    def tell(self, kind: str, about: Json) -> None:
        """Note a change."""
        name = key(kind, about)
        # A thing that changes again moves behind the others, so that order stays that of events.
        self._waiting.pop(name, None)
        self._waiting[name] = (kind, about)
        self._bell.ring()

    async def serve(self) -> None:
        """Send the state, then the changes, until the page goes."""
        await self._send(self._frames.state())
        writer = asyncio.create_task(self._write(), name="page socket")
        try:
            async for _ in self.socket:
                pass  # the page never speaks here
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            while self._waiting:
                kind, about = self._waiting.pop(next(iter(self._waiting)))
                await self._send(self._frames.build(kind, about))
            await self._bell.rung()

    async def _send(self, frame: Json) -> None:
        await self.socket.send_str(json.dumps(frame))
