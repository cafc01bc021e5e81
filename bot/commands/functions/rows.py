"""The rows of functions that admins added from Slack: written, and read back."""

import contextlib
from collections.abc import Iterator

from bot.commands.functions.known import Known
from bot.desk.request import Request
from functions import (
    DeclarationError,
    HttpFunction,
    McpFunction,
    dump_http,
    dump_mcp,
    read_http,
    read_mcp,
)
from storage.records import Registration

HTTP = "http"
MCP = "mcp"


async def save(request: Request, function: HttpFunction | McpFunction) -> None:
    """Write a function down; every process takes it up with its next turn."""
    if isinstance(function, HttpFunction):
        kind, body = HTTP, dump_http(function)
    else:
        kind, body = MCP, dump_mcp(function)
    team, user = request.invocation.team, request.asker.id
    row = Registration(team=team, name=function.name, kind=kind, body=body, user=user)
    await request.storage.registrations.save(row)


def http_functions(here: Known) -> Iterator[HttpFunction]:
    """Go through the HTTP functions that there are."""
    for row in here.added.values():
        if row.kind == HTTP:
            with contextlib.suppress(DeclarationError):  # of a version that wrote it otherwise
                yield read_http(row.body)


def mcp_functions(here: Known) -> Iterator[McpFunction]:
    """Go through the tools of MCP servers that there are."""
    for row in here.added.values():
        if row.kind == MCP:
            with contextlib.suppress(DeclarationError):  # the same
                yield read_mcp(row.body)
