"""The local Slack and the real clients that talk to it."""

import ssl
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiohttp import ClientSession
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from playground.slack.refusal import Json


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def slack(clock: Clock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(clock=clock) as server:
        yield server


@pytest_asyncio.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def web(slack: LocalSlack, http: ClientSession) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=http)


@pytest_asyncio.fixture
async def app(slack: LocalSlack, web: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A Bolt app that is connected by Socket Mode."""
    app = AsyncApp(client=web)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.wait(lambda s: s.socket.connections)
    yield app
    await handler.close_async()


class Bot:
    """A bot reduced to its websocket: reads envelopes and acknowledges those it should."""

    def __init__(self, slack: LocalSlack, session: ClientSession) -> None:
        self.slack = slack
        self.session = session
        self.socket: Any = None

    async def connect(self) -> "Bot":
        headers = {"Authorization": f"Bearer {self.slack.app_token}"}
        url = f"{self.slack.api_url}apps.connections.open"
        async with self.session.post(url, headers=headers) as response:
            opened = await response.json()
        self.socket = await self.session.ws_connect(opened["url"])
        self.hello = await self.socket.receive_json(timeout=30)
        return self

    async def envelope(self) -> Json:
        """Return the next envelope."""
        envelope: Json = await self.socket.receive_json(timeout=30)
        return envelope

    async def take(self, payload: Json | None = None) -> Json:
        """Acknowledge the next envelope and return it."""
        envelope = await self.envelope()
        answer = {"envelope_id": envelope["envelope_id"]} | (
            {"payload": payload} if payload else {}
        )
        await self.socket.send_json(answer)
        return envelope

    async def event(self) -> Json:
        """Acknowledge the next event and return it."""
        event: Json = (await self.take())["payload"]["event"]
        return event


@pytest_asyncio.fixture
async def another_bot(slack: LocalSlack, http: ClientSession) -> AsyncIterator[Callable[[], Bot]]:
    """Make bots; their websockets are closed in the end."""
    bots: list[Bot] = []

    def make() -> Bot:
        bots.append(Bot(slack, http))
        return bots[-1]

    yield make
    for one in bots:
        if one.socket is not None:
            await one.socket.close()


@pytest_asyncio.fixture
async def bot(another_bot: Callable[[], Bot]) -> Bot:
    return await another_bot().connect()


@pytest_asyncio.fixture
async def host(clock: Clock) -> AsyncIterator[LocalOpenAI]:
    """A local OpenAI whose time passes when told."""
    async with LocalOpenAI(clock=clock) as server:
        yield server


@pytest_asyncio.fixture
async def api(host: LocalOpenAI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has the key."""
    headers = {"Authorization": f"Bearer {host.key}"}
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # no https here, and loading trust is slow
    async with httpx.AsyncClient(base_url=host.url, headers=headers, verify=nobody) as client:
        yield client


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
