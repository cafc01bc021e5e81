"""Read a thread once that the bot meets in its middle, or too late.

The pages of `conversations.replies` come oldest first, so all are read up to a bound, and the
newest messages are kept. Where Slack allows little (commercially distributed apps: 15 messages, one
call a minute) the bot makes do with what it gets in some seconds: a missing past is no reason not
to answer.

A mention that Slack delivered in vain at first may come after replies to it, and after its own
edit. Those were none of the bot's business when they came, as far as it knew, and a process that
has ended since has forgotten them: they are looked up then (`missed`). A mention that Slack does
not show is answered all the same: better than to take one for deleted that is only not shown yet.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.paging import told
from bot.slack.calls.place import Place
from bot.slack.inbound.incoming import SPOKEN, Heard, Revised, parse
from bot.slack.inbound.invocation import is_command
from bot.slack.text.payload import part, text_in
from bot.slack.text.readable import readable
from bot.slack.text.said import files_of, people_in, shown_in, words_of
from storage.records import Event, Message

_PAGES = 25
_KEPT = 400
_UNREAD = "[There are further messages here in this thread, but Slack did not show them to you.]"
_PATIENCE_S = 10.0  # of the person who asks; Slack may want a minute between two pages

Names = Callable[[Iterable[str]], Awaitable[dict[str, str]]]


async def read_thread(
    client: AsyncWebClient, place: Place, names: Names, patience: float = _PATIENCE_S
) -> list[Message]:
    """Return the messages of a thread before the event, oldest first.

    What Slack has not told in `patience` seconds is left out, and the model told so: it would take
    what it sees for the whole thread.
    """
    bot_user, read = place.bot_user, client.conversations_replies
    where = {"channel": place.channel, "ts": place.thread_ts}
    found, is_all = await told(read, _PAGES, patience=patience, **where)
    kept = [m for m in found if _is_past(m, place.event_ts, bot_user)][-_KEPT:]
    known = await names({user for m in kept for user in people_in(m, bot_user)})
    said = [message for m in kept if (message := _message(m, known, bot_user)).content]
    return said if is_all else [*said, Message(role="user", content=_UNREAD)]


async def missed(client: AsyncWebClient, bot_user: str, mention: Event) -> list[Event | Revised]:
    """Return the edit of a mention, and what was written for the bot below it, before it came.

    Nothing if Slack refuses.
    """
    channel, thread_ts = mention.body["channel"], mention.body["thread_ts"]
    where = {"channel": channel, "ts": thread_ts, "oldest": mention.ts, "inclusive": True}
    found, _ = await told(client.conversations_replies, _PAGES, **where)
    return [since for one in found if (since := _since(one, mention, bot_user))]


def _since(message: Mapping[str, Any], mention: Event, bot_user: str) -> Event | Revised | None:
    """Return an edit of a mention, or as an event a later message of its thread for the bot."""
    if message.get("ts") == mention.ts:
        return _edit(message, mention, bot_user)
    place = {name: mention.body[name] for name in ("channel", "channel_type", "thread_ts")}
    heard = parse({"team_id": mention.team, "event": {**message, **place}}, bot_user)
    if not isinstance(heard, Heard) or float(heard.event.ts) <= float(mention.ts):
        return None
    return None if is_command(heard.event.body["text"], bot_user) else heard.event


def _edit(message: Mapping[str, Any], mention: Event, bot_user: str) -> Revised | None:
    """Return what Slack shows of a mention as the event that would have told of its edit."""
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": mention.body["channel"],
        "message": {**message, "thread_ts": mention.body["thread_ts"]},
        "event_ts": part(message, "edited").get("ts"),
    }
    read = parse({"team_id": mention.team, "event": event}, bot_user)
    return read if isinstance(read, Revised) else None


def _is_past(message: Mapping[str, Any], before: str, bot_user: str) -> bool:
    """Tell whether a message belongs to the history: older, and somebody's words; no command."""
    if message.get("subtype") not in SPOKEN or is_command(words_of(message), bot_user):
        return False
    return text_in(message, "ts") < before


def _message(message: Mapping[str, Any], names: Mapping[str, str], bot_user: str) -> Message:
    author = text_in(message, "user")
    ours = author == bot_user
    words = readable(words_of(message), names, bot_user)
    files = "" if ours else files_of(message)
    text = "\n".join(filter(None, (words, files)))
    return Message(
        role="assistant" if ours else "user",
        content=text,
        user=None if ours else author or None,
        name=None if ours else names.get(author) or text_in(message, "username") or "an app",
        slack_ts=text_in(message, "ts"),
        shown=() if ours else shown_in(message),
    )
