"""The bot refuses to start with what cannot work, and says what to do."""

import pytest

from bot.app import running
from bot.errors import StartError


async def refusal(environment, **settings: str) -> str:
    """Return why the bot does not start with these settings."""
    with pytest.raises(StartError) as caught:
        async with running(environment(**settings)):
            pytest.fail("it started")
    return str(caught.value)


async def test_a_wrong_bot_token_is_told(environment):
    told = await refusal(environment, SLACK_BOT_TOKEN="xoxb-wrong")

    assert "OAuth & Permissions" in told


async def test_a_wrong_app_token_is_told(environment):
    told = await refusal(environment, SLACK_APP_TOKEN="xapp-wrong")

    assert "connections:write" in told


async def test_a_wrong_model_key_is_told(environment):
    told = await refusal(environment, OPENAI_API_KEY="sk-wrong")

    assert "check OPENAI_API_KEY" in told


async def test_a_slack_that_does_not_answer_is_told(environment):
    told = await refusal(environment, SLACK_API_URL="http://127.0.0.1:9/api/")

    assert "Check the network" in told


@pytest.mark.parametrize("trouble", [{"status": 500}, {"error": "ratelimited", "retry_after": 0}])
async def test_a_slack_in_trouble_is_not_taken_for_a_refused_token(stage, trouble):
    stage.slack.fail("apps.connections.open", times=4, **trouble)

    await stage.start()

    assert await stage.answer("hi")


async def test_a_bot_token_is_not_blamed_for_a_slack_in_trouble(stage, environment):
    stage.slack.fail("auth.test", error="internal_error", times=9)

    assert "Check the network" in await refusal(environment)


async def test_a_place_that_cannot_be_written_to_is_told(environment):
    told = await refusal(environment, DATABASE_URL="sqlite:////proc/nowhere/x.db")

    assert "Let DATABASE_URL name a place" in told


async def test_a_model_server_that_is_down_is_no_reason_not_to_start(stage):
    await stage.start(OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    assert stage.bot.not_ready() is None


async def test_no_refusal_shows_a_secret(environment):
    told = await refusal(environment, SLACK_BOT_TOKEN="xoxb-very-secret-value")

    assert "very-secret" not in told
