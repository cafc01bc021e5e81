"""Files and pictures that a function returns: taken out of its result, for people to see.

The model is told in words what the file is. `File(...)` may be returned alone, or stand anywhere
in a list, dict or dataclass; so may what draws itself as a picture.
"""

import io
import mimetypes
import re
from dataclasses import dataclass, field
from typing import Any

FILES = 10
BYTES = 10_000_000
ALL_BYTES = 25_000_000
NAME = 100
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:]+")


@dataclass(frozen=True, slots=True)
class File:
    """A file for the people in the conversation; the kind is guessed from the name if not given."""

    name: str
    data: bytes = field(repr=False)
    mimetype: str = ""


def draws(kind: Any) -> bool:
    """Tell whether a class draws itself: for notebooks as Pillow's, to a file as matplotlib's."""
    return hasattr(kind, "_repr_png_") or hasattr(kind, "savefig")


def drawn(value: Any, name: str) -> File | None:
    """Return the picture as which a value draws itself; None if it cannot."""
    if hasattr(type(value), "_repr_png_"):
        data = value._repr_png_()
    else:
        buffer = io.BytesIO()
        value.savefig(buffer, format="png", bbox_inches="tight")
        data = buffer.getvalue()
    return File(name, data, "image/png") if data else None


def keep(file: File, kept: list[File]) -> str:
    """Add a file to those that are kept, and return the words that stand in its place."""
    name = UNSAFE.sub("_", _clean(file.name)).strip(". ")[:NAME] or "file"
    data = _bytes(file.data)
    if data is None:
        return f"[the file {name} was left out: its data is {type(file.data).__name__}, not bytes]"
    if not data:  # which Slack does not take
        return f"[the file {name} was left out: it is empty]"
    size = len(data)
    if size > BYTES or size + sum(len(one.data) for one in kept) > ALL_BYTES or len(kept) == FILES:
        return f"[the file {name} of {size:,} bytes was left out: too large or too many]"
    kind = _clean(file.mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream")
    kept.append(File(name, data, kind))
    return f"[file {name}, {kind}, {size:,} bytes]"


def _clean(text: Any) -> str:
    """Return the beginning of what may be no text, and hold what no request can carry."""
    return str(text)[: 2 * NAME].encode("utf-8", "replace").decode()


def _bytes(data: Any) -> bytes | None:
    if isinstance(data, str):
        return data.encode("utf-8", "replace")
    if isinstance(data, io.BytesIO):  # in which libraries draw
        return data.getvalue()
    return bytes(data) if isinstance(data, bytes | bytearray | memoryview) else None
