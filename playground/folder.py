"""The folder of a playground's database, which goes with the playground.

One that was killed removes nothing; the next one does, where nobody holds the folder's lock.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "callboard-playground-"
_LOCK = "lock"


@contextmanager
def database_folder() -> Iterator[Path]:
    """Give a folder for this run's database."""
    _remove_left_ones()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        folder = Path(name)
        with (folder / "new").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / "new").rename(folder / _LOCK)  # held from the moment that it is there
            yield folder


def _remove_left_ones() -> None:
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError), lock.open() as left:  # it is in use, or somebody else's
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent)
