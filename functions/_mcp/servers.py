"""The MCP servers in use: connected when first needed, kept while in use, let go when idle.

Before a call the server is asked for its tools, unless it has just been: that shows at once that a
tool is not what was approved any more, and that a connection has died, before anything is sent that
must not be sent twice.
"""

import asyncio
import importlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from functions._errors import Broken, DeclarationError, FunctionError
from functions._http.hosts import split
from functions._http.web import Unreachable, Web
from functions._mcp.session import Connect, Key, Session
from functions._mcp.value import Launch, McpFunction, McpTool

logger = logging.getLogger(__name__)

FRESH = 5.0  # seconds that a list of tools is good for
MISSING = (
    "Servers of MCP need a further package on the bot's machine. In the bot's folder: "
    ".venv/bin/python -m pip install -e '.[mcp]', then start the bot again."
)

Progress = Callable[[str], Awaitable[None]]


class Changed(FunctionError):
    """A tool is not what was approved any more."""


class CutOff(Exception):
    """A call has no result, for the connection broke: `said` tells it in words."""

    def __init__(self, said: FunctionError) -> None:
        super().__init__(str(said))
        self.said = said


class Servers:
    """Every connection of this process; `launches` are the servers that the operator names."""

    def __init__(self, web: Web, launches: Mapping[str, Launch] | None = None) -> None:
        self.launches = MappingProxyType(dict(launches or {}))
        self._web = web
        self._sessions: dict[Key, Session] = {}
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
        session = await self._listed(server, headers, newer_than=time.monotonic())
        return list(session.tools.values())

    async def call(
        self,
        function: McpFunction,
        headers: Mapping[str, str],
        arguments: dict[str, Any],
        progress: Progress,
    ) -> Any:
        """Call a tool that is still what was approved; return texts and files.

        If the connection breaks, it is called once more on a new one, if it may be repeated.

        Raises:
            Changed: it is not; nothing was sent.
            Unreachable: nothing was sent.
            Broken: how it ended is not known.
            FunctionError: the tool itself says that it failed.
        """
        server, tool = function.server, function.tool

        async def attempt() -> Any:
            session = await self._listed(server, headers, newer_than=time.monotonic() - FRESH)
            _hold(session, tool, function.pin)
            try:
                return await session.connection.call(tool, arguments, progress)
            except FunctionError:
                raise
            except Exception as error:
                raise self._ended(error, session) from error

        try:
            return await attempt()
        except CutOff as cut:
            if function.effect == "once":
                raise cut.said from cut
            first = cut.said
        logger.info("mcp_call_repeated", extra={"server": where(server), "tool": tool})
        try:
            return await attempt()
        except (CutOff, Unreachable) as error:
            raise first from error

    def _ended(self, error: Exception, session: Session) -> Exception:
        """Return why a call has no result; a server that only said no is stayed with."""
        place = where(session.server)
        if said := self._sdk().answered(error):
            if self._sdk().is_refusal(error):
                return FunctionError(f"{said}.")
            if session.problem is None:
                return Broken(f"{place} said: {said}.")
        text = f"{place} broke off, or its answer makes no sense."
        told = _told(error, session, Broken(text))
        self._drop(session)
        return CutOff(told)

    async def aclose(self) -> None:
        """Leave every server."""
        for session in list(self._sessions.values()):
            self._drop(session)
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _listed(self, server: str, headers: Mapping[str, str], newer_than: float) -> Session:
        """Return a session whose tools were listed lately; a dead one is replaced, once."""
        key: Key = (server, frozenset(headers.items()))
        if known := self._sessions.get(key):
            try:
                return await self._use(known, newer_than)
            except FunctionError:
                logger.info("mcp_server_left", extra={"server": where(server)})
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = Session(key, self._way(server, headers), self._drop)
        return await self._use(session, newer_than)

    async def _use(self, session: Session, newer_than: float) -> Session:
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
        hint = "its address: one for streamable HTTP often ends in /mcp"
        if server in self.launches:
            hint = "its command, args and env in MCP_SERVERS; the log has what it said"
        return f"{where(server)} cannot be spoken with. Check {hint}."

    def _way(self, server: str, headers: Mapping[str, str]) -> Connect:
        """Return how to connect to a server."""
        self.admit(server)
        connection = self._sdk()
        if launch := self.launches.get(server):
            return lambda _: connection.over_stdio(launch)
        return partial(connection.over_http, server, headers, self._web)

    def _sdk(self) -> Any:
        """Import what needs the SDK, when it is needed."""
        try:
            return importlib.import_module("functions._mcp.connection")
        except ImportError as error:
            raise Unreachable(MISSING) from error

    def _drop(self, session: Session) -> None:
        if self._sessions.get(session.key) is session:
            del self._sessions[session.key]
        task = asyncio.create_task(session.leave(), name="leave mcp server")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _told(error: BaseException, session: Session, otherwise: FunctionError) -> FunctionError:
    """Return the error in our words: the guard's, if it stopped the request."""
    logger.warning(
        "mcp_failed", extra={"server": where(session.server), "reason": type(error).__name__}
    )
    problem = session.problem
    return otherwise if problem is None else type(problem)(str(problem))


def _hold(session: Session, tool: str, pin: str) -> None:
    """Refuse a tool that is not what was approved."""
    place, found = where(session.server), session.tools.get(tool)
    if found is None:
        raise Changed(f"{place} offers no tool {tool} any more.")
    if found.pin != pin:
        raise Changed(f"{place} describes {tool} otherwise than when it was approved.")


def where(server: str) -> str:
    """Return what people call a server: its host, or its name in the settings."""
    return split(server).origin.host if "://" in server else server
