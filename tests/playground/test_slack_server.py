"""The server as a whole: starting, ending, waiting, and many conversations at once."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.playground.conftest import Bot


async def test_many_servers_start_quickly_side_by_side() -> None:
    servers = [LocalSlack() for _ in range(10)]
    started = time.process_time()

    for server in servers:
        await server.start()
    spent = time.process_time() - started
    ports = {server.port for server in servers}
    for server in servers:
        await server.close()

    assert len(ports) == 10
    assert spent / 10 < 0.05


async def test_server_ends_at_once_while_bot_and_calls_hang(
    slack: LocalSlack, bot: Bot, web: AsyncWebClient
) -> None:
    slack.fail("auth.test", delay=60)
    await slack.say("D0ANN", "U0ANN", "never acknowledged")
    hanging = asyncio.create_task(web.auth_test())
    await bot.envelope()

    async with asyncio.timeout(20):
        await slack.close()

    with pytest.raises(ClientConnectionError):
        await hanging


async def test_wait_gives_what_the_predicate_gave(slack: LocalSlack, web: AsyncWebClient) -> None:
    waiting = asyncio.create_task(slack.wait(lambda s: s.calls_of("users.info")))
    await web.users_info(user="U0ANN")

    assert (await waiting)[0].args == {"user": "U0ANN"}


async def test_wait_in_vain_tells_what_there_is(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("D0ANN", "U0ANN", "hello")
    await web.chat_startStream(channel="D0ANN", thread_ts=ts, markdown_text="half an answer")

    with pytest.raises(AssertionError) as caught:
        await slack.wait(lambda s: False, timeout=0.01)

    for words in ("chat.startStream", "half an answer", "(streaming)", "processing", "NOT acked"):
        assert words in str(caught.value)


async def test_reply_may_be_sent_to_the_channel_too(slack: LocalSlack) -> None:
    ts = await slack.say("C0HELP", "U0ANN", "one")

    await slack.say("C0HELP", "U0ANN", "two", thread_ts=ts, broadcast=True)

    assert slack.log[-1].event["subtype"] == "thread_broadcast"


async def test_url_is_verified_with_a_challenge(slack: LocalSlack, bot: Bot) -> None:
    verifying = asyncio.create_task(slack.verify_url())
    challenge = (await bot.envelope())["payload"]["challenge"]
    await bot.socket.send_json({"envelope_id": "other"})
    slack.drop_sockets()

    assert len(challenge) == 32
    assert not await verifying


async def test_status_tells_what_people_see(slack: LocalSlack, web: AsyncWebClient) -> None:
    ts = await slack.say("D0ANN", "U0ANN", "hello")
    assert slack.status("D0ANN", ts) == ""

    place = {"channel_id": "D0ANN", "thread_ts": ts}
    await web.assistant_threads_setStatus(**place, status="is reading…")
    assert slack.status("D0ANN", ts) == "is reading…"
    await web.agents_sessions_setStatus(**place, status="active")
    assert slack.status("D0ANN", ts) == "active"


async def test_hundreds_of_conversations_stream_at_once(
    slack: LocalSlack, bot: Bot, http: ClientSession
) -> None:
    slack.workspace.own_events = False
    slack.deliveries.ack_seconds = 60.0  # a busy machine may take its time
    headers = {"Authorization": f"Bearer {slack.bot_token}"}

    async def call(method: str, **given: Any) -> dict[str, Any]:
        async with http.post(slack.api_url + method, json=given, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def answer(event: dict[str, Any]) -> None:
        place = {"channel": event["channel"], "thread_ts": event["ts"]}
        stream = await call("chat.startStream", **place, markdown_text="You said ")
        await call("chat.stopStream", channel="D0ANN", ts=stream["ts"], markdown_text=event["text"])

    threads = [await slack.say("D0ANN", "U0ANN", str(number)) for number in range(300)]
    async with asyncio.TaskGroup() as group:
        for _ in threads:
            group.create_task(answer(await bot.event()))

    texts = [slack.messages("D0ANN", thread)[1]["text"] for thread in threads]
    assert texts == [f"You said {number}" for number in range(300)]
    assert all(delivery.attempts == 1 for delivery in slack.log)
