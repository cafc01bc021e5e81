"""The way out: one guarded request. Where it goes is checked, then connected to as checked.

The name is looked up once, every address that it has is judged, and the connection is made to
those addresses and no others, while the name stays in the Host header and the certificate check.
Nothing is followed, kept or taken from the environment: no redirects, cookies, proxies.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from functions._errors import Broken, FunctionError
from functions._http import body
from functions._http.addresses import read
from functions._http.hosts import Hosts, Origin, split
from functions._http.request import Request

logger = logging.getLogger(__name__)

BYTES = 1_000_000
EDGE = 4_000  # characters at the cut that are left out, too: half of a secret may stand there
CHUNK = 16_384
LOOKUP = 10.0
AGENT = "Callboard"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Unreachable(FunctionError):
    """The request was not sent: nothing has happened."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: always text, and always bounded."""

    status: int
    text: str


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class Web:
    """Requests to places that the operator allows.

    An answer of more than `limit` bytes is cut, and says so; with `whole` it counts as none.
    """

    hosts: Hosts = field(default_factory=Hosts)
    resolve: Resolve = look_up
    limit: int = BYTES
    whole: bool = field(default=False, kw_only=True)

    async def check(self, url: str) -> None:
        """Refuse a URL that requests may not go to now; asked when a function is saved."""
        await self.addresses(self.hosts.admit(split(url).origin))

    async def addresses(self, origin: Origin) -> list[str]:
        """Return where a place is, or raise `Unreachable` if any of it is out of bounds."""
        try:
            async with asyncio.timeout(LOOKUP):
                return self._judged(origin, await self.resolve(origin.host, origin.port))
        except (OSError, TimeoutError, UnicodeError):
            raise Unreachable(f"{origin.host} cannot be found: the name has no address.") from None

    def _judged(self, origin: Origin, addresses: Sequence[str]) -> list[str]:
        found = [read(text) for text in dict.fromkeys(addresses)]
        if not found or not all(one is not None and origin.allows(one) for one in found):
            logger.warning("address_refused", extra={"host": origin.host})
            raise Unreachable(f"{origin.host} is at an address that requests may not go to.")
        return [str(address) for address in found]

    def session(self, origin: Origin, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
        """Open the way to one place that was admitted; nothing of it is kept for another.

        A name is looked up when a connection is made; an address is judged here, once.
        """
        if origin.address is not None:
            self._judged(origin, [origin.host])
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_Checked(self, origin), use_dns_cache=False),
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
        )

    async def send(self, request: Request, timeout: float) -> Answer:
        """Send a request and read its answer, or raise `Unreachable` or `Broken`."""
        origin = self.hosts.admit(request.origin)
        async with (
            problems(origin.host),
            self.session(origin, aiohttp.ClientTimeout(total=timeout)) as session,
            session.request(
                request.method,
                URL(f"{origin}{request.target}", encoded=True),
                data=request.body,
                headers=request.headers,
                skip_auto_headers=["Content-Type"],  # which a request without a body has none of
                allow_redirects=False,
            ) as response,
        ):
            return await self._answer(origin.host, response)

    async def _answer(self, host: str, response: aiohttp.ClientResponse) -> Answer:
        if not 200 <= response.status < 300 and response.status < 400:
            raise Broken(_no_answer(host, response))
        kind = response.content_type if "Content-Type" in response.headers else "text/plain"
        if not body.is_text(kind):
            if response.status >= 400 or not await response.content.read(1):
                return Answer(response.status, "")
            raise Broken(f"{host} answered with {kind[:60]}, which is no text.")
        data, whole = await self._read(response)
        if self.whole and not whole:
            raise Broken(f"{host} answered with more than {self.limit:,} bytes.")
        text = body.decoded(data, response.charset)
        if not whole:
            notice = f"\n[the answer is longer than {self.limit:,} bytes]"
            return Answer(response.status, text[:-EDGE] + notice)
        return Answer(response.status, body.compact(text) if "json" in kind else text)

    async def _read(self, response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """Read no more than the limit, packed and unpacked; say whether that was all."""
        data = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK):
            data += chunk
            if len(data) > self.limit:
                break
        whole = len(data) <= self.limit
        encoding = response.headers.get("Content-Encoding", "")
        found = body.unpacked(bytes(data), encoding, self.limit + 1, whole=whole)
        return found[: self.limit], whole and len(found) <= self.limit


class _Checked(AbstractResolver):
    """Look a place up when it is connected to, and let that be done at checked addresses only."""

    def __init__(self, web: Web, origin: Origin) -> None:
        self._web = web
        self._origin = origin

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._web.addresses(self._origin)
        ]

    async def close(self) -> None:
        """Close nothing."""


@asynccontextmanager
async def problems(host: str) -> AsyncIterator[None]:
    """Put what goes wrong on the way into sentences that give nothing away."""
    try:
        yield
    except aiohttp.ClientConnectorCertificateError:
        raise Unreachable(f"{host} has no valid certificate.") from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise Unreachable(f"{host} cannot be reached.") from None
    except TimeoutError:
        raise Broken(f"{host} did not answer in time.") from None
    except body.Broken as error:
        raise Broken(f"{host} answered {error}.") from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise Broken(f"The connection with {host} broke, or its answer makes no sense.") from None


def _no_answer(host: str, response: aiohttp.ClientResponse) -> str:
    if response.status < 200:
        return f"{host} answered with status {response.status}, which is no answer yet."
    place = response.headers.get("Location", "")
    to = f" to {place}" if place.isprintable() and place else ""
    return f"{host} answered with a redirect{to}, and those are not followed."
