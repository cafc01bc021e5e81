"""What `doctor` finds, with the local Slack and the local model, and what it says to do."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor import examine
from bot.environment import proxy
from functions import McpFunction
from functions._mcp.value import McpTool
from storage import open_storage
from storage.records import Registration
from tests import mcp_fake
from tests.mcp_fake import a_tool

CHILD = Path(__file__).parent.parent / "mcp_child.py"


async def findings(environment, **settings):
    """Return what doctor says, by subject."""
    return {one.subject: one async for one in examine(environment(**settings))}


async def test_all_is_well(environment):
    found = await findings(environment)

    assert [one.text for one in found.values() if not one.ok] == []


async def test_nothing_is_left_beside_the_database(environment, tmp_path):
    await findings(environment)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["callboard.db", "callboard.db.lock"]


@pytest.mark.parametrize(("days", "told"), [(29, True), (32, False)])
async def test_a_model_that_is_shut_down_soon_is_told(model, environment, days, told):
    end = datetime.now(UTC).date() + timedelta(days)
    card = model.models.cards["stand-in"]
    model.models.cards["stand-in"] = replace(card, shutdown_date=end.isoformat())

    found = await findings(environment)

    assert (f"is shut down on {end}" in found["CHAT_MODEL"].text) == told
    assert found["CHAT_MODEL"].ok != told


async def test_a_model_that_answers_is_well_where_its_server_does_not_tell_of_it(
    environment, monkeypatch
):
    ended = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if request.method == "GET":
            await ended.wait()
        return web.json_response({"choices": [{"message": {"content": "4"}}]})

    server = web.Application()
    server.router.add_route("*", "/{path:.*}", answer)
    monkeypatch.setattr("bot.doctor._ANSWER_S", 1.0)
    monkeypatch.setattr("bot.doctor._LIST_S", 1.1)
    async with TestServer(server) as silent:
        found = await findings(environment, OPENAI_BASE_URL=str(silent.make_url("/v1")))
        ended.set()

    assert found["CHAT_MODEL"].ok


async def test_a_refusal_that_we_do_not_know_is_told_in_the_servers_words(model, environment):
    model.enqueue(status=400, code="something_new")

    found = await findings(environment)

    assert "(400, something_new" in found["CHAT_MODEL"].text


@pytest.mark.parametrize(
    ("refusal", "subject"),
    [
        ({"status": 401, "code": "invalid_api_key"}, "OPENAI_API_KEY"),
        ({"status": 429, "code": "insufficient_quota"}, "OPENAI_API_KEY"),
        ({"status": 404, "code": "model_not_found"}, "CHAT_MODEL"),
    ],
)
async def test_a_refusal_is_filed_under_the_setting_to_look_at(
    model, environment, refusal, subject
):
    model.enqueue(**refusal)

    found = await findings(environment)

    assert [one.subject for one in found.values() if not one.ok] == [subject]
    assert ("The server has:" in found[subject].text) == (subject == "CHAT_MODEL")


async def test_slack_is_asked_through_the_proxy_as_the_bot_does(environment, monkeypatch):
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.host)
        return web.json_response({"ok": True, "user": "bot", "team": "Acme"})

    between = web.Application()
    between.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(between) as server:
        monkeypatch.setenv("HTTPS_PROXY", str(server.make_url("/")))

        found = await findings(environment, SLACK_API_URL="http://slack.test/api/")

    assert found["SLACK_BOT_TOKEN"].text == "bot in Acme"
    assert set(asked) == {"slack.test"}


@pytest.mark.parametrize("hosts", ["slack.test", ".test", "other.test,slack.test:80", "*"])
def test_no_proxy_names_what_is_reached_without_one(monkeypatch, hosts):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", hosts)

    assert proxy("http://slack.test:80/api/") is None
    assert proxy("http://slack.example/api/") == (
        None if hosts == "*" else "http://proxy.test:3128"
    )


@pytest.mark.parametrize(
    ("setting", "value", "subject", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "SLACK_APP_TOKEN", "Basic Information"),
        ("OPENAI_API_KEY", "sk-wrong", "OPENAI_API_KEY", "does not accept my key"),
        ("CHAT_MODEL", "no-such-model", "CHAT_MODEL", "no-such-model"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1", "OPENAI_BASE_URL", "answer at 127.0.0.1:9"),
        ("DATABASE_URL", "sqlite:////proc/none/x.db", "DATABASE_URL", "DATABASE_URL"),
        ("FUNCTIONS", "no_such_folder", "FUNCTIONS", "no_such_folder"),
        ("CHAT_TOOL_CHOICE", "no_such", "CHAT_TOOL_CHOICE", "no_such is no function"),
        ("PORT", "{taken}", "PORT", "is taken on 127.0.0.1 by another program"),
        ("MCP_SERVERS", '{"x": {"command": "/no/such"}}', "MCP_SERVERS x", "Check its command"),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_do(
    environment, slack, setting, value, subject, said
):
    value = value.replace("{taken}", str(urlsplit(slack.api_url).port))
    wrong = [
        one
        async for one in examine(environment(**{setting: value}))
        if not one.ok and one.subject == subject
    ]

    assert wrong
    assert said in wrong[0].text


async def test_the_port_of_a_running_bot_is_no_finding(environment, stage):
    await stage.start(PORT="0")

    found = await findings(environment, PORT=str(stage.bot.port))

    assert found["PORT"].ok


async def test_a_file_that_is_no_database_is_one_finding_among_the_others(environment, tmp_path):
    (tmp_path / "notes.db").write_text("dear diary, " * 100)

    found = await findings(environment, DATABASE_URL=f"sqlite:///{tmp_path}/notes.db")

    assert "no SQLite database" in found["DATABASE_URL"].text
    assert [one.subject for one in found.values() if not one.ok] == ["DATABASE_URL"]
    assert found["FUNCTIONS"].ok


async def test_servers_of_mcp_are_started_and_asked(environment):
    pytest.importorskip("mcp")
    launch = f'{{"weather": {{"command": "{sys.executable}", "args": ["{CHILD}", "stdio"]}}}}'

    found = await findings(environment, MCP_SERVERS=launch)

    assert found["MCP_SERVERS weather"].ok
    assert "forecast" in found["MCP_SERVERS weather"].text


async def taken(settings, fake) -> str:
    """Take a tool of a server as an admin would; return the server's address."""

    tool = fake.tools[0]
    pin = McpTool(tool["name"], tool["description"], "", tool["inputSchema"]).pin
    function = McpFunction(name="forecast", description="d", server=fake.url, tool="forecast",
                           pin=pin)  # fmt: skip
    storage = await open_storage(settings.database_url, "an admin")
    row = Registration("T0LOCAL", "forecast", "mcp", function.dump(), "U1")
    await storage.registrations.save(row)
    await storage.close()
    return f"MCP {fake.url}"


def hosts(fake) -> dict[str, str]:
    parts = urlsplit(fake.url)
    return {"FUNCTION_HOSTS": f"{parts.scheme}://{parts.netloc}"}


async def test_servers_of_mcp_that_admins_added_are_asked(environment):
    pytest.importorskip("mcp")
    async with mcp_fake.serving() as fake:
        subject = await taken(environment(**hosts(fake)), fake)
        found = await findings(environment, **hosts(fake))
        fake.tools = [a_tool(description="Something else.")]
        other = await findings(environment, **hosts(fake))
    gone = await findings(environment, **hosts(fake))

    assert (found[subject].ok, found[subject].text) == (True, "it answers and offers forecast")
    assert "--take changed" in other[subject].text
    assert "cannot be reached" in gone[subject].text
    assert "/ai-functions remove" in gone[subject].text


async def test_servers_of_mcp_are_asked_while_the_bot_runs(environment, stage):
    pytest.importorskip("mcp")
    async with mcp_fake.serving() as fake:
        subject = await taken(environment(**hosts(fake)), fake)
        await stage.start(**hosts(fake))

        found = await findings(environment, **hosts(fake))

    assert found[subject].ok
