"""`dataset check` and `dataset build`, for the command line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.finetuning import dataset as datasets
from bot.finetuning.codes import SEVERITIES
from bot.finetuning.estimate import Estimate, estimate
from bot.finetuning.findings import SHOWN
from bot.finetuning.options import Format, options_of
from bot.finetuning.report import Report, lines
from bot.finetuning.source import DatasetError, Source

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# What is said of a file itself, and not of the pair that it is one of.
_OWN = (
    *("encoding", "delimiter", "sheet", "prompt_column", "completion_column"),
    *("leave_out", "without"),
)


def _numbers(context: click.Context, parameter: click.Parameter, text: str) -> frozenset[int]:
    try:
        return frozenset(int(number) for number in text.replace(",", " ").split())
    except ValueError:
        raise click.UsageError(f"--without takes numbers of rows, such as 3,9: {text}") from None


_OPTIONS = (
    click.option(
        "--format",
        type=click.Choice([one.value for one in Format]),
        help="What to make of the rows; told from the first one if not given.",
    ),
    click.option("--system", help="System text before the messages of every example."),
    click.option("--sheet", help="Sheet of a workbook, by name or number."),
    click.option("--encoding", help="Encoding of the file, such as cp1252."),
    click.option("--delimiter", help="What separates columns; \\t for a tab."),
    click.option("--prompt-column", help="Column that holds the prompt."),
    click.option("--completion-column", help="Column that holds the answer."),
    click.option(
        "--separator",
        default="",
        help="End of every prompt: added for completion models, taken off for chat models.",
    ),
    click.option("--stop", default="", help="End of every answer: added or taken off likewise."),
    click.option("--leading-space", is_flag=True, help="Begin answers with a space (or not)."),
    click.option("--fix", is_flag=True, help="Apply the loss-free fixes that are shown."),
    click.option(
        "--leave-out",
        multiple=True,
        type=click.Choice(list(SEVERITIES)),
        metavar="CODE",
        help="Leave out rows with findings of this code (duplicate, too_long, leak, ...).",
    ),
    click.option(
        "--without",
        default="",
        metavar="ROWS",
        callback=_numbers,
        help="Leave out rows, such as 3,9.",
    ),
    click.option(
        "--max-tokens",
        type=click.IntRange(1),
        default=65_536,
        show_default=True,
        help="Training context of the model.",
    ),
    click.option("--epochs", type=click.IntRange(1, 50), help="Epochs for the estimate."),
    click.option("--price", type=click.FloatRange(0), help="Price per million trained tokens."),
    click.option(
        "--against",
        type=_FILE,
        help="The other file of the pair (training or validation), to find prompts in both.",
    ),
    click.option(
        "--show",
        type=click.IntRange(0),
        default=5,
        show_default=True,
        help=f"Findings of a kind to show whole, up to {SHOWN}.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures and files."),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def dataset() -> None:
    """Check training data, and make JSON Lines of tables and files."""


@dataset.command()
@click.argument("file", type=_FILE)
@_with_options
def check(file: Path, **given: Any) -> None:
    """Check FILE and say line, field and fix of everything that is wrong with it.

    The exit status is 1 if there are errors.
    """
    with _explained():
        report = datasets.check(Source.file(file), options_of(given), _other(given))
    _show(report, report.tokens, report.kept, given)
    if report.errors or not report.kept:
        left = f"{report.left_out:,} of {report.rows:,} rows"
        raise click.ClickException(f"{left} of {file} cannot be used for training.")


@dataset.command()
@click.argument("file", type=_FILE)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="JSON Lines file to write; validation goes to NAME.validation.jsonl beside it.",
)
@click.option(
    "--validation-share",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of the examples that goes into a validation file.",
)
@click.option("--seed", default=42, show_default=True, help="Seed of the split.")
@click.option("--force", is_flag=True, help="Replace the files that are there.")
@click.option("-y", "--yes", is_flag=True, help="Leave out rows with errors without asking.")
@_with_options
def build(file: Path, output: Path, force: bool, yes: bool, **given: Any) -> None:
    """Make checked JSON Lines of FILE; rows with errors are left out and named."""
    with (
        _explained(),
        datasets.prepare(
            Source.file(file), output, options_of(given), against=_other(given), overwrite=force
        ) as prepared,
    ):
        _show(prepared.report, prepared.tokens, prepared.counts[0], given)
        _agree(prepared.report, yes)
        for path, count in zip(prepared.write(), prepared.counts, strict=False):
            click.echo(f"wrote {path} ({count:,} example{'s' * (count != 1)})")


def _agree(report: Report, yes: bool) -> None:
    """Ask before rows are left out; where nobody can be asked, refuse."""
    if yes or not report.errors or not report.kept:
        return
    names = f"{report.left_out:,} of {report.rows:,} rows"
    if not sys.stdin.isatty():
        raise DatasetError(f"{names} have errors; mend them, or leave them out with --yes.")
    click.confirm(f"Leave out {names} and write the others?", abort=True)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DatasetError as error:
        raise click.ClickException(str(error)) from None


def _other(given: dict[str, Any]) -> Report | None:
    """Read the other file of the pair, which has its own shape but the same format."""
    if not given["against"]:
        return None
    return datasets.check(Source.file(given["against"]), options_of(given | dict.fromkeys(_OWN)))


def _show(report: Report, tokens: int, examples: int, given: dict[str, Any]) -> None:
    if given["quiet"]:
        return
    for line in lines(report, given["show"]):
        click.echo(line)
    if examples:
        click.echo(_estimated(estimate(tokens, examples, given["epochs"]), given["price"]))


def _estimated(found: Estimate, price: float | None) -> str:
    cost = (
        ""
        if price is None
        else f", cost about {found.cost(price):,.2f} at {price:g} per million tokens"
    )
    epochs = f"{found.epochs} epoch{'s' * (found.epochs != 1)}"
    return (
        f"estimate: {found.tokens:,} tokens x {epochs} = {found.trained:,} tokens"
        f"{cost}\n  {found.assumptions}"
    )
