"""The SDK's way out, under the same guard as HTTP functions (`functions._http.web`).

Each request's place is checked, looked up once and connected to at a checked address, while the
name stays in the Host header and the certificate check. Nothing is followed or taken from the
environment, nothing may come compressed, and no answer may be longer than `BYTES`.
"""

from collections.abc import AsyncIterator, Callable

import httpx2

from functions._errors import FunctionError
from functions._http.hosts import split
from functions._http.web import Broken, Unreachable, Web

BYTES = 15_000_000


class Guard(httpx2.AsyncBaseTransport):
    """A transport for one server; `problem` keeps why the last request failed, in words."""

    def __init__(self, web: Web) -> None:
        self.problem: FunctionError | None = None
        self._web = web
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to where it may go."""
        self.problem = None
        try:
            response = await self._send(request)
            _check(response)
        except FunctionError as error:
            self.problem = error
            raise httpx2.RequestError("refused by the guard", request=request) from error
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            self.problem = Unreachable(f"{request.url.host} cannot be reached.")
            raise
        if request.method == "POST" and response.status_code >= 400:
            self.problem = _refusal(request.url.host, response.status_code)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        origin = self._web.hosts.admit(split(str(request.url)).origin)
        addresses = await self._web.addresses(origin)
        request.headers["Accept-Encoding"] = "identity"
        for address in addresses[:-1]:
            try:
                return await self._at(request, address)
            except httpx2.ConnectError:
                continue
        return await self._at(request, addresses[-1])

    async def _at(self, request: httpx2.Request, address: str) -> httpx2.Response:
        response = await self._inner.handle_async_request(
            httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.host},
            )
        )
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream, self._note)
        return response

    def _note(self, problem: FunctionError) -> None:
        self.problem = problem


def _refusal(host: str, status: int) -> FunctionError:
    if status in (401, 403):
        return Unreachable(
            f"{host} refuses us (status {status}): it wants a secret in a header, or another one."
        )
    if status >= 500:
        return Broken(f"{host} failed (status {status}).")
    return Unreachable(
        f"{host} answered with status {status}: the address must be that of its MCP endpoint, "
        "which often ends in /mcp."
    )


def _check(response: httpx2.Response) -> None:
    if response.has_redirect_location:
        raise Broken("The server answered with a redirect, and those are not followed.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Broken("The server compressed its answer, which it was told not to do.")


class _Bounded(httpx2.AsyncByteStream):
    """A body that may not be longer than the limit."""

    def __init__(
        self, stream: httpx2.AsyncByteStream, note: Callable[[FunctionError], None]
    ) -> None:
        self._stream = stream
        self._note = note

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > BYTES:
                self._note(Broken(f"The server's answer is longer than {BYTES:,} bytes."))
                raise httpx2.ReadError("the answer is too long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
