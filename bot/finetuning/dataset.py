"""Prepare fine-tuning data: check a file, or make checked JSON Lines of it.

    report = check(Source.file(path))
    with prepare(Source.file(path), output, Options(validation_share=0.1)) as prepared:
        ...show prepared.report...
        paths = prepared.write()

Files are whole or not there: they are written beside their place first, then renamed. Nothing here
touches the network or waits for anything but the disk; it takes seconds for large
files, so callers on an event loop run it in a worker thread.
"""

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.finetuning import texts
from bot.finetuning.findings import Place, Problem
from bot.finetuning.options import Format, Options
from bot.finetuning.passing import Pass
from bot.finetuning.report import Report
from bot.finetuning.source import DatasetError, Source
from bot.finetuning.split import validation

_USUAL = Options()


def check(source: Source, options: Options = _USUAL, against: Report | None = None) -> Report:
    """Check a source; `against` is the report of the other file, to find prompts in both."""
    passing = Pass(source, options, against)
    for _ in passing:
        continue
    if passing.report.form is Format.REINFORCEMENT and against is None:
        passing.report.findings.about_file([_no_validation()])
    return passing.report


def said(source: Source, options: Options = _USUAL) -> Iterator[tuple[Place, str, tuple[str, ...]]]:
    """Go through what the kept examples say and show (text, pictures), as for moderation."""
    for example in Pass(source, options):
        yield example.place, texts.plain(example.values), texts.pictures(example.values)


def lines_of(source: Source, options: Options = _USUAL) -> tuple[Report, list[bytes]]:
    """Return the report and the checked lines of a source that fits into memory."""
    passing = Pass(source, options)
    lines = [example.line for example in passing]
    return passing.report, lines


@dataclass(slots=True)
class Prepared:
    """Checked lines that wait to be put in their place: look at the report, then write.

    `counts` are the examples for training and for validation, `tokens` those billed in one epoch
    of training, `paths` the files that were written.
    """

    report: Report
    counts: tuple[int, int]
    tokens: int
    paths: list[Path] = field(init=False, default_factory=list)
    _overwrite: bool
    _parts: list[tuple[Path, BinaryIO, Path]] = field(repr=False)

    def write(self) -> list[Path]:
        """Put the files in their place and return them."""
        if not self.report.kept:
            raise DatasetError(f"No row of {self.report.name} can be used; nothing was written.")
        for _, _, path in self._parts:
            free(path, self._overwrite)
        for part, stream, path in self._parts:
            put(part, stream, path, self._overwrite)
        self.paths = [path for _, _, path in self._parts]
        return self.paths


@contextmanager
def prepare(
    source: Source,
    output: Path,
    options: Options = _USUAL,
    *,
    against: Report | None = None,
    overwrite: bool = False,
) -> Iterator[Prepared]:
    """Check a source and hold its lines ready; without `write()` nothing stays behind.

    Validation examples go beside the output, into NAME.validation.jsonl.
    """
    second = output.with_name(f"{output.stem}.validation{output.suffix or '.jsonl'}")
    for path in (output, second) if options.validation_share else (output,):
        if isinstance(source.data, Path) and path.exists() and path.samefile(source.data):
            raise DatasetError(f"{path} is the input itself; name another file.")
        free(path, overwrite)
    with ExitStack() as opened:
        part, stream = opened.enter_context(beside(output))
        passing = Pass(source, options, against)
        for example in passing:
            stream.write(example.line + b"\n")
        report = passing.report
        chosen = validation(report.examples, options.validation_share, options.seed)
        parts = [(part, stream, output)]
        if any(chosen):
            parts = _divide(opened, part, stream, (output, second), chosen)
        report.findings.about_file(_about_split(report, options, against, any(chosen)))
        counts = (len(chosen) - sum(chosen), sum(chosen))
        yield Prepared(
            report,
            counts,
            sum(itertools.compress(report.examples.tokens, (not flag for flag in chosen))),
            overwrite,
            parts,
        )


def _divide(
    opened: ExitStack, spool: Path, stream: BinaryIO, outputs: tuple[Path, Path], chosen: bytearray
) -> list[tuple[Path, BinaryIO, Path]]:
    """Deal the lines out into two files."""
    stream.flush()
    files = [(*opened.enter_context(beside(path)), path) for path in outputs]
    with spool.open("rb") as lines:
        for flag, line in zip(chosen, lines, strict=True):
            files[flag][1].write(line)
    return files


def _about_split(
    report: Report, options: Options, against: Report | None, done: bool
) -> Iterator[Problem]:
    if options.validation_share and not done and report.kept:
        text = "all examples share one prompt, so none could go to validation."
        yield Problem("unsplit", "", text, "add examples with other prompts.")
    if report.form is Format.REINFORCEMENT and not done and against is None:
        yield _no_validation()


def _no_validation() -> Problem:
    fix = "split with --validation-share, or prepare a second file."
    return Problem("no_validation", "", "no validation file.", fix)


def free(path: Path, overwrite: bool) -> None:
    """Refuse a place where a file could not or should not be written."""
    if path.is_dir():
        raise DatasetError(f"{path} is a folder; name a file.")
    if not path.parent.is_dir():
        raise DatasetError(f"The folder {path.parent} does not exist; make it first.")
    if path.exists() and not overwrite:
        raise DatasetError(f"{path} is there already; name another file, or ask with --force.")


@contextlib.contextmanager
def beside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a file beside the place it is meant for; it is gone afterwards unless renamed."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            yield part, stream
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def put(part: Path, stream: BinaryIO, path: Path, overwrite: bool) -> None:
    """Bring a written file to its place in one step, without replacing one by chance."""
    stream.flush()
    os.fsync(stream.fileno())
    if overwrite:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        free(path, overwrite)
    except OSError:  # a file system without links
        free(path, overwrite)
        part.replace(path)
