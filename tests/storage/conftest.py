from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from storage_samples import SetClock, an_event

from storage import Storage, open_storage
from storage.records import Ticket


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
    await storage.close()


@pytest.fixture
async def ticket(storage: Storage) -> Ticket:
    accepted = await storage.inbox.accept(an_event())
    assert accepted.ticket
    return accepted.ticket
