"""What tests of HTTP functions share: a server on this machine, and ways to reach it by name."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from functions import Hosts, HttpFunction, Registry, Web, testing
from storage.records import Registration

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
SECRET = "s3cr3t/value+of=mine"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """A server that keeps the requests it got."""

    def __init__(self, handler: Handler) -> None:
        self.requests: list[dict[str, Any]] = []
        self.port = 0
        self._handler = handler

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(
            {
                "method": request.method,
                "path": request.raw_path,
                "headers": dict(request.headers),
                "body": await request.text(),
            }
        )
        return await self._handler(request)

    @property
    def origin(self) -> str:
        return f"http://api.test:{self.port}"


async def _echo(request: web.Request) -> web.Response:
    return web.json_response({"seen": request.raw_path})


@asynccontextmanager
async def site(handler: Handler = _echo) -> AsyncIterator[Site]:
    made = Site(handler)
    runner = web.ServerRunner(web.Server(made), shutdown_timeout=0.1)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


def at(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def way_to(place: Site, *addresses: str) -> Web:
    return Web(Hosts([place.origin]), at(*addresses or ("127.0.0.1",)))


class Stored:
    """A store in memory."""

    def __init__(self, *functions: HttpFunction) -> None:
        self.functions = list(functions)
        self.off: list[Any] = []
        self.count = 0
        self.reads = 0

    async def version(self) -> int:
        return self.count

    async def all(self) -> list[Registration]:
        self.reads += 1
        return [
            Registration("T0LOCAL", one.name, "http", one.dump(), "U0ADMIN")
            for one in self.functions
        ]

    async def switched_off(self) -> list[Any]:
        return self.off


async def offered(function: HttpFunction, way: Web) -> Registry:
    registry = Registry(store=Stored(function), web=way)
    await registry.refresh()
    assert registry.errors == ()
    return registry


def weather(place: Site, **fields: Any) -> HttpFunction:
    given = {"url": f"{place.origin}/weather", "parameters": CITY, **fields}
    return HttpFunction(name="weather", description="Tells the weather.", **given)


async def called(function: HttpFunction, way: Web, arguments: Any = None, **fields: Any) -> Any:
    registry = await offered(function, way)
    context = testing.fake_context(**fields)
    given = {"city": "Bonn"} if arguments is None else arguments
    return await registry.call(function.name, json.dumps(given), context)
