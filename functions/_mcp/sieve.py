"""Lists of tools, sieved before the SDK reads them: it refuses a whole page for one bad tool.

Of each tool only what we use is let through; one that cannot be read is kept out, and told.
"""

from typing import Any

from anyio.streams.memory import MemoryObjectSendStream as Sending
from mcp.client._transport import ReadStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse, Tool
from mcp_types.methods import validate_server_result
from pydantic import ValidationError

from functions._held.definition import spelt
from functions._mcp.value import McpTool

Item = SessionMessage | Exception
USED = ("name", "title", "description", "inputSchema", "annotations")


class Sieve:
    """What comes from a server; `kept_out` are the tools of it that cannot be read.

    `version` is the protocol's, once it is agreed on.
    """

    def __init__(self) -> None:
        self.kept_out: list[McpTool] = []
        self.version = ""

    async def forward(self, reading: ReadStream[Item], sending: Sending[Item]) -> None:
        """Hand on what comes, until no more does."""
        async with sending:
            async for item in reading:
                await sending.send(self._sieved(item))

    def _sieved(self, item: Item) -> Item:
        message = item.message if isinstance(item, SessionMessage) else None
        if isinstance(message, JSONRPCResponse) and "content" not in message.result:
            tools = message.result.get("tools")
            if isinstance(tools, list):
                read = [self._read(number, one, message) for number, one in enumerate(tools, 1)]
                message.result["tools"] = [one for one in read if one is not None]
        return item

    def _read(self, number: int, one: Any, page: JSONRPCResponse) -> dict[str, Any] | None:
        """Return what we use of a tool, or None if it cannot be read."""
        used = {key: one[key] for key in USED if key in one} if isinstance(one, dict) else one
        try:
            Tool.model_validate(used, by_name=False)
            if self.version:
                alone = {**page.result, "tools": [used]}
                validate_server_result("tools/list", self.version, alone)
        except ValidationError as error:
            name = one.get("name") if isinstance(one, dict) else None
            named = name if isinstance(name, str) and name else f"tool number {number}"
            self.kept_out.append(McpTool(named, problem=f"{_plainly(error)}."))
            return None
        return dict(used)


def _plainly(error: ValidationError) -> str:
    """Return what is wrong in the words of JSON."""
    return spelt(error).replace("a valid dictionary", "an object").replace("a valid ", "a ")
