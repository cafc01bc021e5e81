"""What a server offers, each tool ready to be saved as a function or with its problem."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from functions._held.definition import SecretHeader
from functions._held.held import problem
from functions._mcp.declared import declare_mcp
from functions._mcp.servers import Servers, where
from functions._mcp.value import McpFunction, McpTool
from functions._rules import unique

DESCRIPTION = 1000
SIGNS = re.compile(r"[^A-Za-z0-9_-]+")


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
    known: Mapping[str, McpFunction] = {one.tool: one for one in earlier if one.server == server}
    names = {*taken, *(one.name for one in known.values())}
    found = []
    for tool in tools:
        before = known.get(tool.name)
        if tool.problem:
            found.append(McpOffer(tool, None, before, tool.problem))
            continue
        made = _function(server, tool, secret, before, names)
        names.add(made.name)
        reason = problem(partial(declare_mcp, made, servers))
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
