"""`python -m bot forget`, on a database with two people in it."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from storage import open_storage
from storage.records import Event, Message

THREADS = (("T0TEAM:C0ONE:1.0", "U0ANN"), ("T0TEAM:C0ONE:2.0", "U0BEN"), ("T0OTHER:C0X:1.0", "U0X"))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/x.db"
    monkeypatch.setenv("DATABASE_URL", url)

    async def fill() -> None:
        storage = await open_storage(url, owner="test")
        for thread, user in THREADS:
            event = Event(f"msg:{thread}", thread, "1.0", "message", user, {})
            ticket = (await storage.inbox.accept(event)).ticket
            said = Message("user", "hello", event.id, user=user)
            await storage.inbox.finish(ticket, event.id, [said])
        await storage.close()

    asyncio.run(fill())
    return url


def left(url: str) -> list[str]:
    async def read() -> list[str]:
        storage = await open_storage(url, owner="test")
        found = [user for thread, user in THREADS if await storage.messages.history(thread, 100)]
        await storage.close()
        return found

    return asyncio.run(read())


@pytest.mark.parametrize(
    ("arguments", "stay"),
    [
        (["T0TEAM", "--person", "U0ANN"], ["U0BEN", "U0X"]),
        (["T0TEAM", "--thread", "C0ONE:2.0"], ["U0ANN", "U0X"]),
        (["T0TEAM"], ["U0X"]),
    ],
)
def test_only_what_was_named_is_removed(database, arguments, stay):
    done = CliRunner().invoke(main, ["forget", *arguments, "--yes"])

    assert done.exit_code == 0, done.output
    assert left(database) == stay


def test_a_database_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/other.db")

    done = CliRunner().invoke(main, ["forget", "T0TEAM", "--yes"])

    assert done.exit_code == 1
    assert "There is no database" in done.output
    assert not list(tmp_path.iterdir())


def test_nothing_is_removed_without_a_yes(database):
    done = CliRunner().invoke(main, ["forget", "T0TEAM"], input="n\n")

    assert done.exit_code == 1
    assert len(left(database)) == 3


@pytest.mark.parametrize(
    "arguments",
    [["acme"], ["T0TEAM", "--person", "ann"], ["T0TEAM", "--thread", "1.0"],
     ["T0TEAM", "--person", "U0ANN", "--thread", "C0ONE:1.0"]],
)  # fmt: skip
def test_wrong_names_are_told_and_nothing_is_removed(database, arguments):
    done = CliRunner().invoke(main, ["forget", *arguments, "--yes"])

    assert done.exit_code == 2
    assert len(left(database)) == 3
