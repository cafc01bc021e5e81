"""A local Slack, its page in a browser, and the Web API by which a test plays the bot."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.browser.chromium import Tab, find, tab

Look = Callable[[str], AbstractAsyncContextManager[Tab]]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as server:
        yield server


@pytest.fixture
async def bot(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    async with ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)


@pytest.fixture
def look(slack: LocalSlack, tmp_path: Path) -> Look:
    """Open the page; afterwards its console must be silent."""
    path = find()
    if path is None:
        pytest.skip("no Chromium is installed, so nobody looked at the playground's page")

    @asynccontextmanager
    async def looking(query: str = "") -> AsyncIterator[Tab]:
        async with tab(path, tmp_path) as page:
            await page.open(f"{slack.url}/?{query}")
            yield page
            assert page.complaints == []

    return looking
