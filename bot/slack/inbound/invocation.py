"""What a person asked a command to do, read from whatever Slack sent: pure.

A slash command, a message that starts with `!`, a click on one of our buttons, a submitted form and
a message shortcut all become one `Invocation`, which is kept in the inbox as an event of the kind
`command`: so each is durable before it is acknowledged, and runs once however often Slack (or
somebody with a recording of the request) delivers it. Its conversation is its own, so that it never
waits behind an answer.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from bot.slack.inbound.incoming import thread_key
from bot.slack.text.payload import part, parts, text_in
from bot.slack.text.readable import BLANK, MENTION
from bot.slack.text.said import files_in, words_of
from storage.records import Event

COMMAND = "command"
ACTION = "command."  # our buttons' action ids and our forms' callback ids begin so
APPROVAL = "approval"  # kind of the events of clicks on the buttons that approve or deny a call
INQUIRY = "inquiry"  # and of those on the buttons with which a person answers a function

_PLACE = ("channel", "is_dm", "thread_ts", "response_url", "original")  # of a form's answer

Via = Literal["slash", "message", "click", "form", "shortcut"]

_COMMAND = re.compile(
    rf"[{BLANK}]*(?:{MENTION.pattern}[{BLANK},:、，：]*)?[!！]([a-z][\w-]*.*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One thing that a person typed or pressed: to run a command, or to answer what a turn asks.

    `command` is the slash command without the slash (`ai-files`), or empty where `text` begins with
    its name. `pressed` is what our button or form carries, `values` what was filled in, `files` the
    ids of what came along, `message_text` the text of the message whose shortcut was chosen.
    `original` tells that the answer may take the place of the message that was clicked. `kind` is
    that of the event: a command, or a click that approves a function call or answers a function,
    with what its person wrote as `text`.
    """

    id: str
    team: str
    user: str
    channel: str
    ts: str
    command: str = ""
    text: str = ""
    via: Via = "slash"
    thread_ts: str | None = None
    message_ts: str | None = None
    response_url: str | None = None
    trigger_id: str | None = None
    is_dm: bool = False
    original: bool = False
    pressed: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    message_text: str = ""
    kind: str = COMMAND

    @property
    def by_message(self) -> bool:
        """Tell whether commands are messages here: as its person writes them, and in threads.

        Slack runs no slash command in a thread.
        """
        return self.via == "message" or self.thread_ts is not None

    @property
    def place(self) -> dict[str, Any]:
        """Return where the answer to a form belongs, for its metadata, from which it is read."""
        place = {name: getattr(self, name) for name in _PLACE}
        return {name: value for name, value in place.items() if value}

    def event(self) -> Event:
        """Return the event under which this is kept in the inbox."""
        return Event(
            id=self.id,
            thread=thread_key(self.team, self.channel, f"!{self.id}"),
            ts=self.ts,
            kind=self.kind,
            user=self.user,
            body=asdict(self),
        )


def is_of_command(thread: str) -> bool:
    """Tell whether a conversation is that of a command, and no thread of Slack's."""
    return ":!" in thread


def restored(event: Event) -> Invocation:
    """Return what `event` was made from."""
    known = {one.name for one in fields(Invocation)}
    body = {name: value for name, value in event.body.items() if name in known}
    return Invocation(**{**body, "files": tuple(body.get("files") or ())})


def from_slash(body: Mapping[str, Any], now: str) -> Invocation:
    """Read a slash command; its trigger id, which Slack gives once, is its key."""
    return Invocation(
        id=f"cmd:{body.get('team_id')}:{body.get('trigger_id')}",
        team=text_in(body, "team_id"),
        user=text_in(body, "user_id"),
        channel=text_in(body, "channel_id"),
        ts=now,
        command=text_in(body, "command").lstrip("/"),
        text=text_in(body, "text"),
        response_url=text_in(body, "response_url") or None,
        trigger_id=text_in(body, "trigger_id") or None,
        is_dm=text_in(body, "channel_id").startswith("D"),
    )


def is_command(text: str, bot_user: str) -> bool:
    """Tell whether a message is a command: it starts with `!` and a word."""
    return _line(text, bot_user) is not None


def _line(text: str, bot_user: str) -> str | None:
    """Return the command in a message, without its `!`."""
    found = _COMMAND.match(text)
    return found[2] if found and found[1] in (None, bot_user) else None


def from_message(event: Event, bot_user: str) -> Invocation | None:
    """Read a message that starts with `!` and a word; every other message is none."""
    line = _line(event.body["text"], bot_user)
    if line is None:
        return None
    return Invocation(
        id=event.id,
        team=event.team,
        user=event.user,
        channel=event.body["channel"],
        ts=event.ts,
        text=line,
        via="message",
        thread_ts=_inside(event.body | {"ts": event.ts}),
        message_ts=event.ts,
        is_dm=event.body["channel_type"] == "im",
        files=_ids(event.body["files"]),
    )


def from_click(body: Mapping[str, Any], now: str) -> Invocation | None:
    """Read a click on one of our buttons; other buttons are none of ours."""
    action = next(iter(parts(body, "actions")), {})
    room, _, verb = text_in(action, "action_id").partition(".")
    container = part(body, "container")
    click = Invocation(
        **_interaction(body, "act"),
        ts=now,
        via="click",
        thread_ts=text_in(container, "thread_ts") or None,
        message_ts=text_in(container, "message_ts") or None,
        response_url=text_in(body, "response_url") or None,
    )
    if room == APPROVAL:
        pressed = {"do": verb, "id": text_in(action, "value")}
        return replace(click, pressed=pressed, kind=APPROVAL)
    if room == INQUIRY:
        return replace(click, **_answer(body, action, verb), kind=INQUIRY)
    if f"{room}." != ACTION:
        return None
    hidden = bool(container.get("is_ephemeral"))  # else all would see it change
    return replace(click, original=hidden, pressed=_json(action.get("value") or _chosen(action)))


def from_form(body: Mapping[str, Any], now: str) -> Invocation | None:
    """Read one of our forms that was submitted; where it came from stands in its metadata."""
    view = part(body, "view")
    if not text_in(view, "callback_id").startswith(ACTION):
        return None
    meta = _json(view.get("private_metadata"))
    common = _interaction(body, "form")
    common.update(id=f"form:{common['team']}:{view.get('id')}:{view.get('hash')}")
    return Invocation(
        **common | {name: meta[name] for name in _PLACE if name in meta},
        ts=now,
        via="form",
        pressed=meta,
        values=dict(part(part(view, "state"), "values")),
    )


def from_shortcut(body: Mapping[str, Any], now: str) -> Invocation | None:
    """Read a message shortcut of ours: the command line stands in its callback id.

    On a message of the channel itself it is answered there, where its person looks, and not in the
    thread below the message, which may be closed.
    """
    name = text_in(body, "callback_id")
    if not name.startswith(ACTION):
        return None
    message = part(body, "message")
    return Invocation(
        **_interaction(body, "cut"),
        ts=now,
        text=name.removeprefix(ACTION).replace(".", " "),
        via="shortcut",
        thread_ts=_inside(message),
        message_ts=text_in(body, "message_ts") or None,
        response_url=text_in(body, "response_url") or None,
        files=_ids(files_in(message)),
        message_text=words_of(message),
    )


def _ids(files: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(filter(None, (text_in(file, "id") for file in files)))


def _inside(message: Mapping[str, Any]) -> str | None:
    """Return the thread in which a message stands, if it is a reply."""
    thread_ts = text_in(message, "thread_ts")
    return thread_ts if thread_ts != text_in(message, "ts") and thread_ts else None


def _interaction(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    team = text_in(part(body, "team"), "id")
    channel = text_in(part(body, "channel"), "id")
    return {
        "id": f"{kind}:{team}:{body.get('trigger_id')}",
        "team": team,
        "user": text_in(part(body, "user"), "id"),
        "channel": channel,
        "trigger_id": text_in(body, "trigger_id") or None,
        "is_dm": channel.startswith("D"),
    }


def _chosen(action: Mapping[str, Any]) -> Any:
    return part(action, "selected_option").get("value")


def _answer(body: Mapping[str, Any], action: Mapping[str, Any], verb: str) -> dict[str, Any]:
    """Return which question a person answers, and with what words if they wrote any."""
    if verb == "text":  # they pressed Enter: the words come with the action
        inquiry, text = text_in(action, "block_id").partition(".")[2], text_in(action, "value")
    else:
        inquiry = text_in(action, "value")
        values = part(part(body, "state"), "values")
        text = text_in(part(part(values, f"{INQUIRY}.{inquiry}"), f"{INQUIRY}.text"), "value")
    return {"pressed": {"do": verb, "id": inquiry}, "text": text}


def _json(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
