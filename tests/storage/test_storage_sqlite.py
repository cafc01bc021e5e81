"""What SQLite alone must do: commit in groups, refuse in time, survive, keep others out."""

import asyncio
import resource
import sqlite3
import stat
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from storage_samples import THREAD, an_event, said

from storage import Storage, StorageError, StorageInUseError, open_storage
from storage.engine import Connection
from storage.records import Ticket
from storage.sqlite import LOG_BYTES, LONGEST_LOG
from storage.statements import sentence


async def count(storage: Storage, sql: str) -> int:
    rows = await storage.engine.read(lambda connection: connection.execute(sql))
    return int(rows[0][0])


async def test_thousand_events_at_once_are_all_durable_and_each_thread_taken_once(
    storage: Storage,
) -> None:
    events = [an_event(f"{n % 500 + 1000}.{n:06}", f"T1:C1:{n % 500}") for n in range(1000)]

    accepted = await asyncio.gather(*(storage.inbox.accept(event) for event in events * 2))

    assert sum(each.new for each in accepted) == 1000
    assert sum(each.ticket is not None for each in accepted) == 500
    assert await count(storage, "select count(*) from event where state = 'new'") == 1000
    assert await count(storage, "select sum(pending) from thread") == 1000


async def test_failing_work_undoes_only_itself(storage: Storage) -> None:
    def failing(connection: Connection) -> None:
        connection.execute("insert into learned (model, body) values ('half', '{}')")
        raise ValueError("bug")

    accepted = [storage.inbox.accept(an_event(f"{n}.0", f"T1:C1:{n}")) for n in range(10)]
    results = await asyncio.gather(
        *accepted[:5], storage.engine.write(failing), *accepted[5:], return_exceptions=True
    )

    assert [type(result).__name__ for result in results].count("Accepted") == 10
    assert isinstance(results[5], ValueError)
    assert await storage.learned.load() == {}


async def test_statement_that_the_database_refuses_is_a_storage_error(storage: Storage) -> None:
    with pytest.raises(StorageError, match="no such table: nowhere"):
        await storage.engine.read(lambda connection: connection.execute("select 1 from nowhere"))


async def test_reads_cannot_write(storage: Storage) -> None:
    with pytest.raises(StorageError, match="may not be written"):
        await storage.engine.read(lambda connection: connection.execute("delete from event"))


def test_a_disk_that_is_full_at_the_start_is_called_so():
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE

    assert "make room" in sentence(error)


async def test_a_disk_without_room_for_the_lock_is_called_full(tmp_path: Path) -> None:
    (tmp_path / "c.db.lock").symlink_to("/dev/full")

    for _ in range(2):  # and is not held behind
        with pytest.raises(StorageError, match="Make room"):
            await open_storage(f"sqlite:///{tmp_path}/c.db", "a")


async def test_full_disk_refuses_events_and_everything_works_afterwards(
    storage: Storage, path: Path
) -> None:
    await storage.engine.write(lambda c: c.execute("pragma max_page_count = 60"))
    big = [an_event(f"{n}.0", f"T1:C1:{n}", text="x" * 20_000) for n in range(100)]

    results = await asyncio.gather(
        *(storage.inbox.accept(event) for event in big), return_exceptions=True
    )

    stored = await count(storage, "select count(*) from event")
    refused = [result for result in results if isinstance(result, StorageError)]
    assert stored + len(refused) == 100
    assert refused
    assert str(refused[0]) == "The disk is full: the database can store nothing more. Make room."

    await storage.engine.write(lambda c: c.execute("pragma max_page_count = 1000000"))
    for event in big:
        await storage.inbox.accept(event)
    assert await count(storage, "select count(*) from event") == 100
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


async def test_locked_database_refuses_in_time_and_works_afterwards(
    storage: Storage, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        started = time.monotonic()
        with pytest.raises(StorageError, match="Another program keeps the database locked"):
            await storage.inbox.accept(an_event())
        assert time.monotonic() - started < 3  # which is how long Slack waits
        other.execute("rollback")

    assert (await storage.inbox.accept(an_event())).new


async def test_a_file_that_was_damaged_meanwhile_is_told(storage: Storage, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma user_version = 1")  # what is in memory counts no longer
        other.execute("pragma wal_checkpoint(truncate)")
    path.write_bytes(b"x" * path.stat().st_size)

    with pytest.raises(StorageError, match="The file is no SQLite database"):
        await asyncio.wait_for(storage.inbox.accept(an_event()), 5)


async def test_write_during_a_short_lock_waits_for_its_end(storage: Storage, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        accepting = asyncio.create_task(storage.inbox.accept(an_event()))
        await asyncio.sleep(0)  # it has found the lock
        assert await storage.messages.history(THREAD, 100) == []  # reading goes on meanwhile
        other.execute("rollback")

        assert (await accepting).new


@pytest.mark.parametrize("way", ["read", "write"])
async def test_long_work_leaves_the_event_loop_free(storage: Storage, way: str) -> None:
    begun, told = threading.Event(), threading.Event()

    def work(_: Connection) -> bool:
        begun.set()
        return told.wait(5)

    running = asyncio.create_task(getattr(storage.engine, way)(work, long=True))
    await asyncio.to_thread(begun.wait)
    assert await storage.messages.history(THREAD, 100) == []
    told.set()

    assert await running


async def test_writes_go_on_after_a_long_one(storage: Storage) -> None:
    def work(connection: Connection) -> None:
        connection.execute("insert into learned (model, body) values ('long', '{}')")
        raise ValueError("bug")

    results = await asyncio.gather(
        storage.inbox.accept(an_event("1.0", "T1:C1:1")),
        storage.engine.write(work, long=True),
        storage.inbox.accept(an_event("2.0", "T1:C1:2")),
        return_exceptions=True,
    )

    assert [type(result).__name__ for result in results] == ["Accepted", "ValueError", "Accepted"]
    assert await storage.learned.load() == {}


async def test_writes_go_on_after_one_that_was_given_up_before_its_turn(storage: Storage) -> None:
    busy = asyncio.create_task(storage.engine.write(lambda connection: None, long=True))
    given_up = asyncio.create_task(storage.inbox.accept(an_event()))
    await asyncio.sleep(0)
    given_up.cancel()
    await busy

    assert (await asyncio.wait_for(storage.inbox.accept(an_event()), 5)).new


async def test_where_sqlite_rolls_a_group_back_its_own_reason_is_told(storage: Storage) -> None:
    def work(connection: Connection) -> None:
        connection.execute("rollback")
        connection.execute("select 1 from nowhere")

    with pytest.raises(StorageError, match="nowhere"):
        await storage.engine.write(work, long=True)


async def test_log_has_its_full_size_from_the_start(storage: Storage, path: Path) -> None:
    assert path.with_name(f"{path.name}-wal").stat().st_size >= 4 << 20


async def test_a_disk_without_room_for_a_full_log_is_no_hindrance(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LOG_BYTES - 1, limits[1]))
    try:
        storage = await open_storage(f"sqlite:///{path}", "a")
        accepted = await storage.inbox.accept(an_event("e1"))
        await storage.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert accepted.new
    assert "log_not_extended" in caplog.messages


async def test_second_process_is_refused_with_a_clear_sentence(
    storage: Storage, path: Path
) -> None:
    with pytest.raises(StorageInUseError, match=r"callboard\.db is in use by another Callboard"):
        await open_storage(f"sqlite:///{path}", "second")

    assert (await storage.inbox.accept(an_event())).new


async def test_file_is_private_and_its_folder_is_made(storage: Storage, path: Path) -> None:
    await storage.inbox.accept(an_event())

    files = list(path.parent.iterdir())

    assert {file.name for file in files} >= {"callboard.db", "callboard.db-wal"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_commits_are_durable_and_deleted_bytes_overwritten(storage: Storage) -> None:
    pragmas = await storage.engine.write(
        lambda c: [c.execute(f"pragma {name}") for name in ("synchronous", "secure_delete")]
    )

    assert pragmas == [[(2,)], [(1,)]]


async def test_backup_is_whole_private_and_can_be_opened(
    storage: Storage, ticket: Ticket, tmp_path: Path
) -> None:
    await storage.messages.append(ticket, [said("kept")])
    target = tmp_path / "backup.db"

    await storage.backup(target)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    restored = await open_storage(f"sqlite:///{target}", "restored")
    assert [m.content for m in await restored.messages.history(THREAD, 100)] == ["kept"]
    assert len(await restored.messages.search("T1", "C1", "kept")) == 1
    assert await restored.inbox.waiting() == [THREAD]
    await restored.close()


async def test_backup_overwrites_nothing(storage: Storage, path: Path) -> None:
    with pytest.raises(StorageError, match="exists already"):
        await storage.backup(path)


async def test_backup_to_a_missing_folder_says_so(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file or directory"):
        await storage.backup(tmp_path / "nowhere" / "backup.db")


async def test_backup_of_a_damaged_file_says_so(
    storage: Storage, path: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma wal_checkpoint(truncate)")
    path.write_bytes(b"x" * path.stat().st_size)

    with pytest.raises(StorageError, match="The file is no SQLite database"):
        await storage.backup(tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


async def test_writes_handed_in_before_the_end_are_kept(path: Path) -> None:
    storage = await open_storage(f"sqlite:///{path}", "me")
    events = [an_event(f"{n}.0", f"T1:C1:{n}") for n in range(300)]
    accepting = [asyncio.create_task(storage.inbox.accept(event)) for event in events]
    await asyncio.sleep(0)

    await storage.close()

    assert all(accepted.new for accepted in await asyncio.gather(*accepting))
    with pytest.raises(StorageError, match="closed"):
        await storage.inbox.accept(an_event())


@pytest.mark.parametrize(
    "url", ["mysql://root:secret@host/db", "callboard.db", "sqlite://x.db", "sqlite:///:memory:"]
)
async def test_unknown_database_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(StorageError, match=r"sqlite:///path/to/callboard\.db") as refused:
        await open_storage(url, "me")

    assert "secret" not in str(refused.value)


async def test_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 100)

    with pytest.raises(StorageError, match="no SQLite database: DATABASE_URL"):
        await open_storage(f"sqlite:///{path}", "me")

    assert path.read_text() == "dear diary, " * 100


async def test_path_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match=r"file/callboard\.db cannot be opened"):
        await open_storage(f"sqlite:///{tmp_path}/file/callboard.db", "me")


async def test_a_log_that_another_programs_reading_made_long_is_cut_when_it_is_over(
    storage: Storage, path: Path
) -> None:
    log = path.with_name(f"{path.name}-wal")

    def fill(connection: Connection) -> None:
        connection.execute("create table if not exists filler (text text)")
        connection.execute("delete from filler")
        connection.execute("insert into filler values (zeroblob(6000000))")

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin")
        other.execute("select count(*) from event").fetchone()
        for _ in range(8):
            await storage.engine.write(fill, long=True)
        grown = log.stat().st_size
        other.execute("commit")
    for _ in range(3):
        await storage.engine.write(lambda c: c.execute("delete from filler"), long=True)

    assert grown > LONGEST_LOG
    assert log.stat().st_size <= LONGEST_LOG
