"""The MCP servers in use: connected when first needed, kept while in use, let go when idle.

Before a call the server is asked for its tools, unless it has just been: that shows at once that a
tool is not what was approved any more, and that a connection has died, before anything is sent that
must not be sent twice.
"""

import asyncio
import importlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from functions._errors import DeclarationError, FunctionError
from functions._http.hosts import split
from functions._http.web import Broken, Unreachable, Web
from functions._mcp.launch import Launch
from functions._mcp.value import McpTool

if TYPE_CHECKING:
    from functions._mcp.connection import Connection

logger = logging.getLogger(__name__)

CONNECTING = 30.0  # seconds; a server that is started may have to be fetched first
LISTING = 15.0
LEAVING = 6.0
FRESH = 5.0
IDLE = 300.0
MISSING = (
    "Servers of MCP need a further package on the bot's machine. In the bot's folder: "
    ".venv/bin/python -m pip install -e '.[mcp]', then start the bot again."
)

Key = tuple[str, frozenset[tuple[str, str]]]
Connect = Callable[[], AbstractAsyncContextManager["Connection"]]
Progress = Callable[[str], Awaitable[None]]


class Changed(FunctionError):
    """A tool is not what was approved any more."""


class Servers:
    """Every connection of this process; `launches` are the servers that the operator names."""

    def __init__(
        self,
        web: Web,
        launches: Mapping[str, Launch] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.launches = MappingProxyType(dict(launches or {}))
        self._web = web
        self._clock = clock
        self._sessions: dict[Key, _Session] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def admit(self, server: str) -> None:
        """Refuse a server that cannot be one, with a sentence for whoever names it."""
        if server in self.launches:
            return
        if "://" not in server:
            names = ", ".join(sorted(self.launches)) or "none"
            raise DeclarationError(
                f"{server!r} is neither the URL of a server nor the name of one in MCP_SERVERS "
                f"(there: {names})."
            )
        self._web.hosts.admit(split(server).origin)

    async def tools(self, server: str, headers: Mapping[str, str]) -> list[McpTool]:
        """Return what a server offers now, or raise `FunctionError`."""
        session = await self._listed(server, headers, newer_than=self._clock())
        return list(session.tools.values())

    async def call(
        self,
        server: str,
        headers: Mapping[str, str],
        tool: str,
        pin: str,
        arguments: dict[str, Any],
        progress: Progress,
    ) -> Any:
        """Call a tool that is still what was approved; return texts and files.

        Raises:
            Changed: it is not; nothing was sent.
            Unreachable: nothing was sent.
            Broken: how it ended is not known.
            FunctionError: the tool itself says that it failed.
        """
        session = await self._listed(server, headers, newer_than=self._clock() - FRESH)
        found = session.tools.get(tool)
        if found is None:
            raise Changed(f"{where(server)} offers no tool {tool} any more.")
        if found.pin != pin:
            raise Changed(f"{where(server)} describes {tool} otherwise than when it was approved.")

        try:
            return await session.connection.call(tool, arguments, _Progress(progress))
        except FunctionError:
            raise
        except Exception as error:
            raise self._ended(error, session) from error

    def _ended(self, error: Exception, session: "_Session") -> FunctionError:
        """Return why a call has no result; a server that only said no is stayed with."""
        place = where(session.server)
        said = self._sdk().answered(error)
        if said and self._sdk().is_refusal(error):
            return FunctionError(f"{said}.")
        if said and session.problem() is None:
            return Broken(f"{place} said: {said}.")
        self._drop(session)
        text = f"{place} broke off, or its answer makes no sense."
        return _told(error, session, Broken(text))

    async def aclose(self) -> None:
        """Leave every server."""
        for session in list(self._sessions.values()):
            self._drop(session)
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _listed(
        self, server: str, headers: Mapping[str, str], newer_than: float
    ) -> "_Session":
        """Return a session whose tools were listed lately; a dead one is replaced, once."""
        key: Key = (server, frozenset(headers.items()))
        known = self._sessions.get(key)
        if known is not None:
            try:
                return await self._use(known, newer_than)
            except FunctionError:
                logger.info("mcp_server_left", extra={"server": where(server)})
        session = self._sessions.get(key)
        if session is None or session is known:
            session = self._sessions[key] = _Session(self, key, *self._way(server, headers))
        return await self._use(session, newer_than)

    async def _use(self, session: "_Session", newer_than: float) -> "_Session":
        try:
            await session.listed(newer_than)
        except Exception as error:
            self._drop(session)
            if isinstance(error, FunctionError):
                raise
            ours = Unreachable(self._silence(error, session.server))
            raise _told(error, session, ours) from error
        return session

    def _silence(self, error: Exception, server: str) -> str:
        if isinstance(error, TimeoutError):
            return f"{where(server)} did not answer in time."
        hint = " Check its command, args and env in MCP_SERVERS." if server in self.launches else ""
        return f"{where(server)} cannot be spoken with.{hint}"

    def _way(self, server: str, headers: Mapping[str, str]) -> tuple[Connect, Callable[[], Any]]:
        """Return how to connect to a server, and what tells why a request failed."""
        connection = self._sdk()
        self.admit(server)
        if launch := self.launches.get(server):
            return lambda: connection.over_stdio(launch), lambda: None
        guard = connection.Guard(self._web)
        return lambda: connection.over_http(server, headers, guard), lambda: guard.problem

    def _sdk(self) -> Any:
        """Import what needs the SDK, when it is needed."""
        try:
            return importlib.import_module("functions._mcp.connection")
        except ImportError as error:
            raise Unreachable(MISSING) from error

    def _drop(self, session: "_Session") -> None:
        if self._sessions.get(session.key) is session:
            del self._sessions[session.key]
        task = asyncio.create_task(session.leave(), name="leave mcp server")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def let_go(self, session: "_Session") -> None:
        """Leave a server that nobody has used for a while."""
        self._drop(session)

    def now(self) -> float:
        """Return the time of the clock that lists are dated by."""
        return self._clock()


class _Session:
    """One connection, kept open by a task of its own: the SDK must be left where it was entered."""

    def __init__(
        self, servers: Servers, key: Key, connect: Connect, problem: Callable[[], Any]
    ) -> None:
        self.key = key
        self.problem = problem
        self.tools: Mapping[str, McpTool] = {}
        self.connection: Connection
        self._servers = servers
        self._listed_at = -float("inf")
        self._listing = asyncio.Lock()
        self._leave = asyncio.Event()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._keep(connect), name="mcp server")
        self._timer: asyncio.TimerHandle | None = None

    @property
    def server(self) -> str:
        """Tell which server it is."""
        return self.key[0]

    async def listed(self, newer_than: float) -> None:
        """Make sure that the list of tools is as new as that."""
        self._in_use()
        async with asyncio.timeout(CONNECTING):
            await asyncio.shield(self._ready)
        async with self._listing:
            if self._listed_at < newer_than or self._task.done():
                begun = self._servers.now()
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
        self._timer = loop.call_later(IDLE, self._servers.let_go, self)

    async def _keep(self, connect: Connect) -> None:
        try:
            async with _opened(connect) as self.connection:
                self._ready.set_result(None)
                await self._leave.wait()
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
                self._ready.exception()  # somebody may have given up waiting for it
            elif not isinstance(error, asyncio.CancelledError):
                logger.info("mcp_connection_ended", extra={"reason": type(error).__name__})


@asynccontextmanager
async def _opened(connect: Connect) -> AsyncIterator["Connection"]:
    async with connect() as connection:
        yield connection


class _Progress:
    """Tells people how far a call is, in the server's words or in numbers."""

    def __init__(self, tell: Progress) -> None:
        self._tell = tell

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        await self._tell(message or (f"{progress:g} of {total:g}" if total else f"{progress:g}"))


def _told(error: BaseException, session: _Session, otherwise: FunctionError) -> FunctionError:
    """Return the error in our words: the guard's, if it stopped the request."""
    logger.warning(
        "mcp_failed", extra={"server": where(session.server), "reason": type(error).__name__}
    )
    problem = session.problem()
    if isinstance(problem, FunctionError):
        return type(problem)(str(problem))
    return otherwise


def where(server: str) -> str:
    """Return what people call a server: its host, or its name in the settings."""
    return split(server).origin.host if "://" in server else server
