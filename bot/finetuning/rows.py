"""Rows of any file: the kind is told from content first, then from the name's ending.

What the reading decided (kind, encoding, delimiter, sheet) stands in `Input`, so that people can
see it and choose otherwise.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from bot.finetuning import delimited, encoding, jsonnames, jsonrows, spreadsheet, table
from bot.finetuning.encoding import Encoding
from bot.finetuning.errors import ReadError
from bot.finetuning.findings import Place, Problem
from bot.finetuning.options import Reading
from bot.finetuning.row import Row
from bot.finetuning.source import Source

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_GZIP = b"\x1f\x8b"
_TABLES = ("csv", "tsv", "tab")
_OBJECTS = re.compile(r'\{\s*"[^"\\]*"\s*:|\[\s*\{\s*"')


@dataclass(frozen=True, slots=True)
class Input:
    """An opened input: what it was taken for, what is to be said about it, and its rows."""

    kind: str
    rows: Iterator[Row]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    problems: tuple[Problem, ...] = ()


@contextmanager
def read(source: Source, reading: Reading) -> Iterator[Input]:
    """Open a source and tell how it is read."""
    with source.open() as stream:
        start = stream.read(8)
    if start.startswith(_OLD_OFFICE):
        raise ReadError(
            f"{source.name} is an old .xls or has a password; save it as .xlsx or CSV without one."
        )
    if start.startswith(_GZIP):
        raise ReadError(f"{source.name} is compressed; unpack it first.")
    if start.startswith(_ZIP):
        with spreadsheet.Workbook(source) as book:
            yield _workbook(book, reading)
    else:
        found = encoding.named(reading.encoding) if reading.encoding else encoding.sniff(source)
        try:
            with found.open(source) as stream:
                yield _text(source, found, stream, reading)
        except UnicodeError as error:
            raise ReadError(
                f"{source.name} is no {found.name} text; name its encoding with --encoding."
            ) from error


def _workbook(book: spreadsheet.Workbook, reading: Reading) -> Input:
    sheet, others = spreadsheet.choose(book, reading)
    said = Problem(
        "several_sheets",
        "",
        f"sheet {sheet.name!r} is read; {', '.join(map(repr, others))} would fit as well.",
        "choose one with --sheet.",
    )
    rows = table.rows(book.records(sheet), reading)
    return Input("xlsx", rows, sheet=sheet.name, problems=(said,) if others else ())


def _text(source: Source, found: Encoding, stream: TextIO, reading: Reading) -> Input:
    sample = found.sample(source)
    kind = _kind(source.ending, sample, reading)
    problems = (_guessed(found),) if found.guess else ()
    if kind in ("json", "jsonl"):
        read_rows = jsonrows.lines if kind == "jsonl" else jsonrows.listed
        rows = jsonnames.named(jsonnames.spread(read_rows(stream, found)), reading)
        return Input(kind, rows, found.name, problems=problems)
    if kind == "txt":
        return Input(kind, _answers(stream, found), found.name, problems=problems)
    mark = reading.delimiter or delimited.sniff(sample, _names(reading))
    if len(mark) != 1 or mark in '"\r\n':
        raise ReadError(f"{mark!r} cannot separate columns; take one sign, such as ; or a tab.")
    if delimited.directive(sample):
        stream.readline()
    rows = table.rows(delimited.records(stream, mark, found), reading)
    return Input(kind, rows, found.name, mark, problems=problems)


def _kind(ending: str, sample: str, reading: Reading) -> str:
    text = sample.lstrip("\ufeff \t\r\n")
    if _OBJECTS.match(text) or (text.startswith(("{", "[")) and ending not in _TABLES):
        return "json" if jsonrows.is_list(sample) else "jsonl"
    if ending in _TABLES or _headed(text, reading):
        return "tsv" if ending in ("tsv", "tab") else "csv"
    if ending in ("json", "jsonl", "ndjson"):
        return "jsonl"
    return "txt" if ending in ("txt", "text", "") else "csv"


def _headed(text: str, reading: Reading) -> bool:
    """Tell whether a text without a telling name begins with the header of a table."""
    first = text.splitlines()[0] if text else ""
    wanted = _names(reading) - {"input", "system", "tools", "functions"}
    return any(
        len(wanted.intersection(name.strip('" ').casefold() for name in first.split(mark))) > 1
        for mark in delimited.DELIMITERS
    )


def _names(reading: Reading) -> frozenset[str]:
    return table.FIELDS | {name.casefold() for name in reading.named.values()}


def _guessed(found: Encoding) -> Problem:
    return Problem(
        "encoding_guess",
        "",
        f"the file is not UTF-8 and was read as {found.name}: {found.guess}.",
        "if these words look wrong, name the encoding with --encoding.",
    )


def _answers(stream: TextIO, found: Encoding) -> Iterator[Row]:
    """Take every line of a plain text as an answer without a prompt."""
    number = 0
    while line := stream.readline(jsonrows.LONGEST):
        number += 1
        place = Place(number, number)
        text = line.rstrip("\r\n")
        if at := found.bad(text):
            problem = Problem("encoding", "", f"no text at character {at}.", "name its encoding.")
            yield Row(place, None, (problem,))
        elif not text.strip("\ufeff"):
            yield Row(place, None, (Problem("blank_row", "", "an empty line.", "remove it."),))
        else:
            yield Row(place, {"prompt": "", "completion": text})
