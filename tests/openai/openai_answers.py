"""Scripted answers for the model server of these tests."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.openai.chat.completion import ChatCompletion
from bot.openai.chat.stream import ChatStream
from bot.openai.client import OpenAI

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HELLO = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "current_time", "parameters": {"type": "object"}}}


def whole(content: str | None = "hi", **message: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }


def delta(finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": fields, "finish_reason": finish_reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m-1",
        "choices": [choice],
    }


def says(*pieces: str) -> list[Any]:
    return [
        delta(role="assistant", content=""),
        *[delta(content=piece) for piece in pieces],
        delta("stop"),
        {"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
        "[DONE]",
    ]


def sse(events: list[Any]) -> bytes:
    texts = [event if isinstance(event, str) else json.dumps(event) for event in events]
    return "".join(f"data: {text}\n\n" for text in texts).encode()


def answers_json(content: Any, status: int = 200, **headers: str) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(content, status=status, headers=headers)

    return handler


def refuses(status: int, message: str = "no", *, headers: Any = None, **fields: Any) -> Handler:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return answers_json({"error": error | fields}, status, **(headers or {}))


def answers_bytes(
    body: bytes, content_type: str = "text/event-stream", status: int = 200
) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type, status=status)

    return handler


def streams(*events: Any, **headers: str) -> Handler:
    """Send each event in its own write."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **headers})
        await response.prepare(request)
        for event in events:
            await response.write(sse([event]))
        await response.write_eof()
        return response

    return handler


def streams_in_two(gate: asyncio.Event, first: Any, *rest: Any, cut: bool = False) -> Handler:
    """Send the first event (or several), and the rest when the test opens the gate."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(sse(first if isinstance(first, list) else [first]))
        await gate.wait()
        if cut and request.transport is not None:
            request.transport.close()
        else:
            await response.write(sse(list(rest)))
        return response

    return handler


def drips(body: bytes, size: int) -> Handler:
    """Send a body in pieces that end anywhere."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for n in range(0, len(body), size):
            await response.write(body[n : n + size])
        return response

    return handler


def closes_after(*events: Any) -> Handler:
    """Send events in a body whose end is that of the connection, as HTTP/1.0 has it."""

    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        head = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        request.transport.write(head + sse(list(events)))  # type: ignore[attr-defined]
        request.transport.close()
        return web.StreamResponse()

    return handler


def streams_then_cuts(*events: Any) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(sse(list(events)))
        assert request.transport is not None
        request.transport.close()
        return response

    return handler


def answers_when(gate: asyncio.Event) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return web.json_response(whole())

    return handler


async def read(stream: ChatStream) -> tuple[list[str], ChatCompletion]:
    async with stream:
        pieces = [text async for text in stream]
        return pieces, stream.completion


async def ask(client: OpenAI, **fields: Any) -> ChatCompletion:
    _, completion = await read(client.chat.stream(model="m", messages=HELLO, **fields))
    return completion
