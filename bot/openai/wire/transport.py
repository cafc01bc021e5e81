"""The only file that knows httpx: one pool of connections for the process, and its failures.

httpx's own pool costs time quadratic in its open streams, so httpx runs over aiohttp here
(`httpx_aiohttp`). What that package leaves open is done in this file: a refused or broken
connection comes out of it as a connect timeout and a malformed answer as a bare aiohttp error, so
errors are told apart by what lies beneath (`_connection_error`); it opens aiohttp's 100 connections
where none are named; and it knows no time limit for the first byte or for the whole answer.
No `httpx.AsyncClient` stands before it: what a client adds (cookies, redirects, credentials by
host) nobody wants here, and it takes 110 us of a request's 550 (measured).

Nothing is opened until the first request. Certificates are aiohttp's own, which it loads once when
it is imported, unless the network has its own.
"""

import asyncio
import contextlib
import logging
import math
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.openai.errors import (
    APIConnectionError,
    APIResponseValidationError,
    APITimeoutError,
    CircuitOpenError,
    OpenAIError,
    Phase,
)
from bot.openai.wire.circuit import Circuit
from bot.openai.wire.endpoint import is_loopback
from bot.openai.wire.limits import Network, Timeouts
from bot.openai.wire.patience import Patience

logger = logging.getLogger(__name__)

# Host down; 501 is a missing operation, 504 and 524 are one slow model behind a proxy.
DOWN = frozenset({500, 502, 503, 520, 521, 522, 523, 529})
_SPENT = httpx.ByteStream(b"")
_SENT = httpx.Request("GET", "")  # in the place of one whose body nobody needs any more
HEADER_BYTES = 64 * 1024
USER_AGENT = "callboard"
DRAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, complete; `deadline` is on the transport's clock."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | AsyncIterable[bytes] | None
    deadline: float
    first_byte: float | None = None


class Response:
    """An answer whose body is read piece by piece; always close it."""

    def __init__(
        self,
        response: httpx.Response,
        request: Request,
        host: str,
        timeouts: Timeouts,
        first_byte: tuple[float, float],
        patience: Patience,
        drains: set[asyncio.Task[None]],
    ) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.sent: Mapping[str, Any] = {}  # what the request was made of
        self._response = response
        self._response.request = _SENT
        self._chunks = _chunks(response)
        self._drains = drains
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._host = host
        self._deadline = request.deadline
        self._idle = timeouts.idle
        self._last_words = timeouts.last_words
        self._over_by = math.inf
        self._first_byte: tuple[float, float] | None = first_byte

    @property
    def request_id(self) -> str | None:
        """Return the server's name for the request."""
        return self.headers.get("x-request-id")

    @property
    def content_type(self) -> str:
        """Return what kind of body it is, without parameters; "" where that is not told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def tells_its_length(self) -> bool:
        """Tell whether a cut can be told from the end; else both are a closed connection."""
        return "content-length" in self.headers or "transfer-encoding" in self.headers

    async def read(self) -> bytes:
        """Return the next piece of the body, empty at its end."""
        until, seconds = self._first_byte or (self._loop.time() + self._idle, self._idle)
        by = min(until, self._deadline, self._over_by)
        try:
            chunk = await self._patience.wait(anext(self._chunks), by)
        except StopAsyncIteration:
            return b""
        except TimeoutError as error:
            phase: Phase = "first_byte" if self._first_byte else "idle"
            if until > self._deadline:
                phase = "total"
            raise _timeout(self._host, phase, seconds) from error
        except httpx.DecodingError as error:
            raise APIResponseValidationError("The server's answer cannot be unpacked.") from error
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            raise _connection_error(error, self._host, 0.0) from error
        self._first_byte = None
        return chunk

    def expect_end(self, *, soon: bool) -> None:
        """Wait only for last words from now on, since all has been said; or for more, after all."""
        if not soon:
            self._over_by = math.inf
        elif self._over_by == math.inf:
            self._over_by = self._loop.time() + self._last_words

    async def read_all(self, limit: int) -> bytes:
        """Return the whole body, or fail when it is longer than `limit` bytes."""
        chunks: list[bytes] = []
        size = 0
        while chunk := await self.read():
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                raise APIResponseValidationError(f"The answer is longer than {limit} bytes.")
        return b"".join(chunks)

    async def read_start(self, limit: int) -> bytes:
        """Return at most the first `limit` bytes of the body; a broken rest does not matter."""
        start = b""
        with contextlib.suppress(APIConnectionError):
            while len(start) < limit and (chunk := await self.read()):
                start += chunk
        return start[:limit]

    def release(self) -> None:
        """Give the connection back as soon as the little that is left of the body has come.

        The answer is over before its body is, often by a packet. Waiting for that packet would make
        the answer late, closing at once would cost a new connection for each answer.
        """
        task = asyncio.create_task(self._drain(), name="openai_drain")
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_S):
                while await self.read():
                    pass
        except (OpenAIError, TimeoutError):
            logger.debug("model_connection_not_reused", extra={"host": self._host})
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Give the connection back, or close it when the body was not read to its end."""
        self._patience.end()
        await self._response.aclose()
        self._response.stream = _SPENT  # it and its response held each other


class Transport:
    """One pool of connections, with a circuit breaker for each host."""

    def __init__(self, network: Network | None = None) -> None:
        network = network or Network()
        self.timeouts = network.timeouts
        self._limits = network.limits
        self._proxy = network.proxy
        self._tls = network.tls.context() if network.tls else True
        self._encodings = "gzip, deflate" if network.compression else "identity"
        self._circuits: dict[str, Circuit] = {}
        self._pools: dict[bool, AiohttpTransport] = {}
        self._extensions = {"timeout": httpx.Timeout(None, connect=self.timeouts.connect).as_dict()}
        self._session: aiohttp.ClientSession | None = None
        self._drains: set[asyncio.Task[None]] = set()

    async def open(self, request: Request) -> Response:
        """Send a request and return its answer, whatever its status, body unread."""
        host = urlsplit(request.url).netloc
        circuit = self._circuit(host)
        if (wait := circuit.enter()) > 0.0:
            raise CircuitOpenError(
                f"{host} failed several times in a row; next try in {wait:.0f} s.",
                host=host,
                retry_after=wait,
            )
        try:
            response = await self._send(request, host)
        except APIConnectionError as error:
            _note_failure(circuit, error)
            raise
        except BaseException:
            circuit.ended()
            raise
        _note_status(circuit, response.status)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for task in list(self._drains):
            task.cancel()
        await asyncio.gather(*self._drains, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _send(self, request: Request, host: str) -> Response:
        loop = asyncio.get_running_loop()
        seconds = request.first_byte or self.timeouts.first_byte
        until = loop.time() + seconds
        patience = Patience()
        try:
            sent = self._pool(request.url).handle_async_request(self._httpx_request(request))
            response = await patience.wait(sent, min(until, request.deadline))
        except TimeoutError as error:
            late: Phase = "first_byte" if until <= request.deadline else "total"
            raise _timeout(host, late, seconds) from error
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
            raise _connection_error(error, host, self.timeouts.connect) from error
        return Response(
            response, request, host, self.timeouts, (until, seconds), patience, self._drains
        )

    def _httpx_request(self, request: Request) -> httpx.Request:
        """Name no host and no length: aiohttp does, and httpx takes 35 us for them (measured)."""
        headers = {"Accept-Encoding": self._encodings, "User-Agent": USER_AGENT, **request.headers}
        new = partial(
            httpx.Request,
            request.method,
            _parsed(request.url),
            headers=headers,
            extensions=self._extensions,
        )
        if isinstance(request.content, AsyncIterable):
            return new(content=request.content)
        made = new(stream=httpx.ByteStream(request.content or b""))
        made.read()
        return made

    def _circuit(self, host: str) -> Circuit:
        if host not in self._circuits:
            self._circuits[host] = Circuit(asyncio.get_running_loop().time, self._limits)
        return self._circuits[host]

    def _pool(self, url: str) -> AiohttpTransport:
        proxied = self._proxy is not None and not is_loopback(url)
        if proxied not in self._pools:
            self._pools[proxied] = self._new_pool(self._proxy if proxied else None)
        return self._pools[proxied]

    def _new_pool(self, proxy: str | None) -> AiohttpTransport:
        return AiohttpTransport(
            # Only for connections that it would open itself, and it opens none: trusts nobody.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,
            proxy=_proxy(proxy) if proxy else None,
            client=self._shared_session,
        )

    def _shared_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._limits.connections,
                keepalive_timeout=self._limits.keepalive,
                ssl=self._tls,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Content-Type",),  # it names one for a body that is not there
                trust_env=False,
                max_line_size=HEADER_BYTES,
                max_field_size=HEADER_BYTES,
            )
        return self._session


def _chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    if "content-encoding" in response.headers or not isinstance(
        response.stream, httpx.AsyncByteStream
    ):
        return response.aiter_bytes()
    return aiter(response.stream)  # spares a token three steps of httpx


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    return httpx.URL(url)


def _proxy(url: str) -> httpx.Proxy:
    """Name a proxy; its password goes into a header, since aiohttp gives up its own way for it."""
    parts = urlsplit(url)
    if parts.username is None:
        return httpx.Proxy(url)
    auth = aiohttp.encode_basic_auth(unquote(parts.username), unquote(parts.password or ""))
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return httpx.Proxy(bare, headers={"Authorization": auth})


def _note_failure(circuit: Circuit, error: APIConnectionError) -> None:
    if isinstance(error, APITimeoutError) and error.phase != "connect":
        circuit.ended()  # slow, not down
    else:
        circuit.failed()


def _note_status(circuit: Circuit, status: int) -> None:
    if status in DOWN:
        circuit.failed()
    elif status < 500:
        circuit.succeeded()
    else:
        circuit.ended()


def _timeout(host: str, phase: Phase, seconds: float) -> APITimeoutError:
    what = {
        "connect": "did not take the connection",
        "first_byte": "did not begin to answer",
        "idle": "went silent in the middle of an answer",
        "total": "did not finish in the time that the call has",
    }[phase]
    return APITimeoutError(
        f"{host} {what} ({seconds:g} s).", host=host, phase=phase, seconds=seconds
    )


def _connection_error(error: Exception, host: str, connect: float) -> OpenAIError:
    if own := _our_own(error):
        return own
    beneath = error.__cause__ if isinstance(error, httpx.HTTPError) else error
    if isinstance(beneath, aiohttp.ServerTimeoutError):
        return _timeout(host, "connect", connect)
    reason, text = next(
        ((reason, text) for kinds, reason, text in _REASONS if isinstance(beneath, kinds)),
        ("connect", "could not be reached"),
    )
    return APIConnectionError(f"{host} {text}.", host=host, reason=reason)


def _our_own(error: BaseException | None) -> OpenAIError | None:
    """Return the error of ours that stopped the request while its body was made."""
    while error is not None and not isinstance(error, OpenAIError):
        error = error.__cause__
    return error


_REASONS: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError),
        "proxy",
        "could not be reached through the proxy",
    ),
    ((aiohttp.ClientConnectorDNSError,), "dns", "is not a name that can be looked up"),
    (
        (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError),
        "tls",
        "did not agree on a secure connection",
    ),
    ((aiohttp.ClientConnectorError,), "refused", "refused the connection"),
    (
        (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, OSError),
        "disconnected",
        "broke the connection",
    ),
    ((aiohttp.ClientResponseError,), "protocol", "does not speak HTTP as it should"),
)
