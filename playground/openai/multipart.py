"""Multipart bodies as values: named texts and files. Pure; the whole body is at hand already."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.openai.errors import bad_request, missing

BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.I)
PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
ESCAPES = (("%22", '"'), ("%0D", "\r"), ("%0A", "\n"), ('\\"', '"'), ("\\\\", "\\"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent."""

    filename: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Form:
    """A multipart body: what was sent under each name, in order."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[Sent]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Give all names, of texts and of files."""
        return set(self.texts) | set(self.files)

    def text(self, name: str) -> str | None:
        """Give the last text of this name."""
        return self.texts[name][-1] if name in self.texts else None

    def file(self, name: str) -> Sent | None:
        """Give the last file of this name."""
        return self.files[name][-1] if name in self.files else None

    def need(self, name: str) -> Sent:
        """Give the last file of this name, or refuse the form."""
        if name not in self.files:
            raise missing(name)
        return self.files[name][-1]


def is_form(content_type: str) -> bool:
    """Say whether a content type means a multipart form."""
    return content_type.lower().startswith("multipart/form-data")


def read_form(content_type: str, body: bytes) -> Form:
    """Read a multipart body, or refuse it."""
    found = BOUNDARY.search(content_type)
    if not is_form(content_type) or not found:
        raise bad_request(
            "Could not parse multipart form: expected 'Content-Type: multipart/form-data' with a "
            f"boundary, but got '{content_type or 'none'}'."
        )
    form = Form()
    for head, data in parts(body, (found[1] or found[2]).encode()):
        add(form, head, data)
    return form


def parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    """Cut a body into the heads and contents of its parts."""
    mark = b"--" + boundary
    at = body.find(mark)
    while at >= 0:
        start = at + len(mark)
        if body[start : start + 2] == b"--":
            return
        end = body.find(b"\r\n" + mark, start)
        head_end = body.find(b"\r\n\r\n", start)
        if end < 0 or not start <= head_end <= end:
            break
        yield body[start:head_end].decode(errors="replace"), body[head_end + 4 : end]
        at = end + 2
    raise bad_request("Could not parse multipart form: the body ends before its last boundary.")


def add(form: Form, head: str, data: bytes) -> None:
    """Put one part where it belongs."""
    lines = dict(line.split(":", 1) for line in head.strip().splitlines() if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in lines.items()}
    given = dict(PARAMETER.findall(headers.get("content-disposition", "")))
    name = unescaped(given.get("name", ""))
    if "filename" not in given:
        form.texts.setdefault(name, []).append(data.decode(errors="replace"))
        return
    kind = headers.get("content-type", "application/octet-stream")
    form.files.setdefault(name, []).append(Sent(unescaped(given["filename"]), kind, data))


def unescaped(text: str) -> str:
    """Undo how clients write quotes and line ends into a name."""
    for written, meant in ESCAPES:
        text = text.replace(written, meant)
    return text
