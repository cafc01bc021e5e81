"""`python -m bot backup`, beside a bot that has the database open."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from storage import open_storage
from storage.records import Person


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    return tmp_path


def backup(file: Path):
    return CliRunner().invoke(main, ["backup", str(file)])


async def test_the_database_of_a_running_bot_is_copied(folder):
    running = await open_storage(f"sqlite:///{folder}/bot.db", owner="bot")
    await running.people.save(Person("T1", "U1", "Ann"))

    told = await asyncio.to_thread(backup, folder / "copy.db")
    await running.close()

    copy = await open_storage(f"sqlite:///{folder}/copy.db", owner="test")
    ann = await copy.people.get("T1", "U1")
    await copy.close()
    assert told.exit_code == 0, told.output
    assert ann.name == "Ann"


def test_a_database_that_is_not_there_is_told(folder):
    told = backup(folder / "copy.db")

    assert told.exit_code == 1
    assert f"There is no database {folder}/bot.db yet" in told.output
    assert not (folder / "copy.db").exists()


async def test_a_file_that_is_there_is_not_written_over(folder):
    storage = await open_storage(f"sqlite:///{folder}/bot.db", owner="bot")
    await storage.close()
    (folder / "copy.db").write_text("mine")

    told = await asyncio.to_thread(backup, folder / "copy.db")

    assert told.exit_code == 1
    assert (folder / "copy.db").read_text() == "mine"


async def test_the_database_is_the_one_that_the_bot_uses_in_spite_of_blanks(folder, monkeypatch):
    storage = await open_storage(f"sqlite:///{folder}/bot.db", owner="bot")
    await storage.close()
    monkeypatch.setenv("DATABASE_URL", f"  sqlite:///{folder}/bot.db ")

    told = await asyncio.to_thread(backup, folder / "copy.db")

    assert told.exit_code == 0, told.output
