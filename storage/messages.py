"""The messages of a conversation: written once, read newest first, searched by word.

Slack lets people edit and delete. A `revision` row keeps the newest word on a Slack message, so
that one which is stored later (its turn was still running) starts from the edited text, and so
that an older edit that arrives late changes nothing.
"""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from storage.engine import Connection, Engine, Row, WallClock
from storage.histories import Histories, of_turn
from storage.kind import Kind
from storage.records import Message, Ticket, ToolCall, Usage
from storage.revisions import Revision, revise, revised
from storage.usage import store_usage

WORDS = 16  # words of a search that count


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a search over the messages of a channel; `said` is when that was."""

    thread_ts: str
    slack_ts: str | None
    user: str | None
    name: str | None
    text: str
    said: int


class Messages(Kind):
    """What was said in the threads, and by whom."""

    def __init__(self, engine: Engine, clock: WallClock) -> None:
        super().__init__(engine, clock)
        self._histories = Histories()

    async def append(
        self, ticket: Ticket, messages: Sequence[Message], usage: Usage | None = None
    ) -> None:
        """Add messages to a thread, and what was used for them.

        A message that is stored already (event, n) stays as it is.
        """

        def work(connection: Connection, now: int) -> None:
            store_messages(connection, ticket.thread, messages, now)
            store_usage(connection, usage, now)

        await self._held(ticket, work)

    async def backfill(self, ticket: Ticket, messages: Sequence[Message]) -> None:
        """Add what was said without us, oldest first; what we have (`slack_ts`) is left out.

        Messages older than the oldest stored one go before it, all others to the end.
        """
        await self._held(ticket, lambda one, now: _backfill(one, ticket.thread, messages, now))

    async def history(self, thread: str, characters: int, each: int = 0) -> list[Message]:
        """Read a thread's newest messages, oldest first: whole ones, `characters` at least.

        A message counts as `each` characters more than it has. What a model is never told (where it
        was posted, its tokens) is left out, since thousands are read for one turn.
        """
        return await self._engine.read(
            lambda connection: self._histories.read(connection, thread, characters, each)
        )

    async def of_turn(self, event: str) -> list[Message]:
        """Read what an earlier run of an event's turn has stored, all of it and in its order."""
        return await self._engine.read(partial(of_turn, event=event))

    async def revise(self, thread: str, slack_ts: str, text: str | None, edited_ts: str) -> bool:
        """Follow an edit, or with no text a deletion, of a Slack message.

        A stored message changes, and so does an event not yet answered (`text` in its body); a
        deleted event that no turn has left a trace of is done without an answer, another is
        stopped. Returns False if the thread is not ours or if a newer edit is known.
        """
        revision = Revision(thread, slack_ts, text, edited_ts)
        return await self._engine.write(partial(revise, revision=revision, now=self._clock()))

    async def knows(self, thread: str) -> bool:
        """Tell whether the bot takes part in a thread."""
        return bool(await self._select("select 1 from thread where id = $1", thread))

    async def search(self, team: str, channel: str, query: str, limit: int = 20) -> list[Found]:
        """Find what people and the bot said in a channel, newest first.

        Those with all the words come before those with some, of which come first those with the
        most.
        Everything but words (quotes, operators) is ignored.
        """
        if not (words := words_in(query)):
            return []
        scope = f"{team}:{channel}:"
        rows = await self._engine.search(scope, words, limit)
        return [_found(row) for row in rows]


def words_in(query: str) -> tuple[str, ...]:
    """Return the words of a query that count; what stands above or below a letter belongs to it."""
    letters = "".join(map(_letter, unicodedata.normalize("NFC", query)))
    words = (word.strip("_") for word in letters.split())
    return tuple(word for word in words if any(map(str.isalnum, word)))[:WORDS]


def _letter(sign: str) -> str:
    is_letter = sign.isalnum() or sign == "_" or unicodedata.category(sign).startswith("M")
    return sign if is_letter else " "


def store_messages(
    connection: Connection, thread: str, messages: Iterable[Message], now: int
) -> None:
    """Add messages at the end of a thread, as their authors have since revised them."""
    for message in messages:
        current = revised(connection, thread, message)
        if current is not None:
            (last,) = connection.execute(
                "select coalesce(max(seq), 0) from message where thread = $1", thread
            )[0]
            _insert(connection, thread, last + 1, current, now)


def _backfill(connection: Connection, thread: str, messages: Sequence[Message], now: int) -> None:
    stored = _stored(connection, thread)
    awaited = connection.execute(
        "select ts from event where thread = $1 and state = 'new'", thread
    )  # their own turns will store them
    known = stored | {ts for (ts,) in awaited}
    missing = [message for message in messages if message.slack_ts not in known]
    oldest = min(stored, default="")
    earlier = [message for message in missing if _is_before(message, oldest)]
    (first,) = connection.execute(
        "select coalesce(min(seq), 1) from message where thread = $1", thread
    )[0]
    if earlier:
        connection.execute("update thread set rewritten = rewritten + 1 where id = $1", thread)
    for seq, message in enumerate(earlier, first - len(earlier)):
        current = revised(connection, thread, message)
        if current is not None:
            _insert(connection, thread, seq, current, now)
    later = [message for message in missing if not _is_before(message, oldest)]
    store_messages(connection, thread, later, now)


def _is_before(message: Message, ts: str) -> bool:
    return message.slack_ts is not None and message.slack_ts < ts


def _stored(connection: Connection, thread: str) -> set[str]:
    rows = connection.execute(
        "select slack_ts from message where thread = $1 and slack_ts is not null", thread
    )
    return {slack_ts for (slack_ts,) in rows}


def _insert(connection: Connection, thread: str, seq: int, message: Message, now: int) -> None:
    *words, calls, call_id, tokens, shown = message
    connection.execute(  # a message that was read in Slack belongs to no event
        """insert into message (role, content, event, n, user_id, name, slack_ts, tool_calls,
            tool_call_id, tokens, shown, created, thread, seq)
        values ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (event, n) do nothing""",
        *words,
        _pack(calls),
        call_id,
        tokens,
        json.dumps(shown, ensure_ascii=False) if shown else None,
        now,
        thread,
        seq,
    )


def _pack(calls: Sequence[ToolCall]) -> str | None:
    if not calls:
        return None
    rows = [[one.id, one.name, one.arguments, *([one.along] * bool(one.along))] for one in calls]
    return json.dumps(rows, ensure_ascii=False)


def _found(row: Row) -> Found:
    thread, slack_ts, user, name, text, stored = row
    said = int(float(slack_ts) * 1000) if slack_ts else stored  # a thread may be read late
    return Found(thread.split(":", 2)[2], slack_ts, user, name, text, said)
