"""A lock that only one process can hold, and that the kernel frees when the process dies."""

import fcntl
import os
from pathlib import Path

from storage.errors import StorageInUseError


class FileLock:
    """An exclusive `flock` on a file of its own next to the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock, or raise at once if another process has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0))
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise StorageInUseError(self._refusal(holder)) from error
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def free(self) -> None:
        """Let go of the lock; the file stays, for removing it would race with another process."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _refusal(self, holder: str) -> str:
        database = self._path.with_suffix("")
        process = f" (process {holder})" if holder else ""
        return (
            f"The database {database} is in use by another Callboard{process}. Stop that one"
            " first, or give this one another DATABASE_URL: a SQLite file serves one process."
        )
