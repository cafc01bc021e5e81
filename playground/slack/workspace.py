"""The workspace itself: people, channels, messages, sessions. Pure state, no sockets.

Messages are kept as Slack's own dicts. Whoever wants to know of changes (the page, a waiting
test) hangs a function into `watchers`; events for the bot leave through `outbox`.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

from playground.slack.manifest import Manifest
from playground.slack.records import Channel, Response, Session, Stream, User, Values, View
from playground.slack.refusal import Json, Refusal

Watcher = Callable[[str, Json], None]

BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
APP = "A0LOCAL"
TEAM = "T0LOCAL"


class Workspace:
    """Everything that Slack would keep for one team, indexed so that no call scans messages."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.url = ""
        self.own_events = True
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, list[str]] = {}  # user groups and who is in them
        self.sessions: dict[tuple[str, str], Session] = {}
        self.streams: dict[tuple[str, str], Stream] = {}
        self.open_streams: dict[tuple[str, str], list[Stream]] = {}
        self.prompts: dict[str, Json] = {}
        self.ephemerals: dict[tuple[str, str], Json] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.completed: set[str] = set()  # uploads of the bot, each of which is completed once
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, tuple[str, float]] = {}
        self.responses: dict[str, Response] = {}
        self.message_values: dict[tuple[str, str], Values] = {}
        self.manifest = Manifest()
        self.upload_url: Callable[[str], str] = _no_url
        self.socket_url: Callable[[], str] = _no_url
        self.watchers: list[Watcher] = []
        self.outbox: Callable[[Json], object] = _nowhere
        self._numbers = itertools.count(1)
        self._last = 0
        self._records = 0

    def tell(self, kind: str, **about: Any) -> None:
        """Tell the watchers that something changed."""
        for watcher in self.watchers:
            watcher(kind, about)

    def emit(self, event: Json) -> None:
        """Send an event to the bot, where it subscribed to that kind."""
        if self.subscribed(event):
            self.outbox(event)

    def subscribed(self, event: Json) -> bool:
        """Tell whether the app's manifest asks for this event."""
        return self.manifest.subscribes(event)

    def identifier(self, prefix: str) -> str:
        """Return a fresh id in Slack's style."""
        return f"{prefix}0L{next(self._numbers):07X}"

    def record_number(self) -> int:
        """Return the place of a call or a delivery in the order of all of them."""
        self._records += 1
        return self._records

    def ts(self) -> str:
        """Return a fresh message time, unlike any other in this workspace."""
        self._last = max(self._last + 1, int(self.clock() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def user(self, identifier: str) -> User:
        """Return a user or refuse."""
        user = self.users.get(identifier)
        if user is None:
            raise Refusal("user_not_found")
        return user

    def channel(self, identifier: str, *, member: bool = False) -> Channel:
        """Return a channel the bot can see, and with `member` one that it may write to."""
        channel = self.channels.get(identifier) or self._im_of(identifier)
        if channel is None or (channel.kind != "channel" and BOT_USER not in channel.members):
            raise Refusal("channel_not_found")
        if member and BOT_USER not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    def _im_of(self, identifier: str) -> Channel | None:
        return self.im(identifier) if identifier in self.users else None

    def im(self, user: str) -> Channel:
        """Return the direct-message channel of a user with the bot; make it if need be."""
        identifier = f"D{user[1:]}"
        if identifier not in self.channels:
            self.channels[identifier] = Channel(
                identifier, "", "im", members=[user, BOT_USER], user=user
            )
        return self.channels[identifier]

    def message(self, channel: str, ts: str) -> Json:
        """Return a stored message or refuse."""
        found = self.channels.get(channel)
        message = found.messages.get(ts) if found else None
        if message is None:
            raise Refusal("message_not_found")
        return message

    def add(self, channel: Channel, message: Json) -> None:
        """Store a new message under its channel and thread."""
        ts, thread_ts = message["ts"], message.get("thread_ts")
        channel.messages[ts] = message
        if thread_ts is None or thread_ts == ts:
            channel.tops.append(ts)
        else:
            self._reply(channel, message, thread_ts)
        self.changed(channel.id, message)

    def _reply(self, channel: Channel, message: Json, thread_ts: str) -> None:
        parent = channel.messages.get(thread_ts)
        if parent is None:
            return
        replies = channel.replies.setdefault(thread_ts, [])
        replies.append(message["ts"])
        users = parent.get("reply_users", [])
        users = users if message["user"] in users else [*users, message["user"]]
        parent.update(thread_ts=thread_ts, **_summary(replies, users))
        message["parent_user_id"] = parent.get("user")
        self.changed(channel.id, parent)

    def changed(self, channel: str, message: Json) -> None:
        """Tell that a message is new or different."""
        self.tell("message", channel=channel, message=message)

    def remove(self, channel: Channel, ts: str) -> Json:
        """Take a message away; a parent with replies leaves a tombstone, as in Slack."""
        message = channel.messages[ts]
        if channel.replies.get(ts):
            channel.messages[ts] = _tombstone(message)
            self.changed(channel.id, channel.messages[ts])
            return message
        del channel.messages[ts]
        thread = message.get("thread_ts")
        if ts in channel.tops:
            channel.tops.remove(ts)
        elif thread in channel.replies:
            replies, parent = channel.replies[thread], channel.messages[thread]
            replies.remove(ts)
            users = dict.fromkeys(channel.messages[one]["user"] for one in replies)
            parent.update(_summary(replies, list(users)))
            self.changed(channel.id, parent)
        self.tell("message_deleted", channel=channel.id, ts=ts)
        return message

    def session(self, channel: str, thread_ts: str) -> Session:
        """Return the agent session of a thread; make it if need be."""
        key = (channel, thread_ts)
        if key not in self.sessions:
            self.sessions[key] = Session(channel, thread_ts)
        return self.sessions[key]

    def session_changed(self, session: Session) -> None:
        """Tell that a session's status, text or title changed."""
        self.tell("session", session=session)


def _summary(replies: list[str], users: list[str]) -> Json:
    """Return what the first message of a thread tells of its replies."""
    return {
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1] if replies else "",
    }


def _tombstone(message: Json) -> Json:
    kept = ("ts", "thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply")
    return {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        **{name: message[name] for name in kept if name in message},
    }


def _no_url(*_: str) -> str:
    """Refuse: no server is attached."""
    raise Refusal("internal_error")


def _nowhere(event: Json) -> None:
    """Drop an event: no server is attached."""
