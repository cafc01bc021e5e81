"""The SDK's way out, which is that of HTTP functions (`functions._http.web`) behind httpx's API.

Requests go to the place of the server and nowhere else, connected to at checked addresses. Nothing
is followed or taken from the environment, nothing may come compressed, and no answer may be longer
than `BYTES`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import httpx2
from yarl import URL

from functions._errors import Broken, FunctionError
from functions._http.hosts import split
from functions._http.web import Unreachable, Web, problems
from functions._mcp.value import Note

BYTES = 15_000_000
CONNECTING = 30.0  # seconds; each call has its own time limit


class Guard(httpx2.AsyncBaseTransport):
    """A transport for one server; `note` is told why a request failed, and None before each."""

    def __init__(self, web: Web, url: str, note: Note) -> None:
        self._origin = web.hosts.admit(split(url).origin)
        self._http = web.session(self._origin, aiohttp.ClientTimeout(sock_connect=CONNECTING))
        self._note = note

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, if it goes to the server."""
        self._note(None)
        request.headers["Accept-Encoding"] = "identity"
        given = request.headers.raw
        try:
            async with problems(request.url.host):
                response = await self._http.request(
                    request.method,
                    URL(f"{self._origin}{request.url.raw_path.decode()}", encoded=True),
                    data=await request.aread() or None,
                    headers=[(name.decode(), text.decode("latin-1")) for name, text in given],
                    allow_redirects=False,
                )
                if problem := _problem(response):
                    response.close()
                    raise Broken(problem)
        except (Unreachable, Broken) as error:
            self._note(error)
            raise httpx2.RequestError(str(error), request=request) from error
        if request.method == "POST" and response.status >= 400:
            self._note(_refusal(request.url.host, response.status))
        return httpx2.Response(
            response.status, headers=response.raw_headers, stream=_Body(response, self._note)
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.close()


def _refusal(host: str, status: int) -> FunctionError:
    if status in (401, 403):
        return Unreachable(
            f"{host} refuses us (status {status}): it wants a secret in a header, or another one."
        )
    if status >= 500:
        return Broken(f"{host} failed (status {status}).")
    return Unreachable(
        f"{host} answered with status {status}: the address must be that of its MCP endpoint, "
        "which often ends in /mcp; one that ends in /sse is of an older kind, which is not spoken "
        "here. If it is right, the server was restarted: try again."
    )


def _problem(response: aiohttp.ClientResponse) -> str:
    if 300 <= response.status < 400 and "Location" in response.headers:
        return "The server answered with a redirect, and those are not followed."
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return "The server compressed its answer, which it was told not to do."
    return ""


@dataclass(slots=True)
class _Body(httpx2.AsyncByteStream):
    """A body that may not be longer than the limit."""

    response: aiohttp.ClientResponse
    note: Note

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        try:
            async for chunk in self.response.content.iter_any():
                size += len(chunk)
                if size > BYTES:
                    text = f"The server's answer is longer than {BYTES:,} bytes."
                    self.note(Broken(text))
                    raise httpx2.ReadError(text)
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise httpx2.ReadError(str(error)) from error

    async def aclose(self) -> None:
        self.response.close()
