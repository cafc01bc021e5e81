"""The bare relay that the bot is measured against: Slack in, model out, nothing kept.

slack-bolt's AsyncApp and httpx over aiohttp, one session, no history. The stream is opened with
the first delta, appended to every 600 ms and stopped with the rest: what the libraries cost when
nobody adds anything to them.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

APPEND_SECONDS = 0.6


async def deltas(model: httpx.AsyncClient, text: str) -> AsyncIterator[str]:
    """Ask the model and give its words as they come."""
    body = {
        "model": os.environ["CHAT_MODEL"],
        "stream": True,
        "messages": [{"role": "user", "content": text}],
    }
    buffer = b""
    async with model.stream("POST", "/chat/completions", json=body) as response:
        async for data in response.aiter_raw():
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                if line.startswith(b"data: {"):
                    choices = json.loads(line[6:])["choices"]
                    if choices and (piece := choices[0]["delta"].get("content")):
                        yield piece


async def relay(client: AsyncWebClient, model: httpx.AsyncClient, event: dict[str, Any]) -> None:
    """Answer one message with a stream."""
    channel, ts, waiting, shown = event["channel"], "", "", 0.0
    async for piece in deltas(model, event["text"]):
        waiting += piece
        if not ts:
            started = await client.chat_startStream(
                channel=channel,
                thread_ts=event.get("thread_ts", event["ts"]),
                recipient_team_id=event["team"],
                recipient_user_id=event["user"],
                markdown_text=waiting,
            )
            ts, waiting, shown = started["ts"], "", time.monotonic()
        elif time.monotonic() - shown >= APPEND_SECONDS:
            await client.chat_appendStream(channel=channel, ts=ts, markdown_text=waiting)
            waiting, shown = "", time.monotonic()
    await client.chat_stopStream(channel=channel, ts=ts, markdown_text=waiting)


async def main() -> None:
    """Connect and relay until killed."""
    token, key = os.environ.pop("SLACK_BOT_TOKEN"), os.environ["OPENAI_API_KEY"]
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    upstream = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    client = AsyncWebClient(token, base_url=os.environ["SLACK_API_URL"], session=session)
    model = httpx.AsyncClient(
        base_url=os.environ["OPENAI_BASE_URL"],
        headers={"Authorization": f"Bearer {key}"},
        transport=AiohttpTransport(client=upstream),
        timeout=60,
    )
    app = AsyncApp(client=client)

    @app.event("message")
    async def answer(event: dict[str, Any]) -> None:
        await relay(client, model, event)

    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    await handler.start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main())
