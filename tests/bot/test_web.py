"""The HTTP server ends in time, whoever is connected, and waits for nobody for long."""

import asyncio

from aiohttp import web as aiohttp_web

from bot import web


async def test_a_request_that_never_comes_whole_does_not_hold_up_the_end(monkeypatch):
    begun = asyncio.Event()

    async def read(request: aiohttp_web.Request) -> aiohttp_web.Response:
        begun.set()
        return aiohttp_web.Response(body=await request.read())

    monkeypatch.setattr(web, "CLOSING_S", 0.1)
    server = web.Server(lambda: None, dict, read)
    port = await server.start("127.0.0.1", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 9\r\n\r\nhalf")
    await writer.drain()
    await begun.wait()

    async with asyncio.timeout(10):
        await server.close()

    writer.close()


async def test_a_connection_on_which_nothing_is_asked_is_closed(monkeypatch):
    monkeypatch.setattr(web, "_IDLE_S", 0.05)
    server = web.Server(lambda: None, dict)
    port = await server.start("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    writer.write(b"GET /health HT")

    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    await server.close()
