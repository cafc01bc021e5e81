"""What holds for every test: a clean environment, and no network but 127.0.0.1."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.settings import Settings

# The same cases in each run, so that a change fails by what it changes, and as slowly as a busy
# machine makes them. To look for new ones: pytest --hypothesis-profile=default
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
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
