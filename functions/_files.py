"""Files and pictures that a function returns: taken out of its result, for people to see.

The model is told in words what the file is. `File(...)` may be returned alone, or stand anywhere
in a list, dict or dataclass.
"""

import mimetypes
import re
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

FILES = 10
BYTES = 10_000_000
ALL_BYTES = 25_000_000
NAME = 100
DEPTH = 8
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:]+")


@dataclass(frozen=True, slots=True)
class File:
    """A file for the people in the conversation; the kind is guessed from the name if not given."""

    name: str
    data: bytes = field(repr=False)
    mimetype: str = ""


def _has_file(value: Any) -> bool:
    inside = [getattr(value, one.name, None) for one in fields(value)]
    nested = [part for one in inside if isinstance(one, list | tuple) for part in one]
    return any(isinstance(one, File) for one in (*inside, *nested))


@dataclass(slots=True)
class Taken:
    """The files found in one result."""

    files: list[File] = field(default_factory=list)
    _bytes: int = 0

    def take(self, value: Any, depth: int = DEPTH) -> Any:
        """Return the value with words in the place of its files, and keep those."""
        if isinstance(value, File):
            return self._told(value)
        if depth and type(value) is dict:
            return {key: self.take(item, depth - 1) for key, item in value.items()}
        if depth and type(value) in (list, tuple):
            return [self.take(item, depth - 1) for item in value]
        if depth and is_dataclass(value) and not isinstance(value, type) and _has_file(value):
            return self.take({one.name: getattr(value, one.name) for one in fields(value)}, depth)
        return value

    def _told(self, file: File) -> str:
        name = UNSAFE.sub("_", str(file.name)).strip(". ")[:NAME] or "file"
        size = len(file.data)
        if size > BYTES or self._bytes + size > ALL_BYTES or len(self.files) == FILES:
            return f"[the file {name} of {size:,} bytes was left out: too large or too many]"
        kind = file.mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._bytes += size
        self.files.append(File(name, bytes(file.data), kind))
        return f"[file {name}, {kind}, {size:,} bytes]"
