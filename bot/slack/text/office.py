"""The words in documents, workbooks and presentations that people share: Word, Excel, PowerPoint.

All three are zips of XML parts, which nobody vouches for: they are read as a stream, and no further
than a model is told of them. The reader of workbooks is the one that training data are read with.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from bot.finetuning.source import ReadError, Source
from bot.finetuning.spreadsheet import Workbook, explained
from bot.finetuning.table import BadCell
from bot.finetuning.xmlparts import Handler, Tags, feed

_LARGEST = 1 << 26  # bytes, unpacked
_MOST = 1_000_000  # tags of a file, for which a thread needs some seconds
_DOCUMENT = "word/document.xml"
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t"}


def words_of(data: bytes, most: int) -> str | None:
    """Return what is in such a file, about `most` characters of it; None if it cannot be read.

    A workbook is told sheet by sheet as CSV, a presentation slide by slide. A large file takes
    seconds, which a thread should spend.
    """
    try:
        with explained("file"), zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                return None
            pieces = _pieces(archive) or _sheets(data)
            return _beginning(pieces, most)
    except ReadError:
        return None


def _pieces(archive: zipfile.ZipFile) -> Iterator[str] | None:
    """Return what a document or presentation says; None if it is neither."""
    names = archive.namelist()
    slides = {int(found[1]): name for name in names if (found := _SLIDE.fullmatch(name))}
    if slides:
        return _slides(archive, [slides[number] for number in sorted(slides)])
    return _words(archive, _DOCUMENT, Tags(_MOST)) if _DOCUMENT in names else None


def _beginning(pieces: Iterator[str], most: int) -> str:
    told: list[str] = []
    length = 0
    for piece in pieces:
        told.append(piece)
        length += len(piece)
        if length > most:
            break
    return "".join(told)


def _sheets(data: bytes) -> Iterator[str]:
    with Workbook(Source("file", data), _MOST) as book:
        for sheet in book.sheets:
            if sheet.visible:
                yield f"Sheet {sheet.name}:\n"
                for record in book.records(sheet):
                    yield _line(record.cells)


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    row = (cell.value if isinstance(cell, BadCell) else cell for cell in cells)
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _slides(archive: zipfile.ZipFile, parts: list[str]) -> Iterator[str]:
    tags = Tags(_MOST)
    for number, part in enumerate(parts, 1):
        yield f"Slide {number}:\n"
        yield from _words(archive, part, tags)


def _words(archive: zipfile.ZipFile, part: str, tags: Tags) -> Iterator[str]:
    words = _Words()
    with archive.open(part) as stream:
        for _ in feed(stream, words, tags):
            yield words.take()


class _Words(Handler):
    """Takes the words of a part: a line for each paragraph, and for each row of a table."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._open = {"t": 0, "tc": 0, "Fallback": 0}  # elements, by their names

    def take(self) -> str:
        """Return what has been told since the last time."""
        told, self._told = self._told, []
        return "".join(told)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        if name in self._open:
            self._open[name] += 1
        elif name in _BREAKS:
            self._told.append(_BREAKS[name])

    def end(self, name: str) -> None:
        """Leave an element; a paragraph in a cell ends no line."""
        if name in self._open:
            self._open[name] -= 1
        if name == "tc":
            self._told.append("| ")
        elif name in ("p", "tr"):
            self._told.append(" " if self._open["tc"] else "\n")

    def text(self, text: str) -> None:
        """Take words; what stands there for old programs is there twice."""
        if self._open["t"] and not self._open["Fallback"]:
            self._told.append(text)
