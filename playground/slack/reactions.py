"""Emoji reactions on messages, whoever sets them."""

import re

from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import BOT_USER, Workspace

_NAME = re.compile(r"[a-z0-9_+'-]+(?:::[a-z0-9-]+)?")


def react(
    workspace: Workspace, channel: Channel, ts: str, user: str, name: str, *, remove: bool = False
) -> None:
    """Add or remove one person's reaction and tell the bot of it."""
    message = workspace.message(channel.id, ts)
    name = name.strip(":")
    if not _NAME.fullmatch(name):
        raise Refusal("invalid_name")
    reactions: list[Json] = message.get("reactions", [])
    found = next((reaction for reaction in reactions if reaction["name"] == name), None)
    if remove:
        _remove(reactions, found, user)
    else:
        _add(reactions, found, user, name)
    message["reactions"] = reactions
    if not reactions:
        del message["reactions"]
    workspace.changed(channel.id, message)
    if BOT_USER in channel.members and (workspace.own_events or user != BOT_USER):
        workspace.emit(_event(workspace, channel, message, user, name, remove))


def _add(reactions: list[Json], found: Json | None, user: str, name: str) -> None:
    if found is None:
        reactions.append({"name": name, "users": [user], "count": 1})
        return
    if user in found["users"]:
        raise Refusal("already_reacted")
    found["users"].append(user)
    found["count"] += 1


def _remove(reactions: list[Json], found: Json | None, user: str) -> None:
    if found is None or user not in found["users"]:
        raise Refusal("no_reaction")
    found["users"].remove(user)
    found["count"] -= 1
    if not found["users"]:
        reactions.remove(found)


def _event(
    workspace: Workspace, channel: Channel, message: Json, user: str, name: str, remove: bool
) -> Json:
    return {
        "type": "reaction_removed" if remove else "reaction_added",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
        "item_user": message.get("user"),
        "event_ts": workspace.ts(),
    }
