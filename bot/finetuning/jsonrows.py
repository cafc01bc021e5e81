"""Rows of JSON Lines, and of JSON: a list or a run of objects, read piece by piece.

A broken line never hides the others. In a JSON list, reading goes on at the next object that
begins like its neighbours. One object may hold all rows: in a list under a name of its own, or
column by column, as pandas writes them. Names count without case and outer spaces, as in a table's
header, and a person may say which field holds the prompt and which the answer.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TextIO

from bot.finetuning.encoding import Encoding
from bot.finetuning.findings import Place, Problem, Row
from bot.finetuning.jsontext import Broken, decoder, explain, parse
from bot.finetuning.options import Options
from bot.finetuning.table import FIELDS

LONGEST = 1 << 25
"""Characters of one example beyond which nobody can have meant it."""

_PIECE = 1 << 18
_INDENT = 200
_COMMENTS = ("#", "//", "/*")
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")

_FOLDED = frozenset(("prompt", "completion", "messages", "system"))

Values = Mapping[str, Any]


def is_list(sample: str) -> bool:
    """Tell a JSON list, or objects over several lines, from JSON Lines, by their beginning."""
    text = sample.lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return text.startswith("[")
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()][:2]
    first = parse(lines[0], decoder())
    if not isinstance(first, Broken):
        return False
    if first.position < len(lines[0]):  # an object, then a comma or the next one
        return lines[0][: first.position].endswith("}") and lines[0][first.position] in ",{"
    return len(lines) > 1 and not lines[1].startswith("{")


def lines(stream: TextIO, encoding: Encoding) -> Iterator[Row]:
    """Read one object a line."""
    reader = decoder()
    number = 0
    while line := stream.readline(LONGEST):
        number += 1
        place = Place(number, number)
        if len(line) >= LONGEST:
            while (rest := stream.readline(LONGEST)) and not rest.endswith(("\n", "\r")):
                continue
            yield _broken(place, "broken_json", "longer than 32 million characters.", "split it.")
        elif at := encoding.bad(line):
            yield _broken(place, "encoding", f"no {encoding.name} text at character {at}.")
        elif not line.strip("\ufeff \t\r\n"):
            yield _broken(place, "blank_row", "an empty line.", "remove it.")
        elif line.lstrip("\ufeff \t").startswith(_COMMENTS):
            yield _broken(
                place, "broken_json", "a comment, which JSON has not.", "remove the line."
            )
        else:
            yield _row(place, parse(line.strip("\ufeff \t\r\n"), reader))


def _broken(place: Place, code: str, text: str, fix: str = "") -> Row:
    fix = fix or "save the file as UTF-8, or name its encoding with --encoding."
    return Row(place, None, (Problem(code, "", text, fix),))


def _row(place: Place, value: Any | Broken) -> Row:
    if isinstance(value, Broken):
        return _broken(place, "broken_json", value.text, value.fix)
    if not isinstance(value, dict):
        return _broken(place, "wrong_shape", "not an object.", 'write {"prompt": ..., ...}.')
    return Row(place, value)


def listed(stream: TextIO, encoding: Encoding) -> Iterator[Row]:
    """Read a list or a run of objects, wherever their lines end."""
    window = _Window(stream)
    number = 0
    while window.seek():
        number += 1
        place = Place(window.line, number)
        text, value = window.take()
        if at := encoding.bad(text):
            yield _broken(place, "encoding", f"no {encoding.name} text after {at} characters.")
        else:
            yield _row(place, value)


class _Window:
    """The part of a JSON text that is being read; grows until a value fits, drops what was read."""

    def __init__(self, stream: TextIO) -> None:
        self.line = 1
        self._stream = stream
        self._decoder = decoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def seek(self) -> bool:
        """Go to the next value; tell whether there is one."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._move(found.end() if found else self._at)
            if self._at < len(self._text):
                return True
            if not self._grow():
                return False

    def take(self) -> tuple[str, Any | Broken]:
        """Read the value that begins here, with its text; after a broken one, go on behind it."""
        while True:
            start = self._at
            try:
                value, end = self._decoder.raw_decode(self._text, start)
                if end < len(self._text) or not self._grow():
                    self._move(end)
                    return self._text[start:end], value
            except (ValueError, RecursionError) as error:
                if not (self._unfinished(error) and self._grow()):
                    return self._give_up(error)

    def _unfinished(self, error: ValueError | RecursionError) -> bool:
        if not isinstance(error, json.JSONDecodeError) or len(self._text) - self._at > LONGEST:
            return False
        return error.pos >= len(self._text) - 16 or "Unterminated" in error.msg

    def _give_up(self, error: ValueError | RecursionError) -> tuple[str, Broken]:
        near = error.pos - self._at if isinstance(error, json.JSONDecodeError) else 1
        line = self.line + self._text.count("\n", self._at, self._at + near)
        next_value = self._pattern()
        while not (found := next_value.search(self._text, self._at + max(1, near))):
            near = max(1, len(self._text) - self._at - _PIECE)
            if near > LONGEST or not self._grow():
                break
        end = found.start() if found else len(self._text)
        text = self._text[self._at : end]
        self._move(end)
        broken = explain(error)
        return text, replace(broken, text=f"{broken.text.rstrip('.')} (in line {line}).")

    def _pattern(self) -> re.Pattern[str]:
        """Describe where the next value begins: in a line like this one's, else after a }."""
        begin = self._text.rfind("\n", 0, self._at) + 1
        indent = self._text[begin : self._at]
        if begin and not indent.strip():
            return re.compile(rf"(?<=\n){indent}\{{")
        return re.compile(r"(?<=\})\s*,?\s*(?=\{)")

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _grow(self) -> bool:
        """Read on, at least doubling what is unread; tell whether there was more."""
        if self._ended:
            return False
        kept = self._text.rfind("\n", max(0, self._at - _INDENT), self._at)
        kept = self._at if kept < 0 else kept
        unread = len(self._text) - self._at
        piece = self._stream.read(max(_PIECE, unread))
        self._ended = not piece
        self._text, self._at = self._text[kept:] + piece, self._at - kept
        return bool(piece)


def named(rows: Iterable[Row], options: Options) -> Iterator[Row]:
    """Give the fields of each row the names that we know."""
    chosen = {wanted.casefold(): field for field, wanted in options.named.items()}
    for row in rows:
        if row.values is None or (not chosen and not row.values.keys().isdisjoint(FIELDS)):
            yield row
        else:
            yield replace(row, values=_renamed(row.values, chosen))


def _renamed(values: Values, chosen: Mapping[str, str]) -> Values:
    made: dict[str, Any] = {}
    for name, value in values.items():
        folded = name.strip().casefold()
        field = chosen.get(folded) or (folded if folded in _FOLDED else name)
        if field in chosen.values() and folded not in chosen:
            field = f"({name})"
        made[name if field in made else field] = value
    return made


def spread(rows: Iterable[Row]) -> Iterator[Row]:
    """Go through rows; an object that holds many comes as these, counted on."""
    more = 0
    for row in rows:
        held = _held(row.values) if row.values else None
        if held is None:
            yield _counted(row, more)
            continue
        for at, values in enumerate(held):
            yield replace(_counted(row, more + at), values=values)
        more += len(held) - 1


def _counted(row: Row, more: int) -> Row:
    place = row.place
    return replace(row, place=Place(place.line, place.row + more)) if more else row


def _held(values: Values) -> list[Values] | None:
    """Return the rows that an object holds, if it holds nothing else to train with."""
    columns = {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    if {"prompt", "completion"} <= columns.keys():
        lists = [column for column in columns.values() if isinstance(column, list)]
        if len(lists) == len(columns) and len({len(one) for one in lists}) == 1:
            return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
        return None
    if not values.keys().isdisjoint(FIELDS):
        return None
    lists = [value for value in values.values() if isinstance(value, list) and value]
    if len(lists) == 1 and all(isinstance(one, dict) for one in lists[0]):
        held = lists[0]
        return held if any(not one.keys().isdisjoint(FIELDS) for one in held[:20]) else None
    return None
