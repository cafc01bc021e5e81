"""What `doctor` finds, with the local Slack and the local model, and what it says to do."""

import sys
from pathlib import Path

import pytest

from bot.doctor import examine

CHILD = Path(__file__).parent.parent / "mcp_child.py"


async def findings(environment, **settings):
    """Return what doctor says, by subject."""
    return {one.subject: one async for one in examine(environment(**settings))}


async def test_all_is_well(environment):
    found = await findings(environment)

    assert [one.text for one in found.values() if not one.ok] == []


@pytest.mark.parametrize(
    ("setting", "value", "subject", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "SLACK_APP_TOKEN", "Basic Information"),
        ("OPENAI_API_KEY", "sk-wrong", "CHAT_MODEL", "OPENAI_API_KEY"),
        ("CHAT_MODEL", "no-such-model", "CHAT_MODEL", "no-such-model"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1", "CHAT_MODEL", "did not answer at 127.0.0.1:9"),
        ("DATABASE_URL", "sqlite:////proc/none/x.db", "DATABASE_URL", "DATABASE_URL"),
        ("FUNCTIONS", "no_such_folder", "FUNCTIONS", "no_such_folder"),
        ("CHAT_TOOL_CHOICE", "no_such", "CHAT_TOOL_CHOICE", "no_such is no function"),
        ("MCP_SERVERS", '{"x": {"command": "/no/such"}}', "MCP_SERVERS x", "Check its command"),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_do(environment, setting, value, subject, said):
    wrong = [
        one
        async for one in examine(environment(**{setting: value}))
        if not one.ok and one.subject == subject
    ]

    assert wrong
    assert said in wrong[0].text


async def test_servers_of_mcp_are_started_and_asked(environment):
    pytest.importorskip("mcp")
    launch = f'{{"weather": {{"command": "{sys.executable}", "args": ["{CHILD}", "stdio"]}}}}'

    found = await findings(environment, MCP_SERVERS=launch)

    assert found["MCP_SERVERS weather"].ok
    assert "forecast" in found["MCP_SERVERS weather"].text
