"""The real slack_bolt app with its Socket Mode handler, against the local Slack."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack


@pytest_asyncio.fixture
async def app(slack: LocalSlack, web: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(client=web)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    yield app
    await handler.close_async()


async def test_mention_is_answered_in_its_thread(slack: LocalSlack, app: AsyncApp) -> None:
    @app.event("app_mention")
    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="hi")

    ts = await slack.say("C0GENERAL", "U0ANN", "<@U0BOT> hello")
    thread = await slack.wait(
        lambda s: len(s.messages("C0GENERAL", ts)) == 2 and s.messages("C0GENERAL", ts)
    )

    assert [message["text"] for message in thread] == ["<@U0BOT> hello", "hi"]


async def test_stream_is_assembled_into_one_message(slack: LocalSlack, web: AsyncWebClient) -> None:
    thread = await slack.say("D0ANN", "U0ANN", "hello")

    started = await web.chat_startStream(channel="D0ANN", thread_ts=thread, markdown_text="one ")
    await web.chat_appendStream(channel="D0ANN", ts=started["ts"], markdown_text="two ")
    status = slack.session("D0ANN", thread)
    assert status is not None
    assert status.status == "processing"
    await web.chat_stopStream(channel="D0ANN", ts=started["ts"], markdown_text="three")

    message = slack.messages("D0ANN", thread)[1]
    assert (message["text"], message["streaming"]) == ("one two three", False)
    assert status.status == "active"


async def test_wait_that_fails_shows_what_happened(slack: LocalSlack, web: AsyncWebClient) -> None:
    await web.users_info(user="U0ANN")

    with pytest.raises(AssertionError, match=r"users\.info"):
        await slack.wait(lambda s: False, timeout=0.01)
