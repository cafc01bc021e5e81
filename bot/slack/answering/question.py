"""A person's message as the model shall read it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.slack.text.mrkdwn import clipped
from bot.slack.text.readable import readable, written
from bot.slack.text.said import files_of, names_in, shown_in
from bot.slack.workspace.user_object import zone_of
from storage.records import Event, Message

_TITLE = 80  # characters; Slack takes 200, and has room for fewer where it lists conversations
_PLACES = {"im": "a direct message", "mpim": "a group message", "group": "a private channel"}


def message(event: Event, names: Mapping[str, str], bot_user: str) -> Message:
    """Return the event's message: readable, with its author, and its files by name."""
    text = event.body["text"]
    if not event.body.get("revised"):  # an edit was written out when it came
        text = written(text, files_of(event.body), names, bot_user)
    return Message(
        role="user",
        content=text,
        event=event.id,
        n=0,
        user=event.user,
        name=names.get(event.user),
        slack_ts=event.ts,
        shown=shown_in(event.body),
    )


def title(event: Event, names: Mapping[str, str], bot_user: str) -> str:
    """Return by what people find the conversation again: how its first message begins.

    One without words is found by the names of its files.
    """
    words = readable(event.body["text"], names, bot_user) or names_in(event.body)
    return clipped(" ".join(words.split()), _TITLE)


def today(event: Event, tz: str) -> str:
    """Return the date on which a person in this time zone has asked."""
    zone = zone_of(tz)
    return f"{datetime.fromtimestamp(float(event.ts), zone):%A, %Y-%m-%d} ({zone})"


def place(event: Event) -> str:
    """Return where the conversation is, in words."""
    return _PLACES.get(event.body["channel_type"], "a channel")


def is_shared(event: Event, people: Collection[str]) -> bool:
    """Tell whether several people may speak here, so that authors need naming."""
    return event.body["channel_type"] != "im" or any(user != event.user for user in people)
