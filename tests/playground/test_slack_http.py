"""HTTP mode: signed deliveries, retries, and the answers of commands and interactions."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack


class Endpoint:
    """The bot's public address, answering as told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[web.Response] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        return self.answers.pop(0) if self.answers else web.Response()


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


@pytest_asyncio.fixture
async def endpoint(slack: LocalSlack) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    async with serving(endpoint.handle) as url:
        slack.deliver_to(url)
        yield endpoint


async def test_event_is_signed_as_slack_signs(slack: LocalSlack, endpoint: Endpoint) -> None:
    await slack.say("D0ANN", "U0ANN", "hello")
    await slack.wait(lambda s: s.log[0].acked)

    headers, body = endpoint.requests[0]
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert json.loads(body)["event"]["text"] == "hello"


async def test_failing_endpoint_gets_the_event_again(slack: LocalSlack, endpoint: Endpoint) -> None:
    slack.deliveries.retry_delays = (0.0, 0.0, 0.0)
    endpoint.answers = [web.Response(status=500), web.Response(status=404)]

    await slack.say("D0ANN", "U0ANN", "hello")
    await slack.wait(lambda s: s.log[0].acked)

    retries = [headers.get("X-Slack-Retry-Num") for headers, _ in endpoint.requests]
    assert retries == [None, "1", "2"]
    assert endpoint.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"


async def test_endpoint_may_forbid_retries(slack: LocalSlack, endpoint: Endpoint) -> None:
    endpoint.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]

    delivery = slack.emit({"type": "moon_phase_changed"})
    await slack.wait(lambda s: delivery.reasons)

    assert delivery.attempts == 1


async def test_command_is_a_form_and_its_text_answer_is_ephemeral(
    slack: LocalSlack, endpoint: Endpoint
) -> None:
    endpoint.answers = [web.Response(text="Hello")]

    await slack.command("/ai help", user="U0ANN", channel="C0GENERAL")

    assert b"command=%2Fai&text=help" in endpoint.requests[0][1]
    assert slack.ephemerals("U0ANN")[0]["text"] == "Hello"


async def test_bolt_serves_events_and_commands_over_http(
    slack: LocalSlack, http: ClientSession
) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=http)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    seen: list[str] = []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    @app.command("/ai")
    async def ai(ack: Any) -> None:
        await ack("Hello")

    async with serving(app.server(path="/slack/events").handle_post_requests) as url:
        slack.deliver_to(url)
        await slack.say("D0ANN", "U0ANN", "over http")
        delivery = await slack.command("/ai", user="U0ANN", channel="D0ANN")
        await slack.wait(lambda s: seen)

    assert (seen, delivery.answer) == (["over http"], {"text": "Hello"})
