"""What people do in the workspace: write, edit, delete, react, press Stop, open App Home."""

from collections.abc import Sequence

from playground.slack.filestore import find, share
from playground.slack.messages import (
    announce,
    announce_delete,
    announce_edit,
    person_message,
    public,
)
from playground.slack.methods.streams import close
from playground.slack.reactions import react
from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.text import rich_text, written
from playground.slack.workspace import Workspace


def say(
    workspace: Workspace,
    channel: str,
    user: str,
    text: str,
    thread_ts: str | None = None,
    files: Sequence[str] = (),
    *,
    broadcast: bool = False,
) -> str:
    """Write a message as a person and return its ts; the bot gets its events."""
    place = seen(workspace, channel, user)
    if thread_ts is not None and thread_ts not in place.messages:
        raise Refusal("thread_not_found")
    message = person_message(workspace, workspace.user(user), written(text), thread_ts)
    if not text.strip() and not files:
        raise Refusal("no_text")
    if files:
        shared = [share(find(workspace, identifier), place) for identifier in files]
        message.update(subtype="file_share", files=shared, upload=False)
    elif broadcast and thread_ts is not None:
        message["subtype"] = "thread_broadcast"
    workspace.add(place, message)
    announce(workspace, place, message)
    return str(message["ts"])


def seen(workspace: Workspace, channel: str, user: str) -> Channel:
    """Return a channel that this person is in; an im is made when first used."""
    place = workspace.channels.get(channel)
    if place is None and channel == f"D{user[1:]}":
        place = workspace.im(workspace.user(user).id)
    if place is None:
        raise Refusal("channel_not_found")
    if user not in place.members:
        if place.kind != "channel":
            raise Refusal("not_in_channel")
        place.members.append(user)
    return place


def edit(workspace: Workspace, channel: str, ts: str, text: str) -> None:
    """Change what a person wrote."""
    place = workspace.channels[channel]
    message = workspace.message(channel, ts)
    old = public(message)
    typed = written(text)
    message.update(text=typed, edited={"user": message["user"], "ts": workspace.ts()})
    if "blocks" in message:
        message["blocks"] = [rich_text(typed)]
    workspace.changed(channel, message)
    announce_edit(workspace, place, message, old)


def delete(workspace: Workspace, channel: str, ts: str) -> None:
    """Delete a message."""
    place = workspace.channels[channel]
    workspace.message(channel, ts)
    announce_delete(workspace, place, workspace.remove(place, ts))


def add_reaction(
    workspace: Workspace, channel: str, ts: str, user: str, name: str, *, remove: bool = False
) -> None:
    """React to a message as a person."""
    react(workspace, seen(workspace, channel, user), ts, user, name, remove=remove)


def stop(workspace: Workspace, channel: str, thread_ts: str, user: str) -> None:
    """Press the Stop button: the thread's streams end and the bot is told."""
    streams = list(workspace.open_streams.get((channel, thread_ts), []))
    for stream in streams:
        stream.stopped_by_user = True
        close(workspace, stream)
        workspace.changed(channel, workspace.message(channel, stream.ts))
    workspace.emit(
        {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": thread_ts,
            "user": user,
            "streaming_message_ts": [stream.ts for stream in streams],
            "event_ts": workspace.ts(),
        }
    )


def open_tab(workspace: Workspace, user: str, tab: str) -> None:
    """Open the app's Home tab or its Messages tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.im(user).id,
        "tab": tab,
        "event_ts": workspace.ts(),
    }
    if tab == "home" and user in workspace.homes:
        event["view"] = workspace.homes[user].body
    workspace.emit(event)


def join(workspace: Workspace, channel: str, user: str) -> None:
    """Join a channel: the system message and member_joined_channel."""
    place = workspace.channels[channel]
    if user not in place.members:
        place.members.append(user)
    message: Json = {
        "type": "message",
        "subtype": "channel_join",
        "user": user,
        "text": f"<@{user}> has joined the channel",
        "ts": workspace.ts(),
    }
    workspace.add(place, message)
    announce(workspace, place, message)
    workspace.emit(
        {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel,
            "channel_type": "C" if place.kind == "channel" else "G",
            "team": workspace.user(user).team,
            "event_ts": message["ts"],
        }
    )


def uninstall(workspace: Workspace) -> None:
    """Remove the app from the workspace."""
    workspace.emit({"type": "app_uninstalled", "event_ts": workspace.ts()})
