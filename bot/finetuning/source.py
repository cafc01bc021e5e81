"""The bytes of a dataset: a file or bytes in memory, opened as often as needed; or why not.

What is wrong with one row is a finding instead.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Source:
    """A named piece of input; the name's ending is a hint to its kind."""

    name: str
    data: Path | bytes

    @classmethod
    def file(cls, path: Path) -> "Source":
        """Make a source of a file."""
        return cls(path.name, path)

    @property
    def ending(self) -> str:
        """Return the lower-case ending of the name, without the dot."""
        return Path(self.name).suffix.lower().lstrip(".")

    def open(self) -> BinaryIO:
        """Open it for reading from the start."""
        if isinstance(self.data, bytes):
            return io.BytesIO(self.data)
        try:
            return self.data.open("rb")
        except OSError as error:
            raise ReadError(f"{self.name} cannot be opened: {error.strerror}.") from error


class DatasetError(Exception):
    """A failure whose text says what happened and what to do."""


class ReadError(DatasetError):
    """Report that a file holds no rows that we could read."""
