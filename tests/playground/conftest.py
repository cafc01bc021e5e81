"""The local Slack and the real clients that talk to it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as server:
        yield server


@pytest_asyncio.fixture
async def web(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    async with ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
