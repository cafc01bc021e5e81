"""The Socket Mode connection opens again, whatever Slack and the network do."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.slack.calls.client import slack_client, slack_session
from bot.slack.inbound.connection import Connection
from playground.slack import LocalSlack


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest_asyncio.fixture
async def connection(slack: LocalSlack, pauses: list[float]) -> AsyncIterator[Connection]:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with slack_session() as session:
        client = slack_client(slack.bot_token, slack.api_url, session)
        quiet = logging.getLogger("bot.bolt")
        opening = Connection(slack.app_token, client, quiet, sleep=sleep, opening_s=0.2)
        yield opening
        await opening.close()


async def test_an_address_that_does_not_open_is_tried_once_and_told_nobody(
    slack: LocalSlack, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.wss_uri = f"{slack.api_url.replace('http', 'ws')}used"

    await connection.connect()

    assert connection.wss_uri != f"{slack.api_url.replace('http', 'ws')}used"
    assert await connection.is_connected()
    assert [one.msg for one in caplog.records] == ["socket_not_opened"]
    assert "used" not in caplog.text


async def test_an_acknowledgement_of_a_session_that_is_over_is_let_go(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    await connection.connect()
    assert connection.current_session is not None
    await connection.current_session.close()

    await connection.send_message("{}")

    assert caplog.messages[-1] == "acknowledgement_not_sent"


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "link_disabled"])
async def test_slack_is_asked_for_an_address_until_it_gives_one(
    slack: LocalSlack, connection: Connection, word: str
) -> None:
    fault = slack.fail("apps.connections.open", word, times=6)

    await connection.connect()

    assert fault.hits == 6
    assert await connection.is_connected()


async def test_a_refused_app_token_is_told_with_what_to_do(
    slack: LocalSlack, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("apps.connections.open", "invalid_auth")

    await connection.connect()

    (told,) = [one for one in caplog.records if one.message == "socket_not_offered"]
    assert "SLACK_APP_TOKEN" in told.__dict__["advice"]


async def test_sessions_that_slack_closes_at_once_are_opened_ever_more_slowly(
    connection: Connection, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        connection.wss_uri = await connection.issue_new_wss_url()
        await connection.connect()

    assert [round(pause) for pause in pauses] == sorted(round(pause) for pause in pauses)
    assert len(pauses) == 3
    assert "socket_short_lived" in caplog.messages


@pytest.mark.parametrize("junk", ["not JSON", "[1]", "null", '{"a":' * 100_000])
async def test_a_message_that_nobody_can_read_is_left_alone(
    connection: Connection, caplog: pytest.LogCaptureFixture, junk: str
) -> None:
    await connection.enqueue_message(junk)
    await asyncio.gather(*connection.at_work)

    assert [one.msg for one in caplog.records] == ["socket_message_not_read"]
