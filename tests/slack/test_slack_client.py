"""The client to Slack: one session, retries only where they cannot double."""

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.slack.calls.budget import FIRST_GRANT
from bot.slack.calls.client import NO_ANSWER, slack_client, slack_session
from bot.slack.calls.send import FateUnknown, Sender
from tests.slack.conftest import Desk


async def test_lost_connection_of_a_post_is_not_repeated(desk: Desk) -> None:
    desk.slack.cut("chat.postMessage", after_effect=True)

    with pytest.raises(aiohttp.ClientError):
        await desk.client.chat_postMessage(channel="C1", text="hi")

    assert len(desk.slack.said("chat.postMessage")) == 1


async def test_lost_connection_of_a_reading_is_repeated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for handler in desk.client.retry_handlers:
        monkeypatch.setattr(handler, "interval_calculator", _AtOnce())
    desk.slack.cut("users.info", after_effect=False)

    await desk.client.users_info(user="U1")

    assert len(desk.slack.said("users.info")) == 2


@pytest.mark.parametrize("after", ["0", "0.1", "Wed, 21 Oct 2015 07:28:00 GMT", ""])
async def test_haste_is_heeded_however_the_pause_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(desk.client.retry_handlers[0], "sleep", sleep)
    desk.slack.respond("users.info", web.Response(status=429, headers={"Retry-After": after}))

    await desk.client.users_info(user="U1")

    assert len(desk.slack.said("users.info")) == 2
    assert 0 <= slept[0] <= 2.1


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
@pytest.mark.parametrize("body", [b'"ok"', b"[1]", b"7", b"", b"\xff"])
async def test_an_answer_that_is_no_object_is_none(desk: Desk, body: bytes, kind: str) -> None:
    desk.slack.respond("users.info", web.Response(body=body, content_type=kind))

    with pytest.raises(NO_ANSWER):
        await desk.client.users_info(user="U1")


async def test_haste_of_a_budgeted_method_is_left_to_the_budget(desk: Desk) -> None:
    desk.slack.limit("chat.update", after=30)

    with pytest.raises(SlackApiError):
        await desk.client.chat_update(channel="C1", ts="2.0", text="hi")

    assert len(desk.slack.said("chat.update")) == 1


async def test_a_client_has_no_proxy_but_the_one_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere:1")

    async with slack_session() as session:
        assert slack_client("xoxb-x", "https://slack.com/api/", session).proxy is None


class _AtOnce:
    def calculate_sleep_duration(self, current_attempt: int) -> float:
        return 0.0


async def test_calls_that_are_cut_off_leave_room_to_try_more(desk: Desk) -> None:
    sender = Sender(desk.client, desk.budget, desk.clock)

    for _ in range(3 * FIRST_GRANT):  # in one second, where one is the published figure
        assert desk.budget.try_take("chat.postMessage", "C1")
        desk.slack.cut("chat.postMessage", after_effect=False)
        with pytest.raises(FateUnknown):
            await sender.call("chat.postMessage", {"channel": "C1", "text": "hi"}, channel="C1")
