"""The things a workspace is made of, as the local Slack keeps them."""

from dataclasses import dataclass, field
from typing import Literal

from playground.slack.refusal import Json, Refusal

Kind = Literal["channel", "group", "im", "mpim"]
Status = Literal["processing", "active", "suspended", "closed"]
Values = dict[str, dict[str, Json]]  # what inputs hold, by block id and action id

STREAM_SECONDS = 300


@dataclass(slots=True)
class User:
    """Someone in the workspace: a person, a guest or a bot."""

    id: str
    name: str
    real_name: str = ""
    title: str = ""
    color: str = "4a154b"
    tz: str = "Europe/Berlin"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_bot: bool = False
    bot_id: str | None = None
    team: str = "T0LOCAL"


@dataclass(slots=True)
class Channel:
    """A conversation place; `tops` and `replies` index `messages` by time."""

    id: str
    name: str
    kind: Kind = "channel"
    topic: str = ""
    members: list[str] = field(default_factory=list)
    user: str | None = None
    messages: dict[str, Json] = field(default_factory=dict)
    tops: list[str] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)

    def root(self, ts: str) -> str:
        """Return the first message of the thread that a message stands in, or refuse."""
        if ts not in self.messages:
            raise Refusal("thread_not_found")
        return str(self.messages[ts].get("thread_ts", ts))

    def thread(self, ts: str) -> list[Json]:
        """Return a thread: its first message and the replies."""
        times = [ts, *self.replies.get(ts, [])]
        return [self.messages[time] for time in times if time in self.messages]


@dataclass(slots=True)
class Session:
    """What Slack shows above a thread's composer while an agent works.

    `text` is the free text of the legacy status; `legacy` says that it set the present status.
    """

    channel: str
    thread_ts: str
    status: Status = "active"
    text: str | None = None
    title: str | None = None
    legacy: bool = False
    since: float = 0.0


@dataclass(slots=True)
class Stream:
    """A message that is being written to by chat.appendStream."""

    channel: str
    ts: str
    thread_ts: str
    mode: str | None
    started: float
    open: bool = True
    stopped_by_user: bool = False
    blocks: int = 0

    def streaming(self, now: float) -> bool:
        """Tell whether the stream still takes text: open, and younger than five minutes."""
        return self.open and now - self.started < STREAM_SECONDS


@dataclass(slots=True)
class View:
    """A modal or an App Home: Slack's dict, its owner and what was filled in so far."""

    body: Json
    user: str
    values: Values = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the view's id."""
        return str(self.body["id"])


@dataclass(slots=True)
class Response:
    """Where a response_url leads: a channel, a person and perhaps the message clicked on."""

    url: str
    channel: str
    user: str
    issued: float
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0
