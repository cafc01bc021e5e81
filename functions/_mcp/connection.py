"""One connection to an MCP server, by the official SDK; imported when the first one is made."""

import asyncio
import base64
import binascii
import contextlib
import json
import logging
import mimetypes
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import mcp_types
from mcp import Client, MCPError
from mcp.client import Transport
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from pydantic import TypeAdapter

from functions._errors import FunctionError
from functions._http.web import Web
from functions._mcp.guard import BYTES, Guard
from functions._mcp.legible import legible
from functions._mcp.value import Launch, McpTool, Note
from functions._results.files import File
from functions._results.secrets import strike

logger = logging.getLogger(__name__)

PAGES = 20
TOOLS = 1000
PIPE = 65_536  # bytes that one holds, on Linux
SAID, LINES = 1000, 3
CUT_OFF = (mcp_types.CONNECTION_CLOSED, mcp_types.REQUEST_TIMEOUT)
RESULT: TypeAdapter[mcp_types.CallToolResult | mcp_types.InputRequiredResult] = TypeAdapter(
    mcp_types.CallToolResult | mcp_types.InputRequiredResult
)
OURSELVES = mcp_types.Implementation(name="callboard", version="1")


@asynccontextmanager
async def over_http(
    url: str, headers: Mapping[str, str], web: Web, note: Note
) -> AsyncIterator["Connection"]:
    """Connect to a server by streamable HTTP."""
    guard = Guard(web, url, note)
    async with (
        httpx2.AsyncClient(transport=guard, headers=dict(headers), trust_env=False) as http,
        _connection(
            streamable_http_client(url, http_client=http, max_sse_event_size=BYTES)
        ) as connection,
    ):
        yield connection


@asynccontextmanager
async def over_stdio(launch: Launch) -> AsyncIterator["Connection"]:
    """Start a server as a child process and connect to it.

    What it says of errors is logged where it does not start, and not kept afterwards: then it may
    quote what people say.
    """
    env = {name: value.get_secret_value() for name, value in launch.env.items()}
    server = StdioServerParameters(
        command=launch.command, args=list(launch.args), env=env, cwd=launch.cwd
    )
    said, started = _Said(), False
    try:
        with os.fdopen(said.write, "w") as errlog:
            async with _connection(stdio_client(server, errlog=errlog)) as connection:
                started = True
                yield connection
    finally:
        said.close()
        if not started:
            logger.warning(
                "mcp_server_not_started",
                extra={"command": launch.command, "said": strike(said.end, env.values())},
            )


class _Said:
    """What a child process says of errors, read as it comes; its end is kept."""

    def __init__(self) -> None:
        self._read, self.write = os.pipe()
        self._kept = b""
        os.set_blocking(self._read, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._read, self._hear)

    @property
    def end(self) -> str:
        """Return the last lines, as one."""
        return " / ".join(self._kept.decode(errors="replace").split("\n")[-LINES:]).strip(" /")

    def close(self) -> None:
        """Read what there is, and no more."""
        self._hear()
        self._loop.remove_reader(self._read)
        os.close(self._read)

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._read, PIPE)
            self._kept = (self._kept + data)[-SAID:]
            if not data:  # nobody is left who could say more
                self._loop.remove_reader(self._read)


@asynccontextmanager
async def _connection(transport: Transport) -> AsyncIterator["Connection"]:
    async with Client(legible(transport), cache=None, client_info=OURSELVES) as client:
        yield Connection(client)


class Connection:
    """What we ask of a server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tools(self) -> list[McpTool]:
        """Return every tool that it offers now."""
        found: list[McpTool] = []
        cursor: str | None = None
        for _ in range(PAGES):
            page = await self._client.list_tools(cursor=cursor)
            found += [_tool(one) for one in page.tools]
            cursor = page.next_cursor
            if not cursor or len(found) >= TOOLS:
                break
        return found[:TOOLS]

    async def call(
        self, tool: str, arguments: dict[str, Any], tell: Callable[[str], Awaitable[None]]
    ) -> Any:
        """Call a tool and return what it gave: a text, or a list of texts and files.

        `tell` gets how far it is, in the server's words or in numbers. One request and no more: the
        SDK's own `call_tool` sends again what a server refuses, and holds results to the server's
        schema, whose patterns may stop the process.

        Raises:
            FunctionError: the tool says that it failed.
        """

        async def note(progress: float, total: float | None, message: str | None) -> None:
            await tell(message or (f"{progress:g} of {total:g}" if total else f"{progress:g}"))

        wanted = mcp_types.CallToolRequestParams(name=tool, arguments=arguments)
        result = await self._client.session.send_request(
            mcp_types.CallToolRequest(params=wanted),
            RESULT,
            progress_callback=note,
        )
        if isinstance(result, mcp_types.InputRequiredResult):
            raise FunctionError("it asks for something that cannot be given here.")
        parts = [_part(number, one) for number, one in enumerate(result.content, 1)]
        if not parts and result.structured_content is not None:
            parts = [json.dumps(result.structured_content, ensure_ascii=False)]
        if result.is_error:
            said = "\n".join(part for part in parts if isinstance(part, str)).strip()
            raise FunctionError(said or "it gave no reason.")
        if all(isinstance(part, str) for part in parts):
            return "\n".join(map(str, parts)) or "Done (nothing was returned)."
        return parts[0] if len(parts) == 1 else parts


def answered(error: Exception) -> str | None:
    """Return what a server said in place of a result, or None if the connection failed."""
    if isinstance(error, MCPError) and error.code not in CUT_OFF:
        return error.message.strip().rstrip(".") or f"error {error.code}"
    return None


def is_refusal(error: Exception) -> bool:
    """Tell whether a server says that the arguments are wrong, so that nothing was run."""
    return isinstance(error, MCPError) and error.code == mcp_types.INVALID_PARAMS


def _tool(one: mcp_types.Tool) -> McpTool:
    hints = one.annotations.model_dump(by_alias=True, exclude_none=True) if one.annotations else {}
    hints |= one.meta or {}
    return McpTool(
        one.name, one.description or "", one.title or hints.get("title", ""), one.input_schema,
        hints,
    )  # fmt: skip


def _part(number: int, block: mcp_types.ContentBlock) -> str | File:
    match block:
        case mcp_types.TextContent(text=text):
            return text
        case mcp_types.ImageContent(data=data, mime_type=kind):
            return _file(f"picture-{number}", data, kind)
        case mcp_types.AudioContent(data=data, mime_type=kind):
            return _file(f"audio-{number}", data, kind)
        case mcp_types.EmbeddedResource(resource=mcp_types.TextResourceContents(text=text)):
            return text
        case mcp_types.EmbeddedResource(resource=resource):
            name = str(resource.uri).rstrip("/").rpartition("/")[2] or f"file-{number}"
            return _file(name, getattr(resource, "blob", ""), resource.mime_type or "")
        case mcp_types.ResourceLink(uri=uri, name=name):
            return f"{name}: {uri}"
    return f"[something of the kind {block.type}, which cannot be shown]"


def _file(name: str, data: str, kind: str) -> str | File:
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return f"[{name} was left out: it came broken]"
    if "." not in name:
        name += mimetypes.guess_extension(kind) or ""
    return File(name, raw, kind)
