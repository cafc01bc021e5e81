"""Bolt as we use it, and the Socket Mode connection, which closes after what it brought."""

import asyncio
from collections.abc import Awaitable, Callable

from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.calls.client import slack_client, slack_session
from bot.slack.inbound.bolt import Socket, bolt_app
from playground.slack import LocalSlack


async def test_an_event_under_way_is_acknowledged_before_the_socket_closes() -> None:
    taken, stored = asyncio.Event(), asyncio.Event()

    async def store(
        req: AsyncBoltRequest, following: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        taken.set()
        await stored.wait()
        return BoltResponse(status=200, body="")

    async with LocalSlack() as slack, slack_session() as session:
        client = slack_client(slack.bot_token, slack.api_url, session)
        socket = Socket(bolt_app(client, store), slack.app_token)
        await socket.connect()
        await slack.say("C0HELP", "U0ANN", "hi")
        await taken.wait()
        closing = asyncio.create_task(socket.close())
        asyncio.get_running_loop().call_later(0.1, stored.set)
        await closing

        await slack.wait(lambda _: slack.events("message")[0].acked)


async def test_a_request_comes_with_the_one_client_that_there_is() -> None:
    seen = []

    async def first(
        req: AsyncBoltRequest, following: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        seen.append(req.context.client)
        return BoltResponse(status=200, body="")

    async with slack_session() as session:
        client = slack_client("xoxb-1", "http://127.0.0.1:1/", session)
        app = bolt_app(client, first)
        await app.async_dispatch(
            AsyncBoltRequest(body={"type": "event_callback"}, mode="socket_mode")
        )

    assert seen == [client]
