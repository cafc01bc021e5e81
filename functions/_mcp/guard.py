"""The SDK's way out, under the same guard as HTTP functions (`functions._http.web`).

Each request's place is checked, looked up once and connected to at a checked address, while the
name stays in the Host header and the certificate check. Nothing is followed or taken from the
environment, nothing may come compressed, and no answer may be longer than `BYTES`.
"""

from collections.abc import AsyncIterator, Callable

import httpx2

from functions._errors import DeclarationError, FunctionError
from functions._http.hosts import split
from functions._http.web import Broken, Unreachable, Web
from functions._mcp.traffic import Traffic

BYTES = 15_000_000
NO_SESSION = 404  # by the protocol, the server does not know the session: it has done nothing
NOT_SENT = (Unreachable, DeclarationError)
NO_WAY = (httpx2.ConnectError, httpx2.ConnectTimeout)
NEXT = 3.0  # seconds after which the next address is tried


class NotSent(httpx2.RequestError):
    """The request did not leave this machine."""


class Guard(httpx2.AsyncBaseTransport):
    """A transport for one server; what it sees of the requests is kept in `traffic`."""

    def __init__(self, web: Web, traffic: Traffic) -> None:
        self._web = web
        self._traffic = traffic
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to where it may go."""
        if request.method != "POST":
            return await self._guarded(request)
        self._traffic.under_way += 1
        arrived = 1
        try:
            response = await self._guarded(request)
            if response.status_code >= 400:
                self._traffic.problem = _refusal(request.url.host, response.status_code)
            arrived = int(response.status_code != NO_SESSION)
            return response
        except httpx2.RequestError as error:
            arrived = int(not isinstance(error, NotSent))
            raise
        finally:
            self._traffic.arrived += arrived
            self._traffic.under_way -= 1

    async def _guarded(self, request: httpx2.Request) -> httpx2.Response:
        self._traffic.problem = None
        try:
            response = await self._send(request)
            await _check(response)
        except FunctionError as error:
            self._traffic.problem = error
            kind = NotSent if isinstance(error, NOT_SENT) else httpx2.RequestError
            raise kind("refused by the guard", request=request) from error
        except NO_WAY as error:
            self._traffic.problem = Unreachable(f"{request.url.host} cannot be reached.")
            raise NotSent(str(error), request=request) from error
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
                return await self._at(request, address, connect=NEXT)
            except NO_WAY:
                continue
        return await self._at(request, addresses[-1])

    async def _at(
        self, request: httpx2.Request, address: str, **patience: float
    ) -> httpx2.Response:
        response = await self._inner.handle_async_request(
            httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={
                    **request.extensions,
                    "timeout": {**request.extensions.get("timeout", {}), **patience},
                    "sni_hostname": request.url.host,
                },
            )
        )
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream, self._note)
        return response

    def _note(self, problem: FunctionError) -> None:
        self._traffic.problem = problem


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


async def _check(response: httpx2.Response) -> None:
    problem = ""
    if response.has_redirect_location:
        problem = "The server answered with a redirect, and those are not followed."
    elif response.headers.get("Content-Encoding", "identity").lower() != "identity":
        problem = "The server compressed its answer, which it was told not to do."
    if problem:
        await response.aclose()
        raise Broken(problem)


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
