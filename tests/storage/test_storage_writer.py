"""Where the writer's commits run, and which moment readers see."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from storage.engine import Connection
from storage.reader import Reader
from storage.writer import BRIEF, CALM, LOGGED, Writer

LOOP = threading.main_thread().name


@dataclass
class Disk:
    """A clock, how long a commit takes by it, and which threads waited for one."""

    now: float = 100.0
    takes: float = BRIEF / 2
    waited: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)

    def connect(self) -> sqlite3.Connection:
        disk = self

        class Watched(sqlite3.Connection):
            def execute(self, sql: str, /, *rest: object) -> sqlite3.Cursor:
                if sql == "commit":
                    disk.waited.append(threading.current_thread().name)
                    disk.now += disk.takes
                if "checkpoint" in sql:
                    disk.emptied.append(threading.current_thread().name)
                return super().execute(sql, *rest)

        return sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, factory=Watched
        )


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def writer(disk: Disk) -> AsyncIterator[Writer]:
    writer = Writer(disk.connect, lambda _: None, lambda: None, lambda: disk.now)
    await writer.open()
    await writer.run(nothing)
    disk.waited.clear()
    yield writer
    await writer.close()


def nothing(connection: Connection) -> None:
    """Change nothing, and have it committed."""


async def test_a_commit_that_comes_alone_to_a_quick_disk_stays_on_the_loop(
    disk: Disk, writer: Writer
) -> None:
    disk.now += 2 * CALM
    await writer.run(nothing)

    assert disk.waited == [LOOP]


async def test_one_that_follows_at_once_goes_to_the_thread(disk: Disk, writer: Writer) -> None:
    disk.now += 2 * CALM
    await writer.run(nothing)
    await writer.run(nothing)

    assert disk.waited == [LOOP, "storage-writer"]


async def test_after_a_slow_commit_the_loop_waits_for_none_until_one_was_quick(
    disk: Disk, writer: Writer
) -> None:
    for takes in (2 * BRIEF, BRIEF / 2, BRIEF / 2):
        disk.now += 2 * CALM
        disk.takes = takes
        await writer.run(nothing)

    assert disk.waited == [LOOP, "storage-writer", LOOP]


async def test_a_long_job_runs_in_the_thread(disk: Disk, writer: Writer) -> None:
    disk.now += 2 * CALM
    await writer.run(nothing, long=True)

    assert disk.waited == ["storage-writer"]


async def test_the_log_is_emptied_in_the_thread_now_and_then(disk: Disk, writer: Writer) -> None:
    for _ in range(LOGGED + 1):
        disk.now += 2 * CALM
        await writer.run(nothing)

    assert disk.emptied == ["storage-writer"]
    assert disk.waited.count("storage-writer") == 1


async def test_upkeep_is_done_by_the_thread_now_and_then_and_stands_in_nobodys_way(
    disk: Disk,
) -> None:
    kept: list[str] = []

    def upkeep(connection: Connection) -> None:
        kept.append(threading.current_thread().name)
        connection.execute("select * from what_is_not_there")

    writer = Writer(disk.connect, upkeep, lambda: None, lambda: disk.now)
    await writer.open()
    for _ in range(2 * LOGGED + 1):
        await writer.run(nothing)
    await writer.close()

    assert kept == ["storage-writer"] * 2
    assert disk.emptied == kept


async def test_reads_of_one_go_see_one_moment_until_a_write_is_known(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("pragma journal_mode = wal")
    other.execute("create table note (text)")
    reader = Reader(lambda: sqlite3.connect(tmp_path / "x.db", check_same_thread=False))
    await reader.open()
    seen = [reader.run(notes)]

    other.execute("insert into note values ('one')")
    seen.append(reader.run(notes))
    reader.refresh()
    seen.append(reader.run(notes))
    other.execute("insert into note values ('two')")
    await asyncio.sleep(0)
    seen.append(reader.run(notes))

    assert seen == [0, 0, 1, 2]
    reader.close()
    other.close()


def notes(connection: Connection) -> int:
    return int(connection.execute("select count(*) from note")[0][0])
