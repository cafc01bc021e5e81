"""Edits and deletions that people make in Slack, applied wherever the message has got to."""

import json
from dataclasses import dataclass
from typing import Any

from storage import ownership
from storage.approvals import cancel_of_event
from storage.engine import Connection, Row
from storage.records import ASIDE, Event, Message, row


@dataclass(frozen=True, slots=True)
class Revision:
    """The newest word on a Slack message: its text since it was edited, None once it is deleted.

    `edited` is the Slack time of that.
    """

    thread: str
    slack_ts: str
    text: str | None
    edited: str


def revise(connection: Connection, revision: Revision, now: int) -> bool:
    """Note the newest word on a message and apply it; False if there was nothing to do."""
    thread, slack_ts, text = revision.thread, revision.slack_ts, revision.text
    ours = connection.execute(
        "update thread set touched = $2, rewritten = rewritten + 1 where id = $1 returning id",
        thread,
        now,
    )
    if not ours or not _is_news(connection, revision, now):
        return False
    if text is None:
        connection.execute(
            "delete from message where thread = $1 and slack_ts = $2", thread, slack_ts
        )
        _withdraw(connection, thread, slack_ts, now)
        _stop(connection, thread, slack_ts, now)
    else:
        connection.execute(
            "update message set content = $3 where thread = $1 and slack_ts = $2",
            thread,
            slack_ts,
            text,
        )
        _reword(connection, thread, slack_ts, text)
    return True


def revised(connection: Connection, thread: str, message: Message) -> Message | None:
    """Return a message as its author has revised it; None if it was deleted."""
    if message.slack_ts is None:
        return message
    revision = _newest(connection, thread, message.slack_ts)
    if revision is None:
        return message
    (content,) = revision
    return None if content is None else message._replace(content=content)


def revised_body(connection: Connection, event: Event) -> dict[str, Any] | None:
    """Return an event's body as its author has revised it; None if it was deleted."""
    revision = _newest(connection, event.thread, event.ts)
    if revision is None:
        return event.body
    (content,) = revision
    return None if content is None else _worded(event.body, content)


def take_over(connection: Connection, event: Event, now: int) -> None:
    """Leave a message to its new event alone, whatever has been made of it before.

    One that arrives late may have been read in Slack with its thread by now, and a question that
    was said to other people, before its edit, is remembered as that or waits to be.
    """
    if not _is_late(connection, event):
        return
    if connection.execute(
        """delete from message where thread = $1 and slack_ts = $2 and (event is null
            or event in (select id from event
                where thread = $1 and state = 'done' and ts = $2 and kind = $3)) returning seq""",
        event.thread,
        event.ts,
        ASIDE,
    ):
        connection.execute(
            "update thread set rewritten = rewritten + 1 where id = $1", event.thread
        )
    if event.kind != ASIDE and connection.execute(
        """update event set state = 'done', done = $4, body = '{}'
        where thread = $1 and state = 'new' and ts = $2 and kind = $3 returning id""",
        event.thread,
        event.ts,
        ASIDE,
        now,
    ):
        ownership.count_off(connection, event.thread)


def _is_late(connection: Connection, event: Event) -> bool:
    """Tell whether the thread has another event of that time or of a later one."""
    return bool(
        connection.execute(
            """select 1 from event where thread = $1 and ts >= $2 and id <> $3
                and state in ('new', 'done', 'waiting', 'dead') limit 1""",
            event.thread,
            event.ts,
            event.id,
        )
    )


def _worded(body: dict[str, Any], text: str) -> dict[str, Any]:
    """Return an event's body with the text of a revision, which is written for readers already."""
    return body | {"text": text, "revised": True}


def _newest(connection: Connection, thread: str, slack_ts: str) -> Row | None:
    rows = connection.execute(
        "select content from revision where thread = $1 and slack_ts = $2", thread, slack_ts
    )
    return rows[0] if rows else None


def _is_news(connection: Connection, revision: Revision, now: int) -> bool:
    """Store a revision unless a newer one is known; nothing follows a deletion."""
    stored = connection.execute(
        """insert into revision (thread, slack_ts, content, edited, created)
        values ($1, $2, $3, $4, $5)
        on conflict (thread, slack_ts) do update
        set content = excluded.content, edited = excluded.edited
        where revision.content is not null
            and (excluded.content is null or excluded.edited >= revision.edited)
        returning thread""",
        *row(revision),
        now,
    )
    return bool(stored)


def _reword(connection: Connection, thread: str, ts: str, text: str) -> None:
    rows = connection.execute(
        "select id, body from event where thread = $1 and ts = $2 and state = 'new'", thread, ts
    )
    for event_id, body in rows:
        reworded = _worded(json.loads(body), text)
        connection.execute(
            "update event set body = $2 where id = $1",
            event_id,
            json.dumps(reworded, ensure_ascii=False),
        )


def _withdraw(connection: Connection, thread: str, ts: str, now: int) -> None:
    withdrawn = connection.execute(
        """update event set state = 'done', done = $3, body = '{}'
        where thread = $1 and ts = $2 and state = 'new' and crashes = 0 and attempts = 0
            and not exists (select 1 from post where post.event = event.id)
            and not exists (select 1 from call where call.event = event.id)
            and not exists (select 1 from message where message.event = event.id)
        returning id""",
        thread,
        ts,
        now,
    )
    ownership.count_off(connection, thread, len(withdrawn))


def _stop(connection: Connection, thread: str, ts: str, now: int) -> None:
    """End its turn, at work or waiting for people, as Stop does: nobody wants it any more."""
    stopped = connection.execute(
        """update event set stopped = 1, not_before = 0
        where thread = $1 and ts = $2 and state in ('new', 'waiting') returning id""",
        thread,
        ts,
    )
    for (event_id,) in stopped:
        cancel_of_event(connection, event_id, now)
