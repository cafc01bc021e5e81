"""An MCP server whose tools and faults a test sets: plain JSON over HTTP, nothing remembered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}


def a_tool(name: str = "forecast", **fields: Any) -> dict[str, Any]:
    """Describe a tool."""
    about = {"description": "Tell the weather of a city.", "inputSchema": SCHEMA}
    return {"name": name, **about, **fields}


@dataclass
class FakeMcp:
    """The server; `calls` are the calls of tools that it ran, `asked` the methods that came in.

    `headers` are the last ones.
    """

    url: str = ""
    tools: list[dict[str, Any]] = field(default_factory=lambda: [a_tool()])
    calls: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    result: dict[str, Any] = field(
        default_factory=lambda: {"content": [{"type": "text", "text": "Sunny."}]}
    )
    status: dict[str, int] = field(default_factory=dict)
    refusal: dict[str, Any] | None = None
    pause: float = 0
    page: int = 0  # tools told at once; 0 for all
    redirect: str = ""
    dies: bool = False  # in the middle of a call
    session: str = ""  # where set, requests of another are answered with 404

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one message."""
        if self.redirect:
            raise web.HTTPTemporaryRedirect(self.redirect)
        if request.method != "POST":
            return web.Response(status=405)
        self.headers = dict(request.headers)
        message = await request.json()
        method = message["method"]
        self.asked.append(method)
        if method in self.status:
            return web.Response(status=self.status[method])
        if (
            self.session
            and method != "initialize"
            and (request.headers.get("Mcp-Session-Id") != self.session)
        ):
            return web.Response(status=404)
        if self.dies and method == "tools/call" and request.transport:
            request.transport.close()
        if "id" not in message:
            return web.Response(status=202)
        headers = {"Mcp-Session-Id": self.session} if self.session else {}
        return web.json_response(
            {"jsonrpc": "2.0", "id": message["id"], **await self.said(message)}, headers=headers
        )

    async def said(self, message: dict[str, Any]) -> dict[str, Any]:
        """Give the answer to a request."""
        match message["method"]:
            case "initialize":
                version = message["params"]["protocolVersion"]
                about = {"name": "fake", "version": "1"}
                able = {"tools": {}}
                return {"result": {"protocolVersion": version, "capabilities": able,
                                   "serverInfo": about}}  # fmt: skip
            case "tools/list":
                start = int(message.get("params", {}).get("cursor") or 0)
                end = start + (self.page or len(self.tools))
                more = {"nextCursor": str(end)} if end < len(self.tools) else {}
                return {"result": {"tools": self.tools[start:end], **more}}
            case "tools/call":
                self.calls.append(message["params"])
                await asyncio.sleep(self.pause)
                return {"error": self.refusal} if self.refusal else {"result": self.result}
        return {"error": {"code": -32601, "message": "no such method"}}


@asynccontextmanager
async def serving() -> AsyncIterator[FakeMcp]:
    """Run it on a free port."""
    fake = FakeMcp()
    app = web.Application()
    app.router.add_route("*", "/mcp", fake.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/mcp"
    try:
        yield fake
    finally:
        await runner.cleanup()
