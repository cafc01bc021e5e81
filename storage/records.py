"""The values that storage keeps: frozen, free of SQL and of Slack's and OpenAI's shapes.

Statements name the columns in the order of the fields, so that a record and a row are one another.
Times are milliseconds since 1970 (int). Slack's own times (`ts`) stay the text that Slack gave.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

CallState = Literal["started", "done", "failed", "unknown"]
PostState = Literal["sending", "sent", "final"]
PostKind = Literal["stream", "message"]
Standing = Literal["admin", "member", "guest", "unknown"]
Effect = Literal["read", "idempotent", "once"]
Role = Literal["user", "assistant", "tool"]
ActState = Literal["started", "done", "failed"]
InquiryState = Literal["open", "answered", "closed"]
ApprovalState = Literal["pending", "approved", "denied", "expired", "cancelled"]
DecisionState = Literal["waiting", "accepted", "declined"]
WatchStage = Literal["job", "figures", "model", "stopped"]


MESSAGE = "message"  # kind of the events of what people say to the bot
ASIDE = "aside"  # kind of the events of what people in a thread say to each other


@dataclass(frozen=True, slots=True)
class Event:
    """One event that Slack delivered and that a turn must answer.

    `id` is the deduplication key (`msg:TEAM:CHANNEL:TS` for a message), `thread` names the
    conversation (`TEAM:CHANNEL:THREAD_TS`), `body` is what the turn needs of Slack's payload.
    `attempts` counts turns that failed, `crashes` how often a process died with this event first.
    """

    id: str
    thread: str
    ts: str
    kind: str
    user: str
    body: dict[str, Any]
    attempts: int = 0
    not_before: int = 0
    stopped: bool = False
    crashes: int = 0

    @property
    def team(self) -> str:
        """Return the workspace in which it happened."""
        return self.thread.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right of this process to work on one thread; `fence` grows with each new owner."""

    thread: str
    owner: str
    fence: int


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model's request to run a function; `arguments` is its JSON text as the model wrote it.

    `along` is what the model's server sent with it and wants to see again, as JSON text: fields of
    the call and, with the first one, of its message (`bot.openai.chat.echo`).
    """

    id: str
    name: str
    arguments: str
    along: str = ""


class Shown(NamedTuple):
    """A file that a person has shown: a `picture`, `document` or `text`, and where it is kept."""

    id: str
    name: str
    url: str
    kind: str


class Message(NamedTuple):
    """One message of a conversation.

    `event` is the id of the event whose turn wrote it and `n` its place in that turn, so writing
    the same message again changes nothing. `tokens` is what the model's server counted, if it did,
    for whoever looks into the database. It is a tuple since thousands are made for one turn, which
    takes a quarter of the time so.
    """

    role: Role
    content: str
    event: str = ""
    n: int = 0
    user: str | None = None
    name: str | None = None
    slack_ts: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    tokens: int | None = None
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a function call has produced."""

    name: str
    mimetype: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the call ledger: written before a function runs and again when it ended.

    `id` is `EVENT:ROUND:INDEX`; `key` is the idempotency key handed to the function. `attachments`
    are the files that the call produced, kept until people have them.
    """

    id: str
    event: str
    name: str
    arguments: str
    effect: Effect
    key: str
    user: str
    state: CallState = "started"
    result: str | None = None
    started: int = 0
    ended: int | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One Slack message that a turn is writing; `part` counts from 0 when an answer rolls over.

    `ts` is unknown (`None`) from the moment we decided to post until Slack has told us.
    `body` is the text shown so far, saved now and then so that a restart can complete it; what is
    final needs none, since its text is a message of the conversation.
    """

    event: str
    part: int
    kind: PostKind
    state: PostState = "sending"
    ts: str | None = None
    body: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that requests of one turn took, as the model's server counted them."""

    event: str
    team: str
    user: str
    model: str
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user as last seen; `fetched` tells how old that is."""

    team: str
    id: str
    name: str
    real_name: str = ""
    tz: str = ""
    title: str = ""
    is_admin: bool = False
    is_guest: bool = False
    is_bot: bool = False
    fetched: int = 0

    @property
    def standing(self) -> Standing:
        """Return how they stand in the team; `unknown` of whom Slack has not told."""
        if not self.fetched:
            return "unknown"
        if self.is_guest:
            return "guest"
        return "admin" if self.is_admin else "member"


@dataclass(slots=True)
class Learned:
    """What earlier answers taught about one model; every field may be empty.

    `parameters` maps a request field to what the server wants instead,
    `context` is its context size in tokens, `characters_per_token` the measured ratio.
    """

    model: str
    parameters: dict[str, Any] = field(default_factory=dict)
    context: int | None = None
    characters_per_token: float | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit: what an admin had done that costs, deletes or changes something.

    `effect` is the sentence that was confirmed, `account` the credentials it was done with,
    `detail` how it ended.
    """

    id: str
    team: str
    user: str
    channel: str
    command: str
    effect: str
    account: str = ""
    state: ActState = "started"
    detail: str = ""
    started: int = 0
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A question to one person: may `line` be run with exactly this `effect`?

    `must_type` is what must be typed to confirm, if anything; `event` is the click that decided.
    """

    id: str
    team: str
    user: str
    line: str
    effect: str
    expires: int
    must_type: str = ""
    state: DecisionState = "waiting"
    event: str = ""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that we uploaded to a model's server, and the hash of its content."""

    account: str
    file: str
    digest: str
    purpose: str
    name: str
    user: str
    team: str
    created: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """A fine-tuning job that is followed in a channel or thread, for the person who asked.

    In stage `job` the job itself is followed, in stage `figures` its end has been told and how it
    went is still to be shown, in stage `model` the model that it made is tried until it answers;
    in stage `stopped` it is not to be followed any more, and its message is still to say so.
    `shown` is a hash of what the message says, `state` the job's state as last told,
    `changed` when something about it last changed, `due` when to look again.
    """

    id: str
    team: str
    channel: str
    thread_ts: str | None
    user: str
    account: str
    job: str
    stage: WatchStage = "job"
    message_ts: str | None = None
    shown: str = ""
    state: str = ""
    model: str = ""
    due: int = 0
    changed: int = 0
    failures: int = 0
    created: int = 0
    fence: int = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """A function that an admin added while the bot runs; `body` is JSON that `kind` explains."""

    team: str
    name: str
    kind: str
    body: str
    user: str
    created: int = 0


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A function that an admin switched off: in a channel, or everywhere if that is empty."""

    team: str
    channel: str
    name: str
    user: str
    created: int = 0


@dataclass(frozen=True, slots=True)
class Approval:
    """A function call that a person must approve before it runs, and what became of it.

    `call` is its line in the ledger. `arguments` (JSON) are what was checked, is shown and will
    run, bound by `digest`; `defaults` (JSON) stand for what was not given, `origin` is where the
    function comes from, `redacted` what the audit tells. Nobody named in `approvers` means that
    `user`, who asked, decides. `ts` is the message that asks; it is `shown` how it ended.
    """

    id: str
    call: str
    event: str
    team: str
    channel: str
    thread_ts: str
    name: str
    title: str
    arguments: str
    defaults: str
    origin: str
    digest: str
    user: str
    redacted: str = ""
    created: int = 0
    expires: int = 0
    state: ApprovalState = "pending"
    decided_by: str = ""
    decided: int | None = None
    ts: str | None = None
    approvers: tuple[str, ...] = ()
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """An approval that was just decided; with a ticket its thread must be worked on now."""

    approval: Approval
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question of a running function to the person who asked: the `number`th of its `call`.

    `options` is a JSON list of texts, empty where any text will do. `ts` is the message that asks.
    """

    id: str
    call: str
    number: int
    event: str
    team: str
    channel: str
    thread_ts: str
    user: str
    question: str
    options: str = "[]"
    state: InquiryState = "open"
    answer: str = ""
    created: int = 0
    expires: int = 0
    ts: str | None = None


def row(record: object) -> list[Any]:
    """Return what a record holds, in the order of its fields.

    `dataclasses.astuple` would copy each value deep (measured: 11 us for a post, 2 us here).
    """
    names: tuple[str, ...] = getattr(record, "__slots__", ())
    return [getattr(record, name) for name in names]
