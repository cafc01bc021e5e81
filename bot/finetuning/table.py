"""From records of a table to rows: header, columns, cells that hold JSON.

Names in the header count without case and outer spaces. A column may be called what it likes if
the person says which one holds the prompt and which the answer.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.finetuning.delimited import Record
from bot.finetuning.findings import Problem, Row, clip
from bot.finetuning.jsontext import Broken, decoder, parse
from bot.finetuning.options import Options
from bot.finetuning.source import ReadError

JSON_FIELDS = frozenset(
    ("messages", "tools", "functions", "input", "preferred_output", "non_preferred_output")
)
FIELDS = JSON_FIELDS | {
    "prompt",
    "completion",
    "system",
    "parallel_tool_calls",
    "chosen",
    "rejected",
}
MOST_COLUMNS = 16_384  # that spreadsheets have
_PLAIN = frozenset(("preferred_output", "non_preferred_output", "input"))


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that holds no text: its code, what is wrong, and the text to go on with, if any."""

    code: str
    text: str
    fix: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a table by position, and the letters of their columns."""

    names: tuple[str, ...]
    columns: dict[str, str]

    @property
    def plain(self) -> bool:
        """Tell whether no cell holds JSON."""
        return JSON_FIELDS.isdisjoint(self.names) and "parallel_tool_calls" not in self.names

    @property
    def useful(self) -> bool:
        """Tell whether rows under this header can become examples."""
        names = set(self.names)
        return (
            {"prompt", "completion"} <= names
            or "messages" in names
            or {"preferred_output", "non_preferred_output"} <= names
            or {"prompt", "chosen", "rejected"} <= names
        )


def header(cells: Sequence[object], options: Options) -> Header:
    """Read the header, with the columns that a person named in their roles."""
    if len(cells) > MOST_COLUMNS:
        raise ReadError(
            f"It has {len(cells):,} columns, where {MOST_COLUMNS:,} are the most; is the delimiter "
            "right?"
        )
    raw = tuple(str(cell).lstrip("\ufeff").strip() for cell in cells)
    names = list(raw)
    for field, wanted in options.named.items():
        names = _renamed(names, raw, field, wanted)
    made = tuple(
        name.casefold() if name.casefold() in FIELDS else name or _unnamed(at)
        for at, name in enumerate(names)
    )
    for field in FIELDS:
        if made.count(field) > 1:
            raise ReadError(f"Two columns are called {field!r}; rename or remove one.")
    return Header(made, {name: letter(at) for at, name in enumerate(made)})


def _renamed(names: list[str], raw: Sequence[str], field: str, wanted: str) -> list[str]:
    folded = [name.casefold() for name in raw]
    if wanted.casefold() not in folded:
        raise ReadError(f"There is no column {wanted!r}; the columns are {_listed(raw)}.")
    chosen = folded.index(wanted.casefold())
    names = [f"({name})" if name.casefold() == field else name for name in names]
    names[chosen] = field
    return names


def _listed(names: Iterable[str]) -> str:
    shown = [repr(clip(name, 40)) for name in names][:12]
    return ", ".join(shown) or "none"


def require(found: Header) -> Header:
    """Return the header if rows under it can become examples; say what is missing else."""
    if found.useful or "prompt" in found.names:
        return found
    raise ReadError(
        f"The columns are {_listed(found.names)}. Needed are prompt and completion (or messages): "
        "name yours with --prompt-column and --completion-column."
    )


def letter(position: int) -> str:
    """Return the spreadsheet's name of a column, counted from 0."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def _unnamed(position: int) -> str:
    return f"(column {letter(position)})"


def rows(records: Iterable[Record], options: Options) -> Iterator[Row]:
    """Make rows of records; the first that is not empty is the header."""
    found: Header | None = None
    reader = decoder()
    for record in records:
        if record.problem:
            yield Row(record.place, None, (record.problem,))
        elif not any(record.cells):
            fix = Problem("blank_row", "", "an empty row.", "remove it.")
            yield Row(record.place, None, (fix,))
        elif found is None:
            found = require(header(record.cells, options))
            plain = found.plain and not record.place.sheet
        elif plain and len(record.cells) == len(found.names):
            values = dict(zip(found.names, record.cells, strict=True))
            yield Row(record.place, values, (), found.columns)
        else:
            yield _row(record, found, reader)


def _row(record: Record, found: Header, reader: json.JSONDecoder) -> Row:
    cells, width = record.cells, len(found.names)
    beyond = any(cells[width:]) and not record.place.sheet
    if beyond or not FIELDS.isdisjoint(found.names[len(cells) :]):
        return Row(record.place, None, (_uneven(len(cells), width),))
    values: dict[str, Any] = {_unnamed(at): cells[at] for at in range(width, len(cells))}
    problems: list[Problem] = []
    for name, cell in zip(found.names, cells, strict=False):
        if isinstance(cell, BadCell):
            if name in FIELDS:
                problems.append(Problem(cell.code, name, cell.text, cell.fix))
            cell = cell.value
        if name in JSON_FIELDS or name == "parallel_tool_calls":
            cell = _json_cell(name, cell, reader, problems)
            if cell == "":
                continue
        values[name] = cell
    return Row(record.place, values, tuple(problems), found.columns)


def _uneven(found: int, needed: int) -> Problem:
    return Problem(
        "broken_row",
        "",
        f"{found} columns where the header has {needed}.",
        "put quotes around cells that hold the delimiter or a line break.",
    )


def _json_cell(
    name: str, cell: object, reader: json.JSONDecoder, problems: list[Problem]
) -> object:
    text = str(cell).strip()
    if not text or (name in _PLAIN and text[0] not in "[{"):
        return cell if text else ""
    value = parse(text, reader)
    if isinstance(value, Broken):
        problems.append(Problem("broken_json", name, value.text, value.fix))
        return None
    return value
