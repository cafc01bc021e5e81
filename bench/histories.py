"""Databases with conversations in them, written through the bot's own storage."""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from bench.lean_slack import PERSON, TEAM
from storage import Storage, open_storage
from storage.migrations import steps
from storage.records import Event, Message
from storage.sqlite_search import index
from storage.statements import Statements

TEXT = "The quick brown fox jumps over the lazy dog, and the dog, being lazy, takes no notice. "
AT_ONCE = 64
CACHE = Path(__file__).parent.parent / "data" / "bench"


def thread_key(channel: str, ts: str) -> str:
    """Name a conversation as the bot does."""
    return f"{TEAM}:{channel}:{ts}"


def turns(event: str, count: int) -> list[Message]:
    """Give so many turns: a question and an answer each."""
    return [
        Message(
            role="assistant" if n % 2 else "user",
            content=f"{n} {TEXT}" + (TEXT if n % 2 else ""),
            event=event,
            n=n,
            user=None if n % 2 else PERSON,
            name=None if n % 2 else "Ann",
            slack_ts=f"1700000000.{n:06d}",
        )
        for n in range(2 * count)
    ]


async def add(storage: Storage, channel: str, ts: str, count: int) -> None:
    """Write one conversation of so many turns."""
    thread = thread_key(channel, ts)
    event = Event(id=f"msg:{thread}", thread=thread, ts=ts, kind="message", user=PERSON, body={})
    accepted = await storage.inbox.accept(event)
    if accepted.ticket:
        await storage.inbox.finish(accepted.ticket, event.id, turns(event.id, count))


async def write(database: Path, threads: Iterable[tuple[str, str, int]]) -> None:
    """Write conversations: channel, ts and number of turns of each."""
    storage = await open_storage(f"sqlite:///{database}", owner="bench")
    free = asyncio.Semaphore(AT_ONCE)

    async def one(channel: str, ts: str, count: int) -> None:
        try:
            await add(storage, channel, ts, count)
        finally:
            free.release()

    async with asyncio.TaskGroup() as group:
        for thread in threads:
            await free.acquire()
            group.create_task(one(*thread))
    await storage.close()


async def fill(messages: int) -> Path:
    """Give a database with so many messages; it is kept, for it takes a minute to make.

    Written with one statement: message by message through the storage it would take ten minutes.
    """
    last_step = list(steps())[-1]
    kept = CACHE / f"{messages}-{last_step}.db"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        making = kept.with_suffix(".making")
        making.unlink(missing_ok=True)
        await write(making, ())
        await asyncio.to_thread(insert, making, messages)
        making.rename(kept)
    return kept


def insert(database: Path, messages: int) -> None:
    """Write conversations of 50 messages each."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("pragma synchronous = off")
        connection.execute("pragma cache_size = -200000")
        connection.execute(THREADS, (messages // 50,))
        connection.execute(MESSAGES, (messages, TEXT))
        index(Statements(connection))


THREADS = """
    insert into thread (id, touched)
    with recursive row(n) as (select 0 union all select n + 1 from row where n + 1 < ?)
    select printf('T0BENCH:C%06d:1690000000.%06d', n % 500, n), 0 from row
"""
MESSAGES = """
    insert into message (thread, seq, event, n, role, content, created)
    with recursive row(n) as (select 0 union all select n + 1 from row where n + 1 < ?)
    select
        printf('T0BENCH:C%06d:1690000000.%06d', n / 50 % 500, n / 50), n % 50 + 1,
        printf('old:%d', n / 50), n % 50,
        case n % 2 when 0 then 'user' else 'assistant' end, n || ' ' || ?, 0
    from row
"""
