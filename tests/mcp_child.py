"""A real MCP server as a process of its own.

`stdio` writes its process id to the file that is named after it, if one is; `http` prints its port.
"""

import asyncio
import base64
import os
import socket
import sys
from pathlib import Path

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import ImageContent, ToolAnnotations

server = MCPServer("weather")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def forecast(city: str, days: int = 1) -> str:
    """Tell the weather of a city for some days."""
    return f"Sunny in {city} for {days} days."


@server.tool(annotations=ToolAnnotations(idempotent_hint=True))
def picture() -> ImageContent:
    """Draw the sky."""
    data = base64.b64encode(b"\x89PNG sky").decode()
    return ImageContent(type="image", data=data, mime_type="image/png")


@server.tool()
async def wait(seconds: float) -> str:
    """Take a while."""
    await asyncio.sleep(seconds)
    return "Done."


@server.tool()
async def steps(context: Context) -> str:
    """Tell how far it is, in each way."""
    await context.report_progress(1)
    await context.report_progress(2, 4)
    await context.report_progress(3, 4, "Almost done")
    return "Done."


@server.tool()
def fail(reason: str) -> str:
    """Fail."""
    raise ValueError(reason)


async def over_http() -> None:
    """Serve on a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # whoever reads the port connects at once
        print(listening.getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
        config = uvicorn.Config(server.streamable_http_app(), log_level="error")
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    if sys.argv[1] == "http":
        asyncio.run(over_http())
    else:
        for file in sys.argv[2:]:
            Path(file).write_text(str(os.getpid()), encoding="ascii")
        server.run("stdio")
