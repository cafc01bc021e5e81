"""Builds the page's frames from the workspace; called only while a page is open."""

import time
from collections.abc import Callable, Hashable
from dataclasses import asdict

from playground.slack import modals
from playground.slack.api import Api, Call
from playground.slack.deliveries import Deliveries, Delivery
from playground.slack.methods.people import TEAM_NAME
from playground.slack.pageactions import PageActions
from playground.slack.records import Channel, Session, User
from playground.slack.refusal import Json
from playground.slack.sessions import current, stoppable
from playground.slack.workspace import BOT_USER, TEAM

_CALLS = 200


def key(kind: str, about: Json) -> Hashable:
    """Return what a frame replaces: of two changes of one thing only the last is sent."""
    if kind == "message":
        return (kind, about["channel"], about["message"]["ts"])
    if kind == "ephemeral":
        return (kind, about["user"], about["message"]["ts"])
    if kind == "session":
        return (kind, about["session"].channel, about["session"].thread_ts)
    if kind in ("call", "delivery"):
        return (kind, about[kind].number)
    return (kind, *(value for value in about.values() if isinstance(value, str)))


class Frames:
    """One method per kind of frame, and `build` that picks it."""

    def __init__(self, api: Api, deliveries: Deliveries, actions: PageActions) -> None:
        self.workspace = api.workspace
        self.notices: list[Json] = []
        self.ended = ""
        self._api = api
        self._deliveries = deliveries
        self._actions = actions

    def build(self, kind: str, about: Json) -> Json:
        """Return the frame for a change that the workspace told of."""
        makers: dict[str, Callable[[Json], Json]] = {
            "message": self._message,
            "session": lambda about: {"session": self._session(about["session"])},
            "view": self._view,
            "home": lambda about: {**about, "view": self.workspace.homes[about["user"]].body},
            "prompts": lambda about: {**about, **self.workspace.prompts[about["channel"]]},
            "connection": lambda about: {"connection": self._connection()},
            "call": lambda about: {"call": _call(about["call"])},
            "delivery": lambda about: {"type": "call", "call": _delivery(about["delivery"])},
            "people": lambda about: self.state(),
        }
        maker = makers.get(kind)
        return {"type": kind, **(maker(about) if maker else about)}

    def state(self) -> Json:
        """Return the whole workspace as the page wants it first."""
        workspace = self.workspace
        manifest = workspace.manifest
        return {
            "type": "state",
            "team": {"id": TEAM, "name": TEAM_NAME},
            "bot": BOT_USER,
            "channels": [_channel(channel) for channel in workspace.channels.values()],
            "users": [_user(user) for user in workspace.users.values()],
            "commands": list(manifest.commands.values()),
            "shortcuts": manifest.shortcuts,
            "default_prompts": manifest.prompts,
            "prompts": workspace.prompts,
            "notices": self.notices,
            "model": self._actions.model.is_on if self._actions.model else None,
            "messages": [
                self._shown(channel.id, message)
                for channel in workspace.channels.values()
                for message in channel.messages.values()
            ],
            "ephemerals": [
                {"user": user, "message": message}
                for (user, _), message in workspace.ephemerals.items()
                if not message.get("is_dismissed")
            ],
            "sessions": [self._session(session) for session in workspace.sessions.values()],
            "views": {user: stack[-1].body for user, stack in workspace.stacks.items() if stack},
            "homes": {user: view.body for user, view in workspace.homes.items()},
            "connection": self._connection(),
            "calls": self._calls(),
        }

    def _message(self, about: Json) -> Json:
        return {"message": self._shown(about["channel"], about["message"])}

    def _shown(self, channel: str, message: Json) -> Json:
        shown = {**message, "channel": channel}
        stream = self.workspace.streams.get((channel, message["ts"]))
        if stream is not None and message.get("streaming"):
            shown["streaming"] = stream.streaming(self.workspace.clock())
        if message.get("files"):
            shown["files"] = [_file(body) for body in message["files"]]
        return shown

    def _session(self, session: Session) -> Json:
        session = current(self.workspace, session)
        return {
            "channel": session.channel,
            "thread_ts": session.thread_ts,
            "status": session.status,
            "text": session.text,
            "title": session.title,
            "stoppable": stoppable(self.workspace, session),
        }

    def _view(self, about: Json) -> Json:
        view = modals.top(self.workspace, about["user"])
        return {**about, "view": view.body if view else None}

    def _connection(self) -> Json:
        connections = len(self._deliveries.socket.connections)
        mode = "socket" if connections else None
        if self._deliveries.by_http:
            mode = "http"
        mortal = self._actions.bot is not None
        return {"mode": mode, "connections": connections, "ended": self.ended, "mortal": mortal}

    def _calls(self) -> list[Json]:
        lines = [_call(call) for call in self._api.calls[-_CALLS:]]
        lines += [_delivery(delivery) for delivery in self._deliveries.log[-_CALLS:]]
        return sorted(lines, key=lambda line: int(line["n"]))[-_CALLS:]


def _channel(channel: Channel) -> Json:
    shown: Json = {
        "id": channel.id,
        "name": channel.name,
        "kind": "channel" if channel.kind == "group" else channel.kind,
        "topic": channel.topic,
        "members": channel.members,
    }
    if channel.user:
        shown["user"] = channel.user
    return shown


def _user(user: User) -> Json:
    shown = asdict(user)
    shown["color"] = user.color
    return shown


def _file(body: Json) -> Json:
    address = f"/page/file/{body['id']}"
    thumb = {"thumb_360": address} if body["mimetype"].startswith("image/") else {}
    return {**body, **thumb, "page_url": address}


def _wall(at: float) -> float:
    return time.time() - (time.monotonic() - at)


def _call(call: Call) -> Json:
    return {
        "n": call.number,
        "method": call.method,
        "arguments": call.args,
        "response": call.response,
        "ms": round(call.ms, 2),
        "at": _wall(call.at),
        "direction": "in",
    }


def _delivery(delivery: Delivery) -> Json:
    payload = delivery.payload
    what = delivery.event.get("type") or payload.get("command") or payload.get("type")
    return {
        "n": delivery.number,
        "method": what or delivery.kind,
        "arguments": payload,
        "response": {
            "acknowledged": delivery.acked,
            "attempts": delivery.attempts,
            "reasons": delivery.reasons,
            **delivery.answer,
        },
        "ms": round(delivery.ms, 2),
        "at": _wall(delivery.at),
        "direction": "out",
    }
