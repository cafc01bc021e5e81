"""The Web API's front door: where arguments stand, tokens, faults, limits, scopes."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import LocalSlack
from tests.playground.conftest import Clock, refused

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]


@pytest.mark.parametrize("way", ["query", "form", "json"])
async def test_arguments_are_read_from_anywhere(
    slack: LocalSlack, http: ClientSession, way: str
) -> None:
    given = {"channel": "C0GENERAL", "text": "hi", "blocks": json.dumps(BLOCKS)}
    sent: dict[str, Any] = {
        "query": {"params": given},
        "form": {"data": given},
        "json": {"json": given | {"blocks": BLOCKS}},
    }[way]
    headers = {"Authorization": f"Bearer {slack.bot_token}"}

    async with http.post(f"{slack.api_url}chat.postMessage", headers=headers, **sent) as response:
        assert (await response.json())["ok"]

    assert slack.messages("C0GENERAL")[0]["blocks"][0]["text"]["text"] == "hi"
    assert slack.calls[0].args["blocks"] == BLOCKS


async def test_methods_answer_to_get_with_a_token_argument(
    slack: LocalSlack, http: ClientSession
) -> None:
    url = f"{slack.api_url}users.info?user=U0ANN&token={slack.bot_token}"

    async with http.get(url) as response:
        body = await response.json()

    assert body["user"]["is_admin"]
    assert "token" not in slack.calls[0].args


async def test_tokens_are_checked(slack: LocalSlack, http: ClientSession) -> None:
    def client(token: str) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=slack.api_url, session=http)

    assert await refused(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    assert await refused(client("xoxb-wrong").auth_test()) == "invalid_auth"
    assert await refused(client(slack.app_token).auth_test()) == "not_allowed_token_type"
    wrong = client(slack.bot_token).apps_connections_open(app_token=slack.bot_token)
    assert await refused(wrong) == "not_allowed_token_type"
    assert await refused(client(slack.bot_token).api_call("chat.sing")) == "unknown_method"


async def test_auth_test_names_the_bot(slack: LocalSlack, web: AsyncWebClient) -> None:
    answer = await web.auth_test()

    assert (answer["user_id"], answer["team_id"], answer["bot_id"]) == (
        slack.bot_user,
        slack.team,
        "B0BOT",
    )


@pytest.mark.parametrize(
    ("kind", "body", "word"),
    [
        ("application/json", b"[" * 100_000, "invalid_json"),
        ("application/json; charset=none", b"5", "json_not_object"),
        ("application/x-www-form-urlencoded; charset=none", b"a=b", "invalid_form_data"),
        ("multipart/form-data", b"a", "invalid_form_data"),
        ("multipart/form-data; boundary=b", b"--b\r\na", "invalid_form_data"),
    ],
)
async def test_body_that_cannot_be_read_is_refused(
    slack: LocalSlack, http: ClientSession, kind: str, body: bytes, word: str
) -> None:
    address = f"{slack.api_url}auth.test"
    async with http.post(address, data=body, headers={"Content-Type": kind}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (200, word)


async def test_ordered_fault_hits_as_often_as_asked(slack: LocalSlack, web: AsyncWebClient) -> None:
    slack.fail("users.*", "internal_error", times=2)

    assert await refused(web.users_info(user="U0ANN")) == "internal_error"
    assert await refused(web.users_list()) == "internal_error"
    assert (await web.users_info(user="U0ANN"))["ok"]


async def test_fault_may_look_at_the_arguments(slack: LocalSlack, web: AsyncWebClient) -> None:
    slack.fail("users.info", "user_not_visible", when=lambda given: given["user"] == "U0BEN")

    assert (await web.users_info(user="U0ANN"))["ok"]
    assert await refused(web.users_info(user="U0BEN")) == "user_not_visible"


async def test_ordered_rate_limit_says_when_to_come_again(
    slack: LocalSlack, web: AsyncWebClient
) -> None:
    slack.fail("auth.test", retry_after=7)

    with pytest.raises(SlackApiError) as caught:
        await web.auth_test()

    response = caught.value.response
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response["error"] == "ratelimited"


@pytest.mark.parametrize(("cut", "posted"), [("before", 0), ("after", 1)])
async def test_connection_is_cut_before_or_after_the_effect(
    slack: LocalSlack, http: ClientSession, cut: Any, posted: int
) -> None:
    slack.fail("chat.postMessage", cut=cut)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    given = {"channel": "C0GENERAL", "text": "hi"}

    with pytest.raises(ClientConnectionError):
        await http.post(f"{slack.api_url}chat.postMessage", headers=headers, json=given)

    assert len(slack.messages("C0GENERAL")) == posted


async def test_tiers_are_enforced_when_switched_on(
    slack: LocalSlack, web: AsyncWebClient, clock: Clock
) -> None:
    slack.api.limits.on = True
    for _ in range(20):
        await web.conversations_list()

    with pytest.raises(SlackApiError) as caught:
        await web.conversations_list()
    assert caught.value.response.status_code == 429
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 60

    clock.ahead = 61
    assert (await web.conversations_list())["ok"]


@pytest.fixture
async def declared() -> AsyncIterator[LocalSlack]:
    manifest = {
        "features": {"slash_commands": [{"command": "/ai", "should_escape": True}]},
        "oauth_config": {"scopes": {"bot": ["chat:write", "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
    }
    async with LocalSlack(manifest=manifest) as slack:
        yield slack


async def test_manifest_rules_events_and_scopes(declared: LocalSlack, http: ClientSession) -> None:
    web = AsyncWebClient(declared.bot_token, base_url=declared.api_url, session=http)
    await declared.say("C0GENERAL", "U0ANN", "<@U0BOT> hello")
    ts = await declared.say("D0ANN", "U0ANN", "hello")

    assert [delivery.event["channel_type"] for delivery in declared.log] == ["im"]
    assert await refused(web.users_info(user="U0ANN")) == "missing_scope"
    assert (await web.conversations_replies(channel="D0ANN", ts=ts))["ok"]
    place = {"channel_id": "D0ANN", "thread_ts": ts}
    answer = await web.agents_sessions_setStatus(**place, status="processing")
    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"


async def test_a_command_gets_names_as_slacks_tokens(declared: LocalSlack) -> None:
    declared.deliveries.ack_seconds = 0.01  # nobody answers

    told = await declared.command("/ai ask @Ann Vries in #general", "U0BEN", "C0HELP")

    assert told.payload["text"] == "ask <@U0ANN> in <#C0GENERAL>"
