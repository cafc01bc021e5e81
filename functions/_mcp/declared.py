"""Tools of MCP servers, made ready and offered to admins; a call is held to what was approved."""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from functions._context import Context
from functions._entry import Entry, Values
from functions._errors import DeclarationError, FunctionError
from functions._held.definition import SecretHeader
from functions._held.headers import secret_headers
from functions._held.held import admitted, held, problem
from functions._mcp.servers import Changed, Servers, where
from functions._mcp.value import UNREADABLE, McpFunction, McpTool
from functions._rules import unique

DESCRIPTION = 1000
NAME = 128  # as the protocol advises, and what a menu in Slack can hold
SIGNS = re.compile(r"[^A-Za-z0-9_-]+")

Remember = Callable[[McpFunction, str], Awaitable[None]]


async def forget(function: McpFunction, reason: str) -> None:
    """Remember nothing: of a tool that is not taken yet."""


def declare_mcp(function: McpFunction, servers: Servers, remember: Remember = forget) -> Entry:
    """Make a tool ready, or refuse it with a sentence for whoever registers it.

    `remember` is told when its server describes it otherwise.
    """
    servers.admit(function.server)
    every = function.secret.every if function.secret else ()
    if any(one.put != "header" for one in every):
        raise DeclarationError("a server of MCP takes its secret in a header.")

    async def run(values: Values, context: Context) -> Any:
        try:
            return await servers.call(
                function, secret_headers(function.secret, context.secret), values, context.progress
            )
        except Changed as error:
            await remember(function, str(error))
            raise FunctionError(f"It was not run: {error} An admin must approve it anew.") from None

    return held(
        function,
        admitted(function.parameters, loosely=True),
        run,
        origin=f"{function.tool} of {where(function.server)} (MCP)",
        off="its server has changed it, and an admin must approve that." * bool(function.changed),
    )


@dataclass(frozen=True, slots=True)
class McpOffer:
    """One tool: the function that it would be, or why it cannot be one.

    `earlier` is the function that an admin has made of it before; `function` keeps its rules.
    """

    tool: McpTool
    function: McpFunction | None = None
    earlier: McpFunction | None = None
    problem: str = ""

    @property
    def is_changed(self) -> bool:
        """Tell whether it was taken and is not what it was."""
        earlier = self.earlier
        return earlier is not None and bool(earlier.changed or earlier.pin != self.tool.pin)


def offers(
    server: str,
    tools: Sequence[McpTool],
    secret: SecretHeader | None,
    earlier: Sequence[McpFunction],
    taken: Collection[str],
    servers: Servers,
) -> list[McpOffer]:
    """Return what there is to choose from; `taken` are the names of other functions."""
    known = {one.tool: one for one in earlier if one.server == server}
    names = set(taken)
    found = []
    for tool in tools:
        before = known.get(tool.name)
        made = _function(server, tool, secret, before, names)
        named = 1 <= len(tool.name) <= NAME
        wrong = "" if named else f"its name is not of 1 to {NAME} characters."
        reason = tool.hints.get(UNREADABLE) or wrong or problem(partial(declare_mcp, made, servers))
        names.add(made.name)
        found.append(McpOffer(tool, None if reason else made, before, reason))
    return found


def _function(
    server: str,
    tool: McpTool,
    secret: SecretHeader | None,
    earlier: McpFunction | None,
    names: Collection[str],
) -> McpFunction:
    described = tool.description.strip() or tool.title.strip() or f"{tool.name} of {where(server)}"
    if earlier is None:
        wanted = SIGNS.sub("_", tool.name).strip("_")[:64] or "tool"
        earlier = McpFunction(
            name=unique(wanted, names),
            description="",
            server=server,
            tool=tool.name,
            pin="",
            effect=tool.effect,
            title=tool.title.strip()[:80],
        )
    return replace(
        earlier,
        description=described[:DESCRIPTION],
        parameters=tool.schema,
        pin=tool.pin,
        secret=secret or earlier.secret,
        changed="",
    )
