"""Prepare fine-tuning data: check a file, or make checked JSON Lines of it.

    report = check(Source.file(path))
    with prepare(Source.file(path), output, options, split=Split(share=0.1)) as prepared:
        ...show prepared.report...
        paths = prepared.write()

Nothing here touches the network or waits for anything but the disk; it takes seconds for large
files, so callers on an event loop run it in a worker thread.
"""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.finetuning import texts, writing
from bot.finetuning.errors import DatasetError
from bot.finetuning.findings import Place, Problem
from bot.finetuning.options import Format, Options
from bot.finetuning.passing import Pass
from bot.finetuning.report import Report
from bot.finetuning.source import Source
from bot.finetuning.split import validation


@dataclass(frozen=True, slots=True)
class Split:
    """The share of examples for validation (0 for none), and the seed of the choice."""

    share: float = 0.0
    seed: int = 42


def check(source: Source, options: Options | None = None, against: Report | None = None) -> Report:
    """Check a source; `against` is the report of the other file, to find prompts in both."""
    passing = Pass(source, options or Options(), against)
    for _ in passing:
        continue
    if passing.report.form is Format.REINFORCEMENT and against is None:
        passing.report.findings.about_file([_no_validation()])
    return passing.report


def said(
    source: Source, options: Options | None = None
) -> Iterator[tuple[Place, str, tuple[str, ...]]]:
    """Go through what the kept examples say and show (text, pictures), as for moderation."""
    for example in Pass(source, options or Options()):
        yield example.place, texts.plain(example.values), texts.pictures(example.values)


def lines_of(source: Source, options: Options | None = None) -> tuple[Report, list[bytes]]:
    """Return the report and the checked lines of a source that fits into memory."""
    passing = Pass(source, options or Options())
    lines = [example.line for example in passing]
    return passing.report, lines


@dataclass(slots=True)
class Prepared:
    """Checked lines that wait to be put in their place: look at the report, then write.

    `counts` are the examples for training and for validation, `tokens` those billed in one epoch
    of training.
    """

    report: Report
    counts: tuple[int, int]
    tokens: int
    _overwrite: bool
    _parts: list[tuple[Path, BinaryIO, Path]] = field(repr=False)

    def write(self) -> list[Path]:
        """Put the files in their place and return them."""
        if not self.report.kept:
            raise DatasetError(f"No row of {self.report.name} can be used; nothing was written.")
        for _, _, path in self._parts:
            writing.free(path, self._overwrite)
        for part, stream, path in self._parts:
            writing.put(part, stream, path, self._overwrite)
        return [path for _, _, path in self._parts]


@contextmanager
def prepare(
    source: Source,
    output: Path,
    options: Options | None = None,
    *,
    split: Split | None = None,
    against: Report | None = None,
    overwrite: bool = False,
) -> Iterator[Prepared]:
    """Check a source and hold its lines ready; without `write()` nothing stays behind.

    Validation examples go beside the output, into NAME.validation.jsonl.
    """
    split = split or Split()
    second = output.with_name(f"{output.stem}.validation{output.suffix or '.jsonl'}")
    for path in (output, second) if split.share else (output,):
        _apart(source, path)
        writing.free(path, overwrite)
    with ExitStack() as opened:
        part, stream = opened.enter_context(writing.beside(output))
        passing = Pass(source, options or Options(), against)
        for example in passing:
            stream.write(example.line + b"\n")
        report = passing.report
        chosen = validation(report.examples, split.share, split.seed)
        parts = [(part, stream, output)]
        if any(chosen):
            parts = _divide(opened, part, stream, (output, second), chosen)
        report.findings.about_file(_about_split(report, split, against, any(chosen)))
        counts = (len(chosen) - sum(chosen), sum(chosen))
        yield Prepared(
            report,
            counts,
            sum(itertools.compress(report.examples.tokens, (not flag for flag in chosen))),
            overwrite,
            parts,
        )


def _apart(source: Source, path: Path) -> None:
    if isinstance(source.data, Path) and path.exists() and path.samefile(source.data):
        raise DatasetError(f"{path} is the input itself; name another file.")


def _divide(
    opened: ExitStack,
    spool: Path,
    stream: BinaryIO,
    outputs: tuple[Path, Path],
    chosen: bytearray,
) -> list[tuple[Path, BinaryIO, Path]]:
    """Deal the lines out into two files."""
    stream.flush()
    files = [(*opened.enter_context(writing.beside(path)), path) for path in outputs]
    with spool.open("rb") as lines:
        for flag, line in zip(chosen, lines, strict=True):
            files[flag][1].write(line)
    return files


def _about_split(
    report: Report, split: Split, against: Report | None, done: bool
) -> Iterator[Problem]:
    if split.share and not done and report.kept:
        text = "all examples share one prompt, so none could go to validation."
        yield Problem("unsplit", "", text, "add examples with other prompts.")
    if report.form is Format.REINFORCEMENT and not done and against is None:
        yield _no_validation()


def _no_validation() -> Problem:
    fix = "split with --validation-share, or prepare a second file."
    return Problem("no_validation", "", "no validation file.", fix)
