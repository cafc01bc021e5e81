"""Builds the dicts of messages and tells the bot about them as Slack's events do."""

import uuid

from playground.slack.records import Channel, User
from playground.slack.refusal import Json
from playground.slack.text import mentions, rich_text
from playground.slack.workspace import APP, BOT_ID, BOT_USER, TEAM, Workspace

# What only the page needs; Slack's own answers and events do not have it.
PAGE_FIELDS = ("streaming", "parts", "markdown")


def public(message: Json) -> Json:
    """Return a message as Slack would give it to a bot."""
    return {name: value for name, value in message.items() if name not in PAGE_FIELDS}


def person_message(workspace: Workspace, user: User, text: str, thread_ts: str | None) -> Json:
    """Compose what a person (or another app's bot) wrote."""
    message: Json = {
        "type": "message",
        "user": user.id,
        "text": text,
        "ts": workspace.ts(),
        "team": user.team,
    }
    if user.is_bot:
        message.update(bot_id=user.bot_id, app_id=f"A{user.id[1:]}")
    else:
        message.update(client_msg_id=str(uuid.uuid4()), blocks=[rich_text(text)])
    if thread_ts:
        message["thread_ts"] = thread_ts
    return message


def bot_message(workspace: Workspace, text: str, thread_ts: str | None) -> Json:
    """Compose what our bot posts."""
    message: Json = {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP,
        "team": TEAM,
        "text": text,
        "ts": workspace.ts(),
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP,
            "name": workspace.users[BOT_USER].real_name,
            "team_id": TEAM,
            "deleted": False,
        },
    }
    if thread_ts:
        message["thread_ts"] = thread_ts
    return message


def announce(workspace: Workspace, channel: Channel, message: Json) -> None:
    """Send the events of a new message: `message`, and `app_mention` beside it."""
    own = message.get("user") == BOT_USER
    if BOT_USER in channel.members and (workspace.own_events or not own):
        workspace.emit(_event(channel, public(message)))
    if channel.kind != "im" and not own and BOT_USER in mentions(message["text"]):
        workspace.emit(_mention(channel, public(message)))


def announce_edit(workspace: Workspace, channel: Channel, new: Json, old: Json) -> None:
    """Send `message_changed` with the message before and after."""
    own = new.get("user") == BOT_USER
    if BOT_USER in channel.members and (workspace.own_events or not own):
        workspace.emit(
            _hidden(workspace, channel, "message_changed", message=public(new), previous=old)
        )


def announce_delete(workspace: Workspace, channel: Channel, old: Json) -> None:
    """Send `message_deleted`, or the tombstone's `message_changed`."""
    if BOT_USER not in channel.members:
        return
    left = channel.messages.get(old["ts"])
    if left is not None:
        announce_edit(workspace, channel, left, public(old))
        return
    workspace.emit(
        _hidden(workspace, channel, "message_deleted", deleted_ts=old["ts"], previous=public(old))
    )


def _event(channel: Channel, message: Json) -> Json:
    return {
        **message,
        "channel": channel.id,
        "event_ts": message["ts"],
        "channel_type": channel.kind,
    }


def _mention(channel: Channel, message: Json) -> Json:
    kept = {name: value for name, value in message.items() if name != "subtype"}
    return {
        **kept,
        "type": "app_mention",
        "channel": channel.id,
        "event_ts": message["ts"],
    }


def _hidden(
    workspace: Workspace, channel: Channel, subtype: str, previous: Json, **fields: object
) -> Json:
    ts = workspace.ts()
    return {
        "type": "message",
        "subtype": subtype,
        **fields,
        "previous_message": previous,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }
