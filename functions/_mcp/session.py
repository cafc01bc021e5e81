"""One connection to an MCP server, the tools that it listed last, and what is known of the way.

It is kept open by a task of its own, for the SDK must be left in the task that entered it.
"""

import asyncio
import contextvars
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from functions._errors import FunctionError
from functions._mcp.value import McpTool, Note

if TYPE_CHECKING:
    from functions._mcp.connection import Connection

logger = logging.getLogger(__name__)

CONNECTING = 30.0  # seconds; a server that is started may have to be fetched first
LISTING = 15.0
LEAVING = 6.0
IDLE = 300.0

Key = tuple[str, frozenset[tuple[str, str]]]
Connect = Callable[[Note], AbstractAsyncContextManager["Connection"]]


class Session:
    """One connection to a server.

    Args:
        key: The server, and the headers with which it is asked.
        connect: Opens the connection, and tells why a request failed, which is kept as `problem`.
        let_go: Called when nobody has used it for a while.
    """

    def __init__(self, key: Key, connect: Connect, let_go: Callable[["Session"], object]) -> None:
        self.key = key
        self.problem: FunctionError | None = None
        self.tools: Mapping[str, McpTool] = {}
        self.connection: Connection
        self._let_go = let_go
        self._listed_at = -float("inf")
        self._listing = asyncio.Lock()
        self._leave = asyncio.Event()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(  # which outlasts the call that opens it, and its time
            self._keep(connect), name="mcp server", context=contextvars.Context()
        )
        self._timer: asyncio.TimerHandle | None = None

    @property
    def server(self) -> str:
        """Tell which server it is."""
        return self.key[0]

    async def listed(self, newer_than: float) -> None:
        """Make sure that the list of tools is as new as that; raise what the connection raises."""
        self._in_use()
        async with asyncio.timeout(CONNECTING):
            await asyncio.shield(self._ready)
        async with self._listing:
            if self._listed_at < newer_than or self._task.done():
                begun = time.monotonic()
                async with asyncio.timeout(LISTING):
                    found = await self.connection.tools()
                self.tools = {one.name: one for one in found}
                self._listed_at = begun

    async def leave(self) -> None:
        """End it, in any case soon."""
        if self._timer:
            self._timer.cancel()
        self._leave.set()
        await asyncio.wait({self._task}, timeout=LEAVING)
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=LEAVING)

    def _in_use(self) -> None:
        if self._timer:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(IDLE, self._let_go, self)

    def _note(self, problem: FunctionError | None) -> None:
        self.problem = problem

    async def _keep(self, connect: Connect) -> None:
        try:
            async with connect(self._note) as self.connection:
                self._ready.set_result(None)
                await self._leave.wait()
        except BaseException as error:
            is_left = isinstance(error, asyncio.CancelledError)  # which is nobody's else to hear
            if not self._ready.done():
                self._ready.set_exception(ConnectionError("left") if is_left else error)
                self._ready.exception()  # somebody may have given up waiting for it
            elif not is_left:
                logger.info("mcp_connection_ended", extra={"reason": type(error).__name__})
