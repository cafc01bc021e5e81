from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from storage_samples import SetClock, an_event

from storage import Storage, StorageError, open_storage
from storage.records import Ticket

# what no operation may leave behind: an event that is not counted may wait for ever
MISCOUNTED = """select id, pending from thread where pending <>
    (select count(*) from event where event.thread = thread.id and state = 'new')"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "callboard.db"


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest, path: Path) -> str:
    return {"sqlite": f"sqlite:///{path}"}[request.param]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def storage(url: str, clock: SetClock) -> AsyncIterator[Storage]:
    storage = await open_storage(url, "me", clock)
    yield storage
    with suppress(StorageError):  # closed by the test
        miscounted = await storage.engine.read(lambda one: one.execute(MISCOUNTED))
        assert miscounted == []
    await storage.close()


@pytest.fixture
async def ticket(storage: Storage) -> Ticket:
    accepted = await storage.inbox.accept(an_event())
    assert accepted.ticket
    return accepted.ticket
