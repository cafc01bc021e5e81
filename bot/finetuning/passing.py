"""One pass over a dataset: each row read, made an example, mended if asked, checked, counted.

Rows stream through; what stays in memory is a few numbers a row (hashes, for duplicates, for
leaks and for the split). Every row ends as kept or is named in a finding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.finetuning import examples, marks, rows, texts, tokens
from bot.finetuning.checks import check
from bot.finetuning.codes import Severity
from bot.finetuning.findings import Finding, Place, Problem, Row
from bot.finetuning.jsontext import dump
from bot.finetuning.options import Format, Options
from bot.finetuning.repairs import repair
from bot.finetuning.report import Report
from bot.finetuning.source import Source

_FEWEST = 10
_HELPFUL = 50


@dataclass(frozen=True, slots=True)
class Example:
    """An example: where it stood, its values, its line of the file to write, its tokens.

    Equal examples have the same `identity`, equal prompts (but for case and spaces) the same
    `prompt`.
    """

    place: Place
    values: Mapping[str, Any]
    line: bytes
    tokens: int
    identity: int
    prompt: int


class Pass:
    """A pass over one source; iterate to its end, then the report is complete."""

    def __init__(self, source: Source, options: Options, against: Report | None = None) -> None:
        self.report = Report(source.name, form=options.format)
        self._source = source
        self._options = options
        self._elsewhere = against.prompts if against else {}
        self._seen: dict[int, int] = {}
        self._in_common: marks.InCommon | None = None

    def __iter__(self) -> Iterator[Example]:
        """Go through the examples that are kept."""
        report, options = self.report, self._options
        with rows.read(self._source, options, report) as found:
            for row in found:
                report.rows += 1
                example = self._take(row)
                if example:
                    report.kept += 1
                    yield example
        report.findings.about_file(self._about_file())

    def _take(self, row: Row) -> Example | None:
        problems = list(row.problems)
        readable = row.values is not None and not self._unfit(problems)
        made = self._make(row, problems) if readable else None
        if row.place.row in self._options.without:
            fix = "nothing, it was asked for."
            problems.append(Problem("unwanted", "", "left out as asked.", fix))
        example = None
        if made and made.example is not None and not self._unfit(problems):
            example = self._examine(row.place, made, problems)
        if self._unfit(problems):
            example = None
        for problem in problems:
            self.report.findings.add(_placed(row, problem))
        if example and made:
            self._count(row, example, made)
        return example

    def _make(self, row: Row, problems: list[Problem]) -> examples.Made:
        values = row.values or {}
        if self.report.form is None:
            self.report.form = examples.format_of(values)
        form, options = self.report.form, self._options
        made = examples.make(values, form, options, table=row.columns is not None)
        problems += made.problems
        if made.pair is not None:
            problems += check(made.pair, Format.COMPLETION)
        elif made.example is not None:
            mended, repairs = repair(made.example, form)
            problems += check(mended, form)
            if options.fix:
                made.example = mended
                made.fixes += repairs
            else:
                problems += repairs
        return made

    def _unfit(self, problems: list[Problem]) -> bool:
        return bool(problems) and any(
            problem.severity is Severity.ERROR or problem.code in self._options.leave_out
            for problem in problems
        )

    def _examine(
        self, place: Place, made: examples.Made, problems: list[Problem]
    ) -> Example | None:
        """Write the example as a line, and compare it with the ones before."""
        values = made.example or {}
        try:
            line = dump(values).encode()
        except UnicodeEncodeError:
            fix = "write the whole character, or remove it."
            problems.append(Problem("broken_text", "", "half a character.", fix))
            return None
        except (ValueError, RecursionError):
            fix = "write it as a text."
            problems.append(Problem("broken_json", "", "a number that JSON cannot hold.", fix))
            return None
        identity = texts.identity(values)
        asked = texts.asked(made.pair or values).replace(" ", "").strip().casefold()
        prompt = hash(asked) if asked else identity
        example = Example(place, values, line, tokens.of_example(values), identity, prompt)
        problems += self._compare(example)
        return example

    def _compare(self, example: Example) -> Iterator[Problem]:
        earlier = self._seen.get(example.identity)
        alike = self.report.prompts.get(example.prompt)
        if earlier is not None:
            text = f"the same as line {earlier}."
            yield Problem("duplicate", "", text, "remove it (--leave-out duplicate).")
        elif alike is not None:
            text = f"the prompt of line {alike} with another answer."
            yield Problem("conflict", "", text, "keep both only if both are right.")
        elsewhere = self._elsewhere.get(example.prompt)
        if elsewhere is not None:
            text = f"its prompt stands in line {elsewhere} of the other file."
            yield Problem("leak", "", text, "remove it (--leave-out leak).")
        if example.tokens > self._options.limit:
            text = f"about {example.tokens:,} tokens where {self._options.limit:,} are trained."
            yield Problem("too_long", "", text, "shorten it, or --leave-out too_long.")

    def _count(self, row: Row, example: Example, made: examples.Made) -> None:
        report = self.report
        billed = min(example.tokens, self._options.limit)
        report.tokens += billed
        report.longest = max(report.longest, example.tokens)
        report.fixed += bool(made.fixes)
        for problem in made.fixes:
            report.fixes.add(_placed(row, replace(problem, fix="")))
        self._seen.setdefault(example.identity, example.place.line)
        report.prompts.setdefault(example.prompt, example.place.line)
        answer = hash(texts.answer(made.pair or example.values))
        report.examples.add(example.prompt, answer, billed)
        if made.pair and report.form:
            self._in_common = self._in_common or marks.InCommon(report.form)
            self._in_common.see(made.pair["prompt"], made.pair["completion"])

    def _about_file(self) -> Iterator[Problem]:
        options, kept = self._options, self.report.kept
        if self._in_common:
            yield from self._in_common.problems(options.separator, options.stop)
        if 0 < kept < _HELPFUL:
            needed = "the service takes 10 or more" if kept < _FEWEST else "50 and more help"
            text = f"{kept} example{'s' * (kept != 1)}; {needed}."
            yield Problem("too_few", "", text, "collect more examples.")


def _placed(row: Row, problem: Problem) -> Finding:
    root = problem.field.split(".")[0].split("[")[0]
    return Finding(row.place, problem, (row.columns or {}).get(root, ""))
