"""The files that this server keeps, in memory and for as long as it runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.openai.errors import ApiError
from playground.openai.ids import new_id

PROCESSING_SECONDS = 1.0
BATCH_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file."""

    id: str
    created_at: float
    filename: str
    purpose: str
    data: bytes = field(repr=False)
    expires_at: float | None = None

    def status(self, now: float) -> str:
        """Say how far the server has got with it."""
        return "processed" if now >= self.created_at + PROCESSING_SECONDS else "uploaded"

    def shown(self, now: float) -> dict[str, Any]:
        """Give the file object."""
        return {
            "object": "file",
            "id": self.id,
            "purpose": self.purpose,
            "filename": self.filename,
            "bytes": len(self.data),
            "created_at": int(self.created_at),
            "expires_at": None if self.expires_at is None else int(self.expires_at),
            "status": self.status(now),
            "status_details": None,
        }


class FileStore:
    """All files, oldest first; what has expired is gone."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.kept: dict[str, StoredFile] = {}

    def __iter__(self) -> Iterator[StoredFile]:
        now = self.clock()
        for file in list(self.kept.values()):
            if file.expires_at is not None and file.expires_at <= now:
                del self.kept[file.id]
        return iter(list(self.kept.values()))

    def add(
        self,
        filename: str,
        purpose: str,
        data: bytes,
        *,
        lifetime: float | None = None,
        at: float | None = None,
    ) -> StoredFile:
        """Keep a file."""
        now = self.clock() if at is None else at
        if lifetime is None and purpose == "batch":
            lifetime = BATCH_SECONDS
        expires_at = None if lifetime is None else now + lifetime
        file = StoredFile(new_id("file-", 22), now, filename, purpose, data, expires_at)
        self.kept[file.id] = file
        return file

    def find(self, identifier: str) -> StoredFile | None:
        """Give a file, if there is one."""
        return next((file for file in self if file.id == identifier), None)

    def get(self, identifier: str) -> StoredFile:
        """Give a file, or refuse."""
        file = self.find(identifier)
        if file is None:
            raise ApiError(404, f"No such File object: {identifier}", param="id")
        return file

    def remove(self, identifier: str) -> None:
        """Forget a file."""
        del self.kept[self.get(identifier).id]
