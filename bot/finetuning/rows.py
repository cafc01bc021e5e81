"""Rows of any file: the kind is told from content first, then from the name's ending.

What the reading decided (kind, encoding, delimiter, sheet) is noted in the report, so that people
can see it and choose otherwise.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from bot.finetuning import delimited, encoding, jsonrows, spreadsheet, table
from bot.finetuning.encoding import Encoding
from bot.finetuning.findings import Place, Problem, Row
from bot.finetuning.options import Options
from bot.finetuning.report import Report
from bot.finetuning.source import ReadError, Source

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_GZIP = b"\x1f\x8b"
_TABLES = ("csv", "tsv", "tab")
_OBJECTS = re.compile(r'\{\s*"[^"\\]*"\s*:|\[\s*\{\s*"')


@contextmanager
def read(source: Source, options: Options, report: Report) -> Iterator[Iterator[Row]]:
    """Open a source and note how it is read."""
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
            yield _workbook(book, options, report)
    else:
        found = encoding.named(options.encoding) if options.encoding else encoding.sniff(source)
        report.encoding = found.name
        if found.guess:
            report.findings.about_file([_guessed(found)])
        try:
            with found.open(source) as stream:
                yield _text(source, found, stream, options, report)
        except UnicodeError as error:
            raise ReadError(
                f"{source.name} is no {found.name} text; name its encoding with --encoding."
            ) from error


def _workbook(book: spreadsheet.Workbook, options: Options, report: Report) -> Iterator[Row]:
    sheet, others = spreadsheet.choose(book, options)
    report.kind, report.sheet = "xlsx", sheet.name
    if others:
        fitting = ", ".join(map(repr, others))
        text = f"sheet {sheet.name!r} is read; {fitting} would fit as well."
        fix = "choose one with --sheet."
        report.findings.about_file([Problem("several_sheets", "", text, fix)])
    return table.rows(book.records(sheet), options)


def _text(
    source: Source, found: Encoding, stream: TextIO, options: Options, report: Report
) -> Iterator[Row]:
    sample = found.sample(source)
    kind = report.kind = _kind(source.ending, sample, options)
    if kind in ("json", "jsonl"):
        read_rows = jsonrows.lines if kind == "jsonl" else jsonrows.listed
        return jsonrows.named(jsonrows.spread(read_rows(stream, found)), options)
    if kind == "txt":
        return _answers(stream, found)
    mark = report.delimiter = options.delimiter or delimited.sniff(sample, _names(options))
    if len(mark) != 1 or mark in '"\r\n':
        raise ReadError(f"{mark!r} cannot separate columns; take one sign, such as ; or a tab.")
    if delimited.directive(sample):
        stream.readline()
    return table.rows(delimited.records(stream, mark, found), options)


def _kind(ending: str, sample: str, options: Options) -> str:
    text = sample.lstrip("\ufeff \t\r\n")
    if _OBJECTS.match(text) or (text.startswith(("{", "[")) and ending not in _TABLES):
        return "json" if jsonrows.is_list(sample) else "jsonl"
    if ending in _TABLES or _headed(text, options):
        return "tsv" if ending in ("tsv", "tab") else "csv"
    if ending in ("json", "jsonl", "ndjson"):
        return "jsonl"
    return "txt" if ending in ("txt", "text", "") else "csv"


def _headed(text: str, options: Options) -> bool:
    """Tell whether a text without a telling name begins with the header of a table."""
    first = text.splitlines()[0] if text else ""
    wanted = _names(options) - {"input", "system", "tools", "functions"}
    return any(
        len(wanted.intersection(name.strip('" ').casefold() for name in first.split(mark))) > 1
        for mark in delimited.DELIMITERS
    )


def _names(options: Options) -> frozenset[str]:
    return table.FIELDS | {name.casefold() for name in options.named.values()}


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
