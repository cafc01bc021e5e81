"""The Slack app manifest, made from what the code needs, so that the two cannot drift.

`python -m bot manifest` prints it. Shape: manifest v2 of docs.slack.dev/reference/app-manifest,
with `agent_view` (the agent messaging experience that new apps get since June 2026).
"""

from typing import Any, Literal

from bot.commands.documented import shortcuts, slash_commands

NAME = "Callboard"
DESCRIPTION = "Ask in any channel, thread or direct message; the answer may use your own functions."
LONG_DESCRIPTION = (
    "Callboard answers questions in channels, threads and direct messages. It remembers each "
    "thread, streams its answers, and may call the Python functions that your team has registered. "
    "It runs on your own machine, with your own model host and your own data store."
)
PROMPTS = (
    ("What can you do?", "What can you do, and which functions can you call?"),
    ("What time is it?", "What time is it in Tokyo and in New York right now?"),
    ("Make a table", "Make a table that compares three ways to store data in Python."),
)
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "usergroups:read",
    "users:read",
)
EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)


def manifest(
    mode: Literal["socket", "http"] = "socket",
    *,
    address: str = "https://YOUR-HOST",
    prefix: str = "ai",
) -> dict[str, Any]:
    """Return the manifest; `address` is where Slack reaches the bot in HTTP mode.

    `prefix` is the first word of the slash commands (COMMAND_PREFIX).
    """
    endpoint = f"{address.rstrip('/')}/slack/events"
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if mode == "http":
        events["request_url"] = interactivity["request_url"] = endpoint
    commands = slash_commands(prefix, endpoint if mode == "http" else None)
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1f3a4d",
        },
        "features": {
            "agent_view": {
                "agent_description": DESCRIPTION,
                "suggested_prompts": [{"title": t, "message": m} for t, m in PROMPTS],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": commands,
            **({"shortcuts": offered} if (offered := shortcuts()) else {}),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }
