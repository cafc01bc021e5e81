"""The bot refuses to start with what cannot work, and says what to do."""

import asyncio
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from bot.__main__ import main
from bot.app import running
from bot.errors import StartError
from bot.manifest import manifest
from playground.slack import LocalSlack
from tests.scenarios.conftest import ANN


async def at_once(seconds: float) -> None:
    """Wait next to no time."""
    await asyncio.sleep(seconds / 1000)


async def refusal(environment, **settings: str) -> str:
    """Return why the bot does not start with these settings."""
    with pytest.raises(StartError) as caught:
        async with running(environment(**settings), sleep=at_once):
            pytest.fail("it started")
    return str(caught.value)


def advice(caplog, event: str) -> str:
    """Return what the log says to do about what happened."""
    (told,) = [record.advice for record in caplog.records if record.message == event]
    return str(told)


def test_a_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()

    told = CliRunner().invoke(main, ["migrate"])

    assert "Error: The folder in which this was called is gone." in told.output


async def test_a_wrong_bot_token_is_told(environment):
    told = await refusal(environment, SLACK_BOT_TOKEN="xoxb-wrong")

    assert "OAuth & Permissions" in told


async def test_a_wrong_app_token_is_told(environment):
    told = await refusal(environment, SLACK_APP_TOKEN="xapp-wrong")

    assert "connections:write" in told


async def test_a_wrong_model_key_is_told(environment):
    told = await refusal(environment, OPENAI_API_KEY="sk-wrong")

    assert "check OPENAI_API_KEY" in told


@pytest.fixture
async def settings_of_unlisted(environment):
    """Return settings with a server that answers for a model of which its list knows nothing."""

    async def look(_: web.Request) -> web.Response:
        error = {"message": "no such model", "code": "model_not_found"}
        return web.json_response({"error": error}, status=404)

    async def say(_: web.Request) -> web.Response:
        message = {"role": "assistant", "content": "ok"}
        return web.json_response({"choices": [{"index": 0, "message": message}]})

    app = web.Application()
    app.add_routes([web.get("/v1/models/{id}", look), web.post("/v1/chat/completions", say)])
    async with TestServer(app) as server:
        yield environment(OPENAI_BASE_URL=str(server.make_url("/v1")))


async def test_an_unknown_model_is_told(environment):
    told = await refusal(environment, CHAT_MODEL="no-such-model")

    assert "choose another one in CHAT_MODEL" in told


async def test_a_model_that_answers_need_not_be_listed(settings_of_unlisted):
    async with running(settings_of_unlisted) as bot:
        assert bot.not_ready() is None


async def test_a_server_without_a_list_of_models_is_not_asked_for_an_answer(stage, environment):
    stage.model.switches.lack("models")

    async with running(environment()) as bot:
        assert bot.not_ready() is None

    assert not [one for one in stage.model.requests if one.json]


async def test_an_address_that_lacks_its_end_is_told(stage, environment):
    told = await refusal(environment, OPENAI_BASE_URL=stage.model.url.removesuffix("/v1"))

    assert "check OPENAI_BASE_URL (it usually ends in /v1)" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"PORT": "{taken}"}, "Set PORT to a free one"),
        ({"PORT": "0", "LISTEN_HOST": "192.0.2.1"}, "no address 192.0.2.1 here to listen on"),
    ],
)
async def test_a_place_to_listen_that_cannot_be_had_is_told(stage, environment, given, told):
    taken = str(urlsplit(stage.slack.api_url).port)
    given = {name: value.replace("{taken}", taken) for name, value in given.items()}

    assert told in await refusal(environment, **given)


async def test_a_slack_that_does_not_answer_is_told_while_it_is_waited_for(environment, caplog):
    waiting = asyncio.Event()

    async def wait(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    settings = environment(SLACK_API_URL="http://127.0.0.1:9/api/")
    start = asyncio.create_task(running(settings, sleep=wait).__aenter__())
    await waiting.wait()
    start.cancel()
    await asyncio.wait({start})

    assert "Check the network" in advice(caplog, "slack_not_reached")


@pytest.mark.parametrize("trouble", [{"status": 500}, {"error": "ratelimited", "retry_after": 0}])
async def test_a_slack_in_trouble_is_not_taken_for_a_refused_token(stage, trouble):
    stage.slack.fail("apps.connections.open", times=4, **trouble)

    await stage.start()

    assert await stage.answer("hi")


@pytest.mark.parametrize(
    "trouble",
    [
        {"error": "internal_error", "times": 2},
        {"error": "ratelimited", "retry_after": 0, "times": 4},
    ],
)
async def test_a_slack_in_trouble_is_waited_for(stage, environment, caplog, trouble):
    stage.slack.fail("auth.test", **trouble)

    async with running(environment(), sleep=at_once) as bot:
        assert bot.not_ready() is None

    assert "slack_not_reached" in caplog.messages


async def test_a_wrong_bot_token_is_not_tried_again(stage, environment):
    await refusal(environment, SLACK_BOT_TOKEN="xoxb-wrong")

    assert len(stage.slack.calls_of("auth.test")) == 1


async def test_a_bot_token_is_not_blamed_for_a_slack_in_trouble(stage, environment):
    stage.slack.fail("auth.test", error="internal_error", times=9)

    assert "Check the network" in await refusal(environment)


async def test_a_place_that_cannot_be_written_to_is_told(environment):
    told = await refusal(environment, DATABASE_URL="sqlite:////proc/nowhere/x.db")

    assert "Let DATABASE_URL name a place" in told


async def test_a_start_that_is_called_off_leaves_the_database_to_the_next(
    stage, environment, tmp_path
):
    stage.slack.fail("auth.test", delay=60)
    start = asyncio.create_task(running(environment()).__aenter__())
    await stage.slack.wait(lambda _: (tmp_path / "callboard.db.lock").exists())
    start.cancel()
    await asyncio.wait({start})
    await stage.start()

    assert await stage.answer("hi")


async def test_a_model_server_that_is_down_is_told_and_no_reason_not_to_start(stage, caplog):
    await stage.start(OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    assert stage.bot.not_ready() is None
    assert "did not answer at 127.0.0.1:9. Check" in advice(caplog, "model_not_reached")


async def test_scopes_that_the_token_lacks_are_told(stage, caplog):
    body = manifest()
    body["oauth_config"]["scopes"]["bot"].remove("users:read")
    async with LocalSlack(manifest=body) as slack:
        await stage.start(SLACK_API_URL=slack.api_url)

        assert "lacks users:read" in advice(caplog, "scopes_missing")
        await stage.leave()


async def test_a_clock_that_is_far_ahead_is_told_and_makes_no_conversation_old(stage, caplog):
    caplog.set_level("INFO")
    await stage.start()
    ts = await stage.ask("hi")
    await stage.answered(ts)
    await stage.leave()

    stage.clock.by = 90 * 24 * 3600 * 1000
    await stage.start(DATABASE_KEEP_DAYS="30")
    async with asyncio.timeout(30):
        while "conversations_purged" not in caplog.text:
            await asyncio.sleep(0.01)

    assert "is 129,600 minutes ahead of Slack's" in advice(caplog, "clock_wrong")
    assert await stage.bot.storage.messages.knows(f"T0LOCAL:C0HELP:{ts}")


async def test_no_refusal_shows_a_secret(environment):
    told = await refusal(environment, SLACK_BOT_TOKEN="xoxb-very-secret-value")

    assert "very-secret" not in told


async def test_the_messages_tab_offers_what_can_be_asked(desk):
    await desk.slack.open_tab(ANN, "messages")

    channel = desk.slack.workspace.im(ANN).id
    await desk.slack.wait(lambda slack: channel in slack.workspace.prompts)
    offered = desk.slack.workspace.prompts[channel]["prompts"]
    assert [set(prompt) for prompt in offered] == [{"title", "message"}] * len(offered)
