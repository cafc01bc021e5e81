"""A local Slack, its page in a browser, and the Web API by which a test plays the bot."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.browser.chromium import Browser, Tab, find

Look = Callable[[str], AbstractAsyncContextManager[Tab]]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as server:
        yield server


@pytest.fixture
async def bot(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    async with ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.skip("no Chromium is installed, so nobody looked at the playground's page")
    running = Browser(path, tmp_path_factory.mktemp("chromium"))
    yield running
    running.end()


@pytest.fixture
def look(slack: LocalSlack, browser: Browser) -> Look:
    """Open the page; afterwards its console must be silent."""

    @asynccontextmanager
    async def looking(query: str = "") -> AsyncIterator[Tab]:
        async with browser.tab() as page:
            await page.open(f"{slack.url}/?{query}")
            yield page
            assert page.complaints == []

    return looking
