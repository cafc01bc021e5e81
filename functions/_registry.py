"""The registry: which functions there are, who is offered which, and who may call them.

Only what stands here can run; a name that a model makes up meets a list, never a lookup in code.
"""

import asyncio
import hashlib
import logging
import math
import time
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from functions._calling.call import Calls, crashed, refused
from functions._context import ApprovalRequest, Context
from functions._declaring.declared import declare
from functions._declaring.function import Function
from functions._entry import Entry
from functions._errors import DeclarationError, Refused
from functions._faults import nearest, show
from functions._gate import THREADS, Gate
from functions._held.definition import SecretHeader
from functions._held.headers import secret_headers
from functions._held.held import problem
from functions._http.declared import declare_http
from functions._http.value import HttpFunction
from functions._http.web import Web
from functions._loading.load import LoadError
from functions._loading.sources import Sources, twice
from functions._loading.watch import Watch
from functions._mcp.declared import McpOffer, declare_mcp, offers
from functions._mcp.servers import Servers
from functions._mcp.value import Launch, McpFunction
from functions._offer import FINDER, Offer, finder
from functions._openapi.operations import Import, Operation, operations
from functions._permission import refusal, with_groups
from functions._registered import Registered, Store
from functions._results.plain import bounded, clean
from functions._results.result import Result

logger = logging.getLogger(__name__)

UNKNOWN_LIMIT = 4000


class Registry:
    """The functions that the model may call, and the only way to call them.

    Those of files change with the files, those of the database with the database: `refresh` takes
    up both, once a turn. `tell` is called when functions of files are others, or `errors`. HTTP
    functions go out by `web`, and `servers` are those of MCP.
    """

    def __init__(
        self,
        functions: Iterable[Function[..., Any]] = (),
        *,
        sources: Iterable[str | Path] = (),
        store: Store | None = None,
        web: Web | None = None,
        launches: Mapping[str, Launch] | None = None,
        tell: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        threads: int = THREADS,
    ) -> None:
        self._added: dict[str, Entry] = {}
        self._sources = Sources(sources, taken=ChainMap[str, Any]({FINDER: None}, self._added))
        self.web = web or Web()
        self.servers = Servers(self.web, launches)
        self._offer = Offer()
        self._registered = Registered(store, self.web, self.servers, tell, self._offer.words_of)
        self._watch = Watch(self._sources.stale, self._sources.read, tell, clock)
        self._calls = Calls(Gate(clock, threads))
        self._clock = clock
        self._import: tuple[Any, Import] | None = None
        for function in functions:
            self.add(function)

    @classmethod
    def load(cls, sources: Iterable[str | Path], **options: Any) -> "Registry":
        """Take in every function of these packages and folders; `errors` tells what is broken."""
        registry = cls(sources=sources, **options)
        registry._sources.read()
        return registry

    @property
    def errors(self) -> tuple[LoadError, ...]:
        """Return what cannot be offered as it is, with the reason."""
        return self._sources.errors + self._registered.errors

    @property
    def functions(self) -> Mapping[str, Entry]:
        """Return all functions that are written in Python, by name."""
        return MappingProxyType({**self._sources.functions, **self._added})

    @property
    def idle(self) -> list[Path]:
        """Return the files that were loaded and offer no function."""
        return self._sources.idle

    async def aclose(self) -> None:
        """Leave the MCP servers."""
        await self.servers.aclose()

    def of(self, team: str) -> Mapping[str, Entry]:
        """Return all functions of a team by name; a registered one never hides one in Python."""
        return MappingProxyType({**self._registered.of(team), **self.functions})

    def add(self, function: Function[..., Any]) -> None:
        """Take a function in, or raise `DeclarationError` with a sentence for its author."""
        declared = declare(function)
        if declared.name == FINDER:
            raise DeclarationError(f"{FINDER}: this name is the registry's own, choose another.")
        earlier = self.functions.get(declared.name)
        if earlier is not None:
            raise DeclarationError(twice(declared.name, earlier.origin))
        self._added[declared.name] = declared

    def admit(self, function: HttpFunction | McpFunction) -> Entry:
        """Return a function as it would be offered, or refuse it with a sentence.

        Ask before saving one; whether its address may be used is for `web.check` to say.
        """
        if function.name == FINDER or function.name in self.functions:
            raise DeclarationError("there is a function of this name already.")
        if isinstance(function, McpFunction):
            return declare_mcp(function, self.servers)
        return declare_http(function, self.web)

    def operations(self, team: str, text: str | bytes, **options: Any) -> Import:
        """Return what an OpenAPI document offers, each ready to be saved or with its problem.

        Options are those of `functions._openapi`: url, server, secret. Takes a while for a large
        document, so call it in a thread. The last answer is kept: a form, which Slack opens within
        three seconds only, its review and the saving ask the same again.
        """
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        taken = {FINDER, *self.functions, *self._registered.names(team)}
        asked = hashlib.sha256(data).digest(), frozenset(taken), frozenset(options.items())
        known = self._import
        if known is None or known[0] != asked:
            found = operations(data, taken=taken, **options)
            known = asked, replace(found, operations=tuple(map(self._tried, found.operations)))
            self._import = known
        return known[1]

    def _tried(self, one: Operation) -> Operation:
        reason = problem(partial(declare_http, one.function, self.web)) if one.function else ""
        return Operation(one.key, one.summary, problem=reason) if reason else one

    async def mcp_offers(
        self,
        server: str,
        secret: SecretHeader | None,
        earlier: Sequence[McpFunction],
        context: Context,
    ) -> list[McpOffer]:
        """Return the tools of an MCP server, each ready to be saved or with its problem.

        `earlier` are the team's functions that are tools already.

        Raises:
            DeclarationError: the server cannot be one.
            FunctionError: it cannot be asked.
        """
        tools = await self.servers.tools(server, secret_headers(secret, context.secret))
        taken = {FINDER, *self.functions, *self._registered.names(context.team)}
        return offers(server, tools, secret, earlier, taken, self.servers)

    async def refresh(self) -> None:
        """Take up changed files and registrations, once a turn; calls may run while it goes on."""
        await self._watch.look()
        await self._registered.refresh()

    async def with_groups(self, context: Context) -> Context:
        """Return the context with the person's groups, as far as functions name any."""
        who = (one.rules.who for one in self.of(context.team).values())
        return await with_groups(context, who)

    def title(self, name: str, team: str = "") -> str:
        """Return what people call the function, whatever name the model made up."""
        found = self.of(team).get(name)
        return found.rules.title if found else clean(name)[:64]

    def refusal(self, entry: Entry, context: Context) -> str | None:
        """Say why a function may not be called where the context is, or None if it may."""
        return self._registered.refusal(entry.name, context) or refusal(entry, context)

    def tools(
        self, context: Context, text: str = "", since: str = "", room: float = math.inf
    ) -> list[dict[str, Any]]:
        """Return the entries of OpenAI's `tools` for what this person may call here.

        A request carries at most 128 entries, and here at most `room` characters of them. If there
        are more, those named in `text` or `since` come first, then those nearest to `text` (the
        question), and one function that finds the rest.
        """
        allowed = self._allowed(context)
        chosen = self._offer.choose(allowed, text, since, room)
        others = [self._finder] if len(chosen) < len(allowed) else []
        return [one.tool for one in (*chosen, *others)]

    async def approval_request(
        self, name: str, arguments: str | bytes | None, context: Context
    ) -> ApprovalRequest | None:
        """Return what people must be asked before a call runs, or None if they need not be.

        A call that cannot run at all is nothing to ask about: `call` will say why.
        """
        try:
            entry = self._permitted(name, context)
            if entry.rules.approve == "never":
                return None
            return await self._calls.approval_request(entry, arguments, context)
        except Refused:
            return None
        except asyncio.CancelledError:
            raise
        except BaseException:  # nor can it run then
            logger.exception("approval_request_not_made", extra={"function": clean(str(name))[:64]})
            return None

    async def call(self, name: str, arguments: str | bytes | None, context: Context) -> Result:
        """Run one tool call and return what the model is told; raise only `CancelledError`."""
        started = self._clock()
        try:
            result = await self._call(name, arguments, context)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # an author's validator may call `sys.exit`
            result = crashed(clean(str(name))[:64], error, context)
        logger.info(
            "function_called",
            extra={
                "function": clean(str(name))[:64],
                "call_id": context.call_id,
                "ok": result.ok,
                "note": result.note,
                "seconds": round(self._clock() - started, 3),
            },
        )
        return result

    async def _call(self, name: str, text: str | bytes | None, context: Context) -> Result:
        try:
            entry = self._permitted(name, context)
        except Refused as refusal:
            return await refused(refusal, context)
        return await self._calls.call(entry, text, context)

    def _permitted(self, name: str, context: Context) -> Entry:
        """Return the function of this name, or raise `Refused`."""
        entry = self._finder if name == FINDER else self.of(context.team).get(name)
        if entry is None:
            raise Refused(self._unknown(name, context), "no such function")
        if reason := self.refusal(entry, context):
            raise Refused(reason, "not allowed")
        return entry

    @cached_property
    def _finder(self) -> Entry:
        return declare(finder(self._offer, self._allowed))

    def _allowed(self, context: Context) -> list[Entry]:
        entries = self.of(context.team).values()
        return [one for one in entries if self.refusal(one, context) is None]

    def _unknown(self, name: str, context: Context) -> str:
        names = [one.name for one in self._allowed(context)]
        likely = nearest(str(name), names)
        hint = f" Did you mean {likely}?" if likely else ""
        offered = f"There are: {', '.join(names)}." if names else "There are none."
        text = f"There is no function {show(clean(str(name)))}.{hint} {offered}"
        return bounded(text, UNKNOWN_LIMIT)
