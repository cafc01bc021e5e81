"""What admins add and switch off while the bot runs, as it stands in the database.

Read anew when its version has grown, which is asked once a turn; so a change is in effect with the
next turn of every process. Only what has changed is made ready anew, for an imported document may
hold a thousand functions. Each team has its own.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from functions._context import Context
from functions._entry import Entry
from functions._errors import DeclarationError
from functions._http.declared import declare_http
from functions._http.value import HttpFunction
from functions._http.web import Web
from functions._loading.load import LoadError
from functions._mcp.declared import declare_mcp
from functions._mcp.servers import Servers
from functions._mcp.value import McpFunction

logger = logging.getLogger(__name__)

Key = tuple[str, str, str, str]  # all of a row that counts: team, name, kind, body


class Named(Protocol):
    """Something that a team has said of a function."""

    @property
    def team(self) -> str:
        """Tell whose it is."""

    @property
    def name(self) -> str:
        """Give the function's name."""


class Registration(Named, Protocol):
    """One function that was added; `body` is what `kind` makes of it, as JSON."""

    @property
    def kind(self) -> str:
        """Tell what it is: `http` or `mcp`."""

    @property
    def body(self) -> str:
        """Give the function as JSON."""


class Switch(Named, Protocol):
    """One function that was switched off, in a channel or (no channel) everywhere."""

    @property
    def channel(self) -> str:
        """Tell in which channel; empty for all."""


class Store(Protocol):
    """Where they are kept."""

    async def version(self) -> int:
        """Return a number that grows with each change; cheap to ask."""

    async def all(self) -> Sequence[Registration]:
        """Return every registered function of every team."""

    async def switched_off(self) -> Sequence[Switch]:
        """Return every switch that is off."""

    async def amend(self, team: str, name: str, was: str, body: str) -> bool:
        """Put a body in the place of the one that it was; False if it is not that any more."""


@dataclass(slots=True, eq=False)
class Registered:
    """The functions and switches of all teams, as last read.

    `ready` is told of each function that is made ready; `errors` is what cannot be offered as it is
    registered.
    """

    store: Store | None
    web: Web
    servers: Servers
    tell: Callable[[], None]
    ready: Callable[[Entry], object]
    errors: tuple[LoadError, ...] = ()
    _version: int | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _made: Mapping[Key, Entry | LoadError] = field(default_factory=dict)
    _entries: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    _off: frozenset[tuple[str, str, str]] = frozenset()

    async def refresh(self) -> None:
        """Read what has changed; what cannot be read now stays as it was."""
        if self.store is None:
            return
        try:
            if await self.store.version() != self._version:
                async with self._reading:
                    await self._read(self.store)
        except Exception:
            logger.exception("registrations_not_read")

    async def _read(self, store: Store) -> None:
        version = await store.version()
        if version == self._version:  # somebody else has read it meanwhile
            return
        rows, switches = await store.all(), await store.switched_off()
        await self._take(rows)
        self._off = frozenset((one.team, one.channel, one.name) for one in switches)
        self._version = version

    async def _take(self, rows: Sequence[Registration]) -> None:
        made: dict[Key, Entry | LoadError] = {}
        entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        errors = []
        for row in rows:
            key = (row.team, row.name, row.kind, row.body)
            if key not in self._made:
                await asyncio.sleep(0)  # each takes milliseconds, and others go on between them
            one = made[key] = self._made.get(key) or self._tried(row)
            if isinstance(one, LoadError):
                errors.append(one)
                continue
            entries[row.team][row.name] = one
            if one.off:
                look = f"/ai-functions mcp {one.function.server} --take changed"
                sentence = f"{one.function.changed} It is off; an admin can look and take it anew:"
                errors.append(LoadError(row.name, f"{sentence} `{look}`"))
        self._made, self._entries = made, dict(entries)
        before, self.errors = self.errors, tuple(errors)
        if self.errors != before:
            self.tell()

    def _tried(self, row: Registration) -> Entry | LoadError:
        """Return a function made ready, or why it cannot be."""
        try:
            entry = self._entry(row)
            self.ready(entry)
            return entry
        except DeclarationError as error:
            logger.warning("registration_refused", extra={"function": row.name})
            return LoadError(row.name, str(error))
        except Exception:  # what nobody foresaw in one must not cost all the others
            logger.exception("registration_not_taken", extra={"function": row.name})
            return LoadError(row.name, "It cannot be made ready; the log says why.")

    def _entry(self, row: Registration) -> Entry:
        if row.kind == HttpFunction.kind:
            return declare_http(HttpFunction.load(row.body), self.web)
        if row.kind == McpFunction.kind:
            function = McpFunction.load(row.body)
            return declare_mcp(function, self.servers, partial(self._remember, row))
        raise DeclarationError(f"this version knows no functions of {row.kind}.")

    async def _remember(self, row: Registration, function: McpFunction, reason: str) -> None:
        """Keep a tool from being offered until an admin has approved it as it is now.

        Written down beside its pin, it holds in every process and after a restart; unless the
        tool was taken anew while the call ran.
        """
        logger.warning("mcp_tool_changed", extra={"function": function.name})
        body = replace(function, changed=reason).dump()
        if self.store is not None:
            await self.store.amend(row.team, row.name, row.body, body)
        await self.refresh()

    def of(self, team: str) -> Mapping[str, Entry]:
        """Return the functions of a team by name."""
        return self._entries.get(team, {})

    def names(self, team: str) -> set[str]:
        """Return the names that a team has given, also to what cannot be offered now."""
        return {name for of, name, *_ in self._made if of == team}

    def refusal(self, name: str, context: Context) -> str | None:
        """Say that a function is switched off where the context is, or None if it is not."""
        if (context.team, "", name) in self._off:
            return f"{name} was not run: an admin has switched it off."
        if (context.team, context.channel, name) in self._off:
            return f"{name} was not run: an admin has switched it off in this channel."
        return None
