"""What holds for every test: a clean environment, and no network but 127.0.0.1."""

import asyncio
import gc
import os
import shutil
import socket
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.settings import Settings
from storage import open_storage

# The same cases in each run, so that a change fails by what it changes, and as slowly as a busy
# machine makes them. To look for new ones, and more: pytest --hypothesis-profile=default
settings.register_profile(
    "same",
    derandomize=True,
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same")

# Databases are written as always, but nobody waits for a disk that is slow or busy.
_MEMORY, _ROOM = Path("/dev/shm"), 2_000_000_000  # noqa: S108 - pytest makes a folder of its own
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("TMPDIR", str(_MEMORY))

_OURS = {name.upper() for name in Settings.model_fields}
_LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", ""}  # noqa: S104 - names to compare
_guard = {"on": False}


def _refuse_the_world(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to connect to, or look up, anything but this machine while a test runs."""
    if not _guard["on"]:
        return
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and str(address[0]) not in _LOCAL:
            raise OSError(f"a test tried to connect to {address[0]}")
    if event == "socket.getaddrinfo" and str(arguments[0]) not in _LOCAL | {"None"}:
        raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {arguments[0]}")


sys.addaudithook(_refuse_the_world)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in what is imported and collected, now or later: it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which nothing stands; to copy it is a tenth of what it takes to make it."""
    path = tmp_path_factory.mktemp("empty") / "callboard.db"

    async def make() -> None:
        await (await open_storage(f"sqlite:///{path}", "nobody")).close()

    asyncio.run(make())
    return path


@pytest.fixture(autouse=True)
def _this_machine_only() -> Iterator[None]:
    _guard["on"] = True
    yield
    _guard["on"] = False


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name in _OURS or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
