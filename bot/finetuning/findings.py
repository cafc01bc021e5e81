"""What was found in a dataset: where, in which field, what is wrong, and how to mend it.

A check that knows only the example makes a `Problem`; with its place it is a `Finding`. Files
may have a million rows with the same problem, so `Findings` keeps the first of each code whole
and of the others only the line.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.finetuning.codes import SEVERITIES, Severity

SHOWN = 20
LISTED = 1_000_000


def visible(text: str) -> str:
    """Write a text of a stranger so that it does nothing to a terminal but be read."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def clip(text: str, most: int) -> str:
    """Cut a text that is longer than a line should be."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: line of the file (or row of the sheet), and count among the rows.

    Both count from 1; 0 means the whole file.
    """

    line: int = 0
    row: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A text before and after a fix."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, how to mend it, and the change that would mend it.

    Of a fix that was made only the change is left to tell; `fix` is empty then.
    """

    code: str
    field: str
    text: str
    fix: str
    change: Change | None = None

    @property
    def severity(self) -> Severity:
        """Say how grave it is."""
        return SEVERITIES[self.code]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at its place; `column` is the spreadsheet's letter where there is one."""

    place: Place
    problem: Problem
    column: str = ""

    @property
    def sentence(self) -> str:
        """Say where, in which field, what and how to mend it, in one line."""
        problem = self.problem
        where = _where(self.place, self.column)
        what = f"{clip(problem.field, 80)}: " if problem.field else ""
        fix = f" Fix: {problem.fix}" if problem.fix else ""
        return visible(f"{where}{what}{clip(problem.text, 300)}{clip(fix, 300)}")


def _where(place: Place, column: str) -> str:
    if not place.line:
        return ""
    if place.sheet:
        return f"sheet {place.sheet}, row {place.line}{f', column {column}' if column else ''}: "
    row = f" (row {place.row})" if place.row not in (0, place.line) else ""
    return f"line {place.line}{row}: "


@dataclass(slots=True)
class Tally:
    """All findings of one code: their count, the first ones whole, the lines of a million."""

    code: str
    count: int = 0
    shown: list[Finding] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def severity(self) -> Severity:
        """Say how grave these findings are."""
        return SEVERITIES[self.code]

    def add(self, finding: Finding) -> None:
        """Take a finding in."""
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(finding)
        if len(self.lines) < LISTED:
            self.lines.append(finding.place.line)


class Findings:
    """Collects findings by code in little memory."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    def add(self, finding: Finding) -> None:
        """Take a finding in."""
        code = finding.problem.code
        if code not in self._tallies:
            self._tallies[code] = Tally(code)
        self._tallies[code].add(finding)

    def about_file(self, problems: Iterable[Problem]) -> None:
        """Take in what concerns the whole file."""
        for problem in problems:
            self.add(Finding(Place(), problem))

    def __iter__(self) -> Iterator[Tally]:
        """Go through the tallies, the gravest first, else in order of appearance."""
        order = list(Severity)
        return iter(sorted(self._tallies.values(), key=lambda tally: order.index(tally.severity)))

    def __getitem__(self, code: str) -> Tally:
        """Return the tally of a code, empty if nothing of the kind was found."""
        return self._tallies.get(code) or Tally(code)


@dataclass(frozen=True, slots=True)
class Row:
    """Values by field name, and the problems that the reader met in this row.

    A row that could not be read at all has no values (`values` is None) but a problem that says
    why, so that it is named and counted. `columns` are the spreadsheet's letters of the fields.
    """

    place: Place
    values: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()
    columns: Mapping[str, str] | None = None
