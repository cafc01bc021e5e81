"""Records of CSV and TSV: the delimiter is sniffed, a stray quote spoils its own row only.

A quote that is never closed swallows the rest of a file, and one that closes at a later row's
quote glues rows together. So records are read strictly; one that cannot be, or that covers
several lines and does not fit the header, is reported as its first line alone, and reading goes
on at the line after it.
"""

import csv
import io
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from bot.finetuning.encoding import Encoding
from bot.finetuning.findings import Place, Problem

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 8_000_000

_LONGEST_RECORD = 10_000
_AFTER_MANY_STRAYS = 20
_SAMPLE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, or why there are none."""

    place: Place
    cells: Sequence[object]
    problem: Problem | None = None


def directive(sample: str) -> str | None:
    """Return the delimiter of a first line `sep=;`, which Excel writes and obeys."""
    first = sample[:16].lstrip("\ufeff").splitlines()[:1]
    if first and first[0].lower().startswith("sep=") and len(first[0]) == 5:
        return first[0][4]
    return None


def sniff(sample: str, names: frozenset[str]) -> str:
    """Return the delimiter: the one that finds the most known names, then the evenest rows."""
    return directive(sample) or max(DELIMITERS, key=lambda mark: _fitness(sample, mark, names))


def _fitness(sample: str, delimiter: str, names: frozenset[str]) -> tuple[int, float, int]:
    lines = itertools.islice(io.StringIO(sample, newline=""), _SAMPLE_ROWS * 4)
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0.0, 0)
    if not rows:
        return (0, 0.0, 0)
    known = len(names.intersection(name.strip().casefold() for name in rows[0]))
    body = rows[1:_SAMPLE_ROWS] or rows
    even = sum(len(row) == len(rows[0]) for row in body) / len(body)
    return (known, even if len(rows[0]) > 1 or known else 0.0, min(len(rows[0]), 50))


def records(stream: TextIO, delimiter: str, encoding: Encoding) -> Iterator[Record]:
    """Read record after record; the first one that is not empty sets the width."""
    # The limit is the csv module's own and only ever raised: its default refuses long cells.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = number = 0
    while True:
        lines.begin()
        place = Place(lines.number + 1, number)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(place, (), _stray(str(error)))
            lines.retry()
        else:
            if lines.several and width and len(cells) != width:
                yield Record(place, (), _stray("a quote that closes rows later"))
                lines.retry()
            else:
                width = width or len(cells)
                yield Record(place, cells, _undecodable(lines.text, encoding))
        number += 1


def _stray(reason: str) -> Problem:
    said = {
        "unexpected end of data": "a quote opens a cell and is never closed",
        "field larger than field limit": "a cell is longer than 8 million characters",
    }
    text = next((text for sign, text in said.items() if reason.startswith(sign)), reason)
    if "expected after" in reason:
        text = "text stands after the quote that closes a cell"
    fix = 'write " inside a cell as "" and put quotes around the whole cell.'
    return Problem("broken_row", "", f"{text}; the line was left out.", fix)


def _undecodable(text: str, encoding: Encoding) -> Problem | None:
    at = encoding.bad(text)
    if not at:
        return None
    fix = "save the file as UTF-8, or name its encoding with --encoding."
    return Problem("encoding", "", f"no {encoding.name} text at character {at}.", fix)


class _Lines:
    """Hands lines to the csv module, remembers those of a record, and takes them back."""

    def __init__(self, stream: TextIO) -> None:
        self.number = 0
        self._stream = stream
        self._record: list[str] = []
        self._again: deque[str] = deque()
        self._strays = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        limit = _LONGEST_RECORD if self._strays < _AFTER_MANY_STRAYS else 100
        if len(self._record) >= limit:
            raise csv.Error(f"a quote opens a cell and is not closed within {limit} lines")
        line = self._again.popleft() if self._again else self._stream.readline(LONGEST_CELL)
        if not line:
            raise StopIteration
        self.number += 1
        self._record.append(line)
        return line

    @property
    def several(self) -> bool:
        """Tell whether the record covers several lines."""
        return len(self._record) > 1

    @property
    def text(self) -> str:
        """Return the record as it stands in the file."""
        return "".join(self._record)

    def begin(self) -> None:
        """Forget the last record."""
        self._record.clear()

    def retry(self) -> None:
        """Let all lines of the record but the first come again."""
        rest = self._record[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        self._strays += 1
