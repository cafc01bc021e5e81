import ast
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlite_utils import Database
from storage_samples import THREAD, an_event

from storage import SchemaError, open_storage
from storage.migrations import migrate, steps


def applied(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("select name from _sqlite_migrations order by id").fetchall()
    return [name for (name,) in rows]


def test_steps_are_numbered_in_order() -> None:
    assert [name[:4] for name in steps()] == [f"{n:04}" for n in range(1, len(steps()) + 1)]


def test_migrating_takes_along_no_package_that_it_does_not_need(tmp_path: Path) -> None:
    script = """
import sqlite3, sys
from storage.migrations import migrate
migrate(sqlite3.connect(sys.argv[1], isolation_level=None))
print(sorted({name.partition(".")[0] for name in sys.modules}))
import sqlite_utils.recipes
"""
    command = [sys.executable, "-c", script, str(tmp_path / "x.db")]

    ran = subprocess.run(command, capture_output=True, text=True, check=True)

    loaded = set(ast.literal_eval(ran.stdout))
    assert "sqlite_utils" in loaded
    assert loaded.isdisjoint({"ctypes", "dateutil", "numpy", "pandas"})


def test_two_that_migrate_at_once_both_end_up_migrated(tmp_path: Path) -> None:
    path = tmp_path / "callboard.db"
    both = Barrier(2)

    def migrate_it() -> None:
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
            both.wait()
            migrate(connection)

    with ThreadPoolExecutor(2) as pool:
        for migrated in [pool.submit(migrate_it) for _ in range(2)]:
            migrated.result()

    assert applied(path) == list(steps())


async def test_migrating_again_keeps_the_data(path: Path) -> None:
    url = f"sqlite:///{path}"
    first = await open_storage(url, "first")
    await first.inbox.accept(an_event())
    await first.close()

    second = await open_storage(url, "second")

    assert await second.inbox.waiting() == [THREAD]
    await second.close()


async def test_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    url = f"sqlite:///{path}"
    await (await open_storage(url, "today")).close()
    with closing(Database(str(path), execute_plugins=False)) as database:
        database["_sqlite_migrations"].insert(
            {"migration_set": "callboard", "name": "9999_future", "applied_at": "tomorrow"}
        )

    with pytest.raises(SchemaError, match=r"newer Callboard .*9999_future"):
        await open_storage(url, "today")

    assert applied(path) == [*steps(), "9999_future"]


async def test_the_database_of_another_program_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table message (body text)")

    with pytest.raises(SchemaError, match=r"another program.*DATABASE_URL"):
        await open_storage(f"sqlite:///{path}", "today")


def test_failed_step_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(database: Database) -> None:
        database.execute("create table half (id text)")
        raise RuntimeError("power cut")

    monkeypatch.setattr("storage.migrations.steps", lambda: {"0001_broken": broken})
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as connection:
        with pytest.raises(RuntimeError):
            migrate(connection)

        assert connection.execute("select name from sqlite_master").fetchall() == []
