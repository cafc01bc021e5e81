"""Read what Slack delivers: which events a turn must answer, which change the history, which not.

Pure: payloads in, values out. `parse` knows the rules of who is spoken to:

- direct and group messages are for the bot; in a channel a mention is, and then every reply in
  that thread (`Heard.if_known`: only if the bot is part of the thread);
- a message that starts with the mention of another person or of a group is not, except in a direct
  message: in a thread of the bot's it is an `ASIDE`, which is remembered and not answered;
- bots (ours and others) and everything that is not a person's words (joins, topics) are ignored;
- edits and deletions change what was stored.

Shapes: docs.slack.dev/reference/events/message and app_mention, read September 2026.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.text.payload import part, parts, text_in
from bot.slack.text.readable import BLANK, LEADING, MENTION
from bot.slack.text.said import excerpt, files_in, files_of, own_words, words_of
from bot.slack.text.shown import SMALLER
from storage.records import ASIDE, MESSAGE, Event

_WORDS = {None, "file_share", "thread_broadcast", "me_message"}  # subtypes that people write
SPOKEN = _WORDS | {"bot_message"}  # those of all that is said, by other apps too
_TS = re.compile(r"\d+\.\d+")  # how Slack names a message
_TO_GROUP = re.compile(rf"^[{BLANK}]*<!(?:subteam\^|here|channel|everyone)")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message for the bot; `if_known` means only if it is already part of the thread."""

    event: Event
    if_known: bool = False


@dataclass(frozen=True, slots=True)
class Revised:
    """A message that was edited (`text`) or deleted (`None`); `at` is the Slack time of that.

    `event` is what it is called in the inbox, if it was for the bot; `files` names those it has.
    """

    team: str
    thread: str
    ts: str
    text: str | None
    at: str
    event: str
    files: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person's click on Stop in a thread, at Slack time `at`."""

    thread: str
    at: str
    user: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened the app's tab `home` or `messages`."""

    user: str
    channel: str
    tab: str


@dataclass(frozen=True, slots=True)
class Removed:
    """The app was removed from a workspace, or our token was.

    `why` is the error word with which Slack answers our calls from now on.
    """

    team: str
    why: str


Incoming = Heard | Revised | Stopped | Opened | Removed


def thread_key(team: str, channel: str, thread_ts: str) -> str:
    """Return the name of a conversation."""
    return f"{team}:{channel}:{thread_ts}"


def message_id(team: str, channel: str, ts: str) -> str:
    """Return the name of a message's event; its deliveries of every kind share it."""
    return f"msg:{team}:{channel}:{ts}"


def parse(body: Mapping[str, Any], bot_user: str) -> Incoming | None:
    """Return what an `event_callback` means for us, or `None` for nothing."""
    event = body.get("event")
    if not isinstance(event, Mapping):
        return None
    team = _home(body) or text_in(event, "team")
    match event.get("type"):
        case "app_mention" | "message":
            return _message(event, team, bot_user)
        case "agent_session_stopped":
            return _stopped(body, event, team)
        case "app_home_opened":
            return Opened(text_in(event, "user"), text_in(event, "channel"), text_in(event, "tab"))
        case "app_uninstalled":
            return Removed(team, "account_inactive")
        case "tokens_revoked" if part(event, "tokens").get("bot"):
            return Removed(team, "token_revoked")
    return None


def _home(body: Mapping[str, Any]) -> str:
    """Return the workspace we are installed in; in shared channels `team_id` may be another."""
    granted = parts(body, "authorizations") or [{}]
    installed = granted[0].get("team_id") or body.get("context_team_id") or body.get("team_id")
    return str(installed or "")


def _message(event: Mapping[str, Any], team: str, bot_user: str) -> Incoming | None:
    subtype = text_in(event, "subtype") or None
    if subtype in ("message_changed", "message_deleted"):
        return _revised(event, team, subtype, bot_user)
    if subtype not in _WORDS or not _by_a_person(event, bot_user):
        return None
    heard = _heard(event, team)
    if heard is None:
        return None
    return _addressed(event, heard, bot_user)


def _by_a_person(event: Mapping[str, Any], bot_user: str) -> bool:
    user = text_in(event, "user")
    return bool(user) and user not in (bot_user, "USLACKBOT") and not event.get("bot_id")


def _heard(event: Mapping[str, Any], team: str) -> Event | None:
    channel, ts = text_in(event, "channel"), text_in(event, "ts")
    thread_ts = text_in(event, "thread_ts") or ts
    if not channel or not _TS.fullmatch(ts) or not _TS.fullmatch(thread_ts):
        return None
    kept = {
        "channel": channel,
        "channel_type": _channel_type(event, channel),
        "thread_ts": thread_ts,
        "text": words_of(event),
        "user_team": text_in(event, "user_team") or text_in(event, "team") or team,
        "files": [_file(file) for file in files_in(event)],
    }
    return Event(
        id=message_id(team, channel, ts),
        thread=thread_key(team, channel, thread_ts),
        ts=ts,
        kind=MESSAGE,
        user=text_in(event, "user"),
        body=kept,
    )


def _channel_type(event: Mapping[str, Any], channel: str) -> str:
    """Return `im`, `mpim`, `group` or `channel`; an app_mention does not say which.

    A direct message may be called `app_home`, after the tab in which it is written.
    """
    return "im" if channel.startswith("D") else text_in(event, "channel_type") or "channel"


def _addressed(event: Mapping[str, Any], heard: Event, bot_user: str) -> Heard | None:
    if heard.body["channel_type"] == "im":
        return Heard(heard)
    text = own_words(event)
    if event.get("type") == "app_mention" or bot_user in MENTION.findall(text):
        return Heard(heard)
    in_thread = heard.body["thread_ts"] != heard.ts
    if LEADING.match(text) or _TO_GROUP.match(text):
        return _aside(heard) if in_thread else None
    if heard.body["channel_type"] == "mpim":
        return Heard(heard)
    return Heard(heard, if_known=True) if in_thread else None


def _aside(heard: Event) -> Heard:
    """Return it under a name of its own: an edit may yet make a question of it."""
    return Heard(replace(heard, id=f"{ASIDE}:{heard.id}", kind=ASIDE), if_known=True)


def _revised(event: Mapping[str, Any], team: str, subtype: str, bot_user: str) -> Revised | None:
    deleted = subtype == "message_deleted"
    message = part(event, "previous_message" if deleted else "message")
    channel, ts = text_in(event, "channel"), text_in(message, "ts") or text_in(event, "deleted_ts")
    if not channel or not ts:
        return None
    at = text_in(event, "event_ts") or text_in(event, "ts")
    if message.get("subtype") == "tombstone":  # how Slack tells that a thread's first is deleted
        deleted = True
    elif not deleted and ("edited" not in message or message.get("user") == bot_user):
        return None  # an unfurl or a reply count, not the words; or our own writing
    thread = thread_key(team, channel, text_in(message, "thread_ts") or ts)
    text = None if deleted else words_of(message)
    return Revised(team, thread, ts, text, at, message_id(team, channel, ts), files_of(message))


def _stopped(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Stopped:
    thread = thread_key(team, text_in(event, "channel"), text_in(event, "thread_ts"))
    second = body.get("event_time")
    at = text_in(event, "event_ts") or f"{(second if isinstance(second, int) else 0) + 1}.000000"
    return Stopped(thread, at, text_in(event, "user"))


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    about = ("id", "name", "mimetype", "size", "mode", "file_access")
    kept = (*about, "url_private", "url_private_download", *SMALLER)
    words = {"excerpt": excerpt(file)} if excerpt(file) else {}
    return {name: file[name] for name in kept if file.get(name) is not None} | words
