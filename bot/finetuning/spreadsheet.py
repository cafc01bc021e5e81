"""Rows of an XLSX workbook that nobody vouches for: read as a stream, in bounded memory.

A workbook is a zip of XML parts. Sizes and ratios are bounded before anything is
unpacked; a document type (the door to entities) is refused; shared texts,
of which a workbook may have hundreds of megabytes, wait in a temporary file. A library would
hold them in memory and would be a dependency more for the one thing that we need: texts of cells.
"""

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bot.finetuning.cells import Cells, Styles, Texts
from bot.finetuning.delimited import Record
from bot.finetuning.findings import Place
from bot.finetuning.options import Options
from bot.finetuning.source import ReadError, Source
from bot.finetuning.table import BadCell, header
from bot.finetuning.xmlparts import MANY, Element, Tags, XMLRefused, elements, feed

_LARGEST_PART = 1 << 28
_HARMLESS_PART = 1 << 24
_HIGHEST_RATIO = 250
_MOST_SHEETS = 200
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    OSError,
    struct.error,
    lzma.LZMAError,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, its part of the zip, whether people see it."""

    name: str
    part: str
    visible: bool


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what a broken or hostile workbook causes into a sentence."""
    try:
        yield
    except XMLRefused as error:
        raise ReadError(f"{name} is not read: {error}.") from error
    except _BROKEN as error:
        raise ReadError(
            f"{name} is no readable XLSX workbook (damaged, or with a password); "
            "save it anew, or save the sheet as CSV."
        ) from error


class Workbook:
    """An open workbook, of which at most so many tags are read; use as a context manager."""

    def __init__(self, source: Source, most: int = MANY) -> None:
        self._name = source.name
        self._tags = Tags(most)
        self._texts = Texts()
        with ExitStack() as opened, explained(source.name):
            opened.callback(self._texts.close)
            file = opened.enter_context(source.open())
            self._zip = opened.enter_context(zipfile.ZipFile(file))
            _bound(self._zip)
            self._related = self._relations()
            self.sheets = self._sheets()
            self._styles = self._read_styles()
            self._opened = opened.pop_all()

    def __enter__(self) -> "Workbook":
        """Return the workbook itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the workbook and drop its temporary file."""
        self._opened.close()

    def records(self, sheet: Sheet) -> Iterator[Record]:
        """Read the rows of a sheet, each as wide as the first that is not empty."""
        with explained(self._name):
            self._fill_texts()
            width = 0
            for number, (line, cells) in enumerate(self._rows(sheet)):
                width = width or max(cells, default=-1) + 1
                end = max(width, max(cells, default=-1) + 1)
                texts = tuple(cells.get(at, "") for at in range(end))
                yield Record(Place(line, number, sheet.name), texts)

    def first(self, sheet: Sheet) -> Record | None:
        """Read the first row of a sheet that is not empty."""
        return next((record for record in self.records(sheet) if any(record.cells)), None)

    def _rows(self, sheet: Sheet) -> Iterator[tuple[int, dict[int, str | BadCell]]]:
        cells = Cells(self._styles, self._texts)
        with self._zip.open(sheet.part) as part:
            for _ in feed(part, cells, self._tags):
                yield from cells.take()

    def _fill_texts(self) -> None:
        part = self._related.get("sharedStrings")
        if part and not self._texts.filled:
            with self._zip.open(part) as stream:
                for _ in feed(stream, self._texts, self._tags):
                    continue
        self._texts.filled = True

    def _elements(self, name: str) -> list[Element]:
        with self._zip.open(name) as stream:
            return elements(stream)

    def _relations(self) -> dict[str, str]:
        """Map kinds (and ids) of the workbook's relations to parts."""
        main = "xl/workbook.xml"
        for element in self._elements("_rels/.rels"):
            if element.get("Type", "").endswith("/officeDocument"):
                main = element["Target"].lstrip("/")
        folder, file = posixpath.split(main)
        found = {"workbook": main}
        for element in self._elements(f"{folder}/_rels/{file}.rels".lstrip("/")):
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
            found[element.get("Id", "")] = target.lstrip("/")
            found[element.get("Type", "").rpartition("/")[2]] = target.lstrip("/")
        return found

    def _sheets(self) -> list[Sheet]:
        found = []
        for element in self._elements(self._related["workbook"]):
            part = self._related.get(element.get("id", ""), "")
            if element.name == "sheet" and "worksheet" in part:
                visible = element.get("state", "visible") == "visible"
                found.append(Sheet(element.get("name", ""), part, visible))
        return found[:_MOST_SHEETS]

    def _read_styles(self) -> Styles:
        since_1904 = any(
            element.name == "workbookPr" and element.get("date1904") in ("1", "true")
            for element in self._elements(self._related["workbook"])
        )
        part = self._related.get("styles")
        return Styles.read(self._elements(part) if part else [], since_1904)


def _bound(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():  # of which zipfile reads no more than is said here
        ratio = entry.file_size / max(1, entry.compress_size)
        bomb = ratio > _HIGHEST_RATIO and entry.file_size > _HARMLESS_PART
        if bomb or entry.file_size > _LARGEST_PART:
            raise XMLRefused(f"its part {entry.filename[:60]!r} unpacks to far too much")


def choose(book: Workbook, options: Options) -> tuple[Sheet, list[str]]:
    """Choose the sheet: the named one, else the first whose header fits; name others that do."""
    visible = [sheet for sheet in book.sheets if sheet.visible] or book.sheets
    if options.sheet:
        return _named(book.sheets, options.sheet), []
    fitting = [sheet for sheet in visible if _fits(book, sheet, options)]
    if fitting:
        return fitting[0], [sheet.name for sheet in fitting[1:]]
    filled = next((sheet for sheet in visible if book.first(sheet)), None)
    if filled is None:
        raise ReadError("No sheet of the workbook holds a row.")
    return filled, []


def _fits(book: Workbook, sheet: Sheet, options: Options) -> bool:
    first = book.first(sheet)
    try:
        return first is not None and header(first.cells, options).useful
    except ReadError:
        return False


def _named(sheets: list[Sheet], wanted: str) -> Sheet:
    for sheet in sheets:
        if sheet.name.strip().casefold() == wanted.strip().casefold():
            return sheet
    if wanted.isdecimal() and 1 <= int(wanted) <= len(sheets):
        return sheets[int(wanted) - 1]
    names = ", ".join(repr(sheet.name) for sheet in sheets)
    raise ReadError(f"There is no sheet {wanted!r}; the sheets are {names or 'none'}.")
