"""Lists of tools of which one that cannot be read does not take the others along.

The SDK holds a list to the protocol as a whole, with parts that nobody here looks at. So of each
tool that a server lists what is used is handed on, and of one that breaks the protocol even so its
name, and why.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio.abc import ObjectReceiveStream
from mcp.client import Transport
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse
from mcp_types.methods import SERVER_RESULTS
from pydantic import TypeAdapter, ValidationError

from functions._held.definition import spelt
from functions._mcp.value import UNREADABLE

USED = ("name", "title", "description", "inputSchema", "annotations")
_PAGE: Any = SERVER_RESULTS["tools/list", "2025-11-25"]  # as in every version, of what is used
_LIST = TypeAdapter(_PAGE)


@asynccontextmanager
async def legible(transport: Transport) -> AsyncIterator[Any]:
    """Connect, and read what the server says through here."""
    async with transport as (read, write):
        yield _Legible(read), write


class _Legible(ObjectReceiveStream[Any]):
    """What a server says, as it came but for its lists of tools."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def receive(self) -> Any:
        """Return the next message."""
        item = await self._stream.receive()
        match item:
            case SessionMessage(message=JSONRPCResponse(result={"tools": [*tools]} as result)):
                result["tools"] = [_told(one) for one in tools]
        return item

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()


def _told(tool: Any) -> dict[str, Any]:
    told = {key: tool[key] for key in USED if key in tool} if isinstance(tool, dict) else {}
    if isinstance(schema := told.get("inputSchema"), dict):
        told["inputSchema"] = {"type": "object"} | schema
    try:
        _LIST.validate_python({"tools": [told]})
    except ValidationError as error:
        why = spelt(error).replace("tools[0].", "").replace("Input s", "s")
        name = str(told.get("name", ""))
        told = {"name": name, "inputSchema": {"type": "object"}, "_meta": {UNREADABLE: f"{why}."}}
    return told
