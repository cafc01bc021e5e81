"""What a check of training data found, as values that Slack shows. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from bot.desk.values import Cell, Fields, Table, Value, Verbatim, money, plural
from bot.finetuning.codes import MEANINGS
from bot.finetuning.estimate import Estimate, estimate
from bot.finetuning.findings import Finding, Tally
from bot.finetuning.options import Format
from bot.finetuning.report import Report, diff

_EXAMPLES_OF_A_KIND = 3
_CHANGES = 8
_LINES = 12
_PRICES = 4
_SIGNS = {"error": "error: left out", "warning": "warning", "note": "note"}


def reported(
    report: Report,
    counts: tuple[int, int],
    tokens: int,
    epochs: int | None = None,
    prices: Mapping[str, float] | None = None,
) -> list[Value]:
    """Return figures, findings with their fixes, and the changes as a diff.

    `prices` are dollars per million trained tokens, by base model.
    """
    training, validation = counts
    rows = f"{report.rows:,}, {report.left_out:,} of them left out"
    pairs = [
        ("Read as", report.read_as),
        ("Rows", rows if report.left_out else f"{report.rows:,}, all good to train"),
        ("For training", plural(training, "example")),
        ("For validation", plural(validation, "example") if validation else "none"),
        ("Tokens", f"about {report.tokens:,}, the longest example {report.longest:,}"),
    ]
    if training and report.form is not Format.REINFORCEMENT:
        pairs += _training(estimate(tokens, training, epochs), prices or {})
    elif training:
        pairs.append(("Training takes", "hours that nobody can foresee: they are what is billed"))
    values: list[Value] = [Fields(report.name, pairs)]
    if findings := _findings(report):
        values.append(findings)
    done = [finding for tally in report.fixes for finding in tally.shown]
    open_ = [one for tally in report.findings for one in tally.shown if one.problem.change]
    if done:
        values.append(_changes(f"Changed ({plural(report.fixed, 'example')})", done))
    if open_:
        values.append(_changes("What --fix would change (nothing is lost by it)", open_))
    return values


def _training(found: Estimate, prices: Mapping[str, float]) -> list[tuple[str, str]]:
    taken = f"about {found.trained:,} tokens in {plural(found.epochs, 'epoch')}"
    costs = [
        f"about {money(found.cost(price))} for {model}"
        for model, price in sorted(prices.items(), key=lambda pair: pair[1])[:_PRICES]
    ]
    told = ", ".join(costs) or "no price of training is set (OPENAI_PRICES)"
    return [("Training takes", taken), ("Cost", told), ("Assumed", found.assumptions)]


def _findings(report: Report) -> Table | None:
    rows = [row for tally in report.findings for row in _rows(tally)]
    if not rows:
        return None
    errors, every = report.errors, sum(tally.count for tally in report.findings)
    return Table(
        title="Findings",
        columns=("Kind", "Where and what", "How to mend it"),
        rows=rows,
        note=f"{plural(every, 'finding')}, {plural(errors, 'error')}",
        page_size=_LINES,
        wrap=True,
    )


def _rows(tally: Tally) -> Iterator[tuple[Cell, ...]]:
    """Show the first findings of a kind, and count the others."""
    kind = _SIGNS[tally.severity.value]
    for finding in tally.shown[:_EXAMPLES_OF_A_KIND]:
        where, _, fix = finding.sentence.partition(" Fix: ")
        yield kind, where, fix
    more = tally.count - min(len(tally.shown), _EXAMPLES_OF_A_KIND)
    if more > 0:
        yield kind, f"and {more:,} more: {MEANINGS[tally.code]}", ""


def _changes(title: str, findings: Sequence[Finding]) -> Verbatim:
    found: list[str] = []
    for finding in findings[:_CHANGES]:
        if finding.problem.change:
            field = finding.problem.field
            found.append(f"line {finding.place.line}{f', {field}' if field else ''}")
            found += diff(finding.problem.change)
    if len(findings) > _CHANGES:
        found.append(f"… and {len(findings) - _CHANGES:,} more kept in the report")
    return Verbatim(title, "\n".join(found))


def is_fixable(report: Report) -> bool:
    """Tell whether something would be mended by loss-free fixes."""
    return any(one.problem.change for tally in report.findings for one in tally.shown)
