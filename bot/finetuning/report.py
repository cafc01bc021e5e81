"""What came of a dataset, in figures and findings, and the plain lines that people read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.finetuning.codes import MEANINGS, Severity
from bot.finetuning.findings import Change, Findings, Tally, visible
from bot.finetuning.options import Format
from bot.finetuning.split import Examples

_SHOWN = 5
_AROUND = 30
_LONGEST = 100
_SPANS = 12  # of line numbers
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(slots=True)
class Report:
    """The state of a dataset after a pass; every row is kept, or named in a finding.

    `tokens` are those billed in one epoch: of each example no more than the training context.
    `fixes` are the changes made, `findings` what is still so.
    """

    name: str
    kind: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    form: Format | None = None
    rows: int = 0
    kept: int = 0
    fixed: int = 0
    tokens: int = 0
    longest: int = 0
    findings: Findings = field(default_factory=Findings)
    fixes: Findings = field(default_factory=Findings)
    examples: Examples = field(default_factory=Examples)
    prompts: dict[int, int] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Count the rows that are not kept."""
        return self.rows - self.kept

    @property
    def errors(self) -> int:
        """Count the findings that keep rows out."""
        return sum(one.count for one in self.findings if one.severity is Severity.ERROR)

    @property
    def read_as(self) -> str:
        """Say how the file was read."""
        marks = _DELIMITER_NAMES.get(self.delimiter, repr(self.delimiter))
        parts = [
            self.kind.upper(),
            f"sheet {self.sheet}" if self.sheet else "",
            self.encoding,
            f"{marks} between columns" if self.delimiter else "",
            f"for {self.form.value}" if self.form else "",
        ]
        return ", ".join(part for part in parts if part)


def lines(report: Report, shown: int = _SHOWN) -> Iterator[str]:
    """Write a report as plain lines: figures, findings by gravity, fixes as a diff."""
    yield visible(f"{report.name}: {report.read_as}")
    fixed = f", {report.fixed:,} changed" if report.fixed else ""
    yield (
        f"{report.rows:,} rows: {report.kept:,} kept{fixed}, {report.left_out:,} left out; "
        f"about {report.tokens:,} tokens, the longest example {report.longest:,}"
    )
    for tally in report.findings:
        yield from _tally(tally, tally.severity.value, shown)
    for tally in report.fixes:
        yield from _tally(tally, "changed", shown)


def _tally(tally: Tally, word: str, shown: int) -> Iterator[str]:
    times = f" ({tally.count:,} times)" if tally.count > 1 else ""
    yield f"{word} {tally.code}{times}: {MEANINGS[tally.code]}"
    whole = tally.shown[:shown]
    for finding in whole:
        yield f"  {finding.sentence}"
        if finding.problem.change:
            yield from (f"    {line}" for line in diff(finding.problem.change))
    if more := [line for line in tally.lines[len(whole) :] if line]:
        yield f"  also at {_ranges(more)}"


def diff(change: Change) -> Iterator[str]:
    """Show a change as two lines, cut down to the surroundings of the difference."""
    before, after = change.before, change.after
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    begin = max(0, start - _AROUND)
    for sign, text in (("-", before), ("+", after)):
        if text:
            cut = visible(text[begin : begin + _LONGEST])
            rest = "…" if len(text) > begin + _LONGEST else ""
            yield f"{sign} {'…' if begin else ''}{cut}{rest}"


def _ranges(numbers: list[int]) -> str:
    """Write line numbers as ranges, no more than a few."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number in (spans[-1][1], spans[-1][1] + 1):
            spans[-1][1] = number
        elif len(spans) > _SPANS:
            break
        else:
            spans.append([number, number])
    words = [str(low) if low == high else f"{low}-{high}" for low, high in spans[:_SPANS]]
    return f"lines {', '.join(words)}{' and more' if len(spans) > _SPANS else ''}"
