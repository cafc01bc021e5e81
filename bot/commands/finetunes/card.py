"""How a fine-tuning job looks in a channel: the card while it goes on, and what is said at its end.

Pure. Everything that a server said is escaped; only the person who asked is ever mentioned.
"""

from collections.abc import Mapping, Sequence

from bot.commands.finetunes.words import (
    buttons_of,
    dollars_of,
    failure_of,
    number,
    percent,
    suffix_of,
    using,
)
from bot.desk.blocks import runners
from bot.desk.values import Button, Cell, Table, Text, asking, code, escape
from bot.finetuning.curves import Curves
from bot.finetuning.progress import Progress, bar, first
from bot.openai.fine_tuning_objects import FineTuningJob, FineTuningJobCheckpoint
from bot.slack.text.blocks import Block, SlackMessage, context, section
from bot.slack.text.mrkdwn import in_readers_zone
from storage.records import Watch

_SIGNS = {
    "validating_files": ":mag:",
    "queued": ":hourglass_flowing_sand:",
    "running": ":gear:",
    "pausing": ":double_vertical_bar:",
    "paused": ":double_vertical_bar:",
    "succeeded": ":white_check_mark:",
    "failed": ":x:",
    "cancelled": ":no_entry_sign:",
}
_TABLE_ROWS = 15

Prices = Mapping[str, float]


def card(progress: Progress, prices: Prices, foreseen: str, account: str) -> SlackMessage:
    """Return the message that is kept up to date.

    `foreseen` is the cost as long as it is not known; its buttons ask with the credentials of
    `account`, here as everywhere.
    """
    job = progress.job
    sign = _SIGNS.get(job.status, ":grey_question:")
    suffix = suffix_of(job)
    name = f" ({escape(suffix)})" if suffix else ""
    head = f"{sign} *Fine-tuning* {code(job.model)}{name}: *{escape(progress.state)}*"
    blocks = [section(head)]
    steps = _steps(progress)
    if steps:
        blocks.append(section(steps))
    if fields := _fields(progress, prices, foreseen):
        blocks.append({"type": "section", "fields": fields})
    note = code(job.id)
    if progress.message:
        note += f"  {escape(progress.message[:200])}"
    blocks.append(context(note))
    blocks += runners(asking(account, after(job)))
    return SlackMessage("\n".join(part for part in (head, steps) if part), blocks)


def unfollowed(job: str, progress: Progress | None) -> Text:
    """Return what becomes of the message when the job is not followed any more."""
    head = f":no_bell: *Fine-tuning* {code(job)}: *not followed here any more*"
    last = f"When I looked last it was *{escape(progress.state)}*." if progress else ""
    parts = [part for part in (head, last, _steps(progress) if progress else "") if part]
    buttons = (
        Button("Follow it again", f"finetunes watch {job}"),
        Button("Details", f"finetunes info {job}"),
    )
    return Text("\n".join(parts), buttons)


def _steps(progress: Progress) -> str:
    share = progress.share
    if share is None or not (progress.total or share == 1.0):
        return ""
    counted = ""
    if progress.total:
        step = progress.total if share == 1.0 else progress.step or 0
        counted = f"  ·  step {step:,} of {progress.total:,}"
    return f"`{bar(share)}`  *{share:.0%}*{counted}"


def _fields(progress: Progress, prices: Prices, foreseen: str) -> list[Block]:
    end = progress.end
    when = in_readers_zone((end - end % 60) * 1000) if end else ""  # whole minutes change rarely
    pairs = [
        ("Place in the queue", f"{progress.queue:,}" if progress.queue is not None else ""),
        ("Training loss", number(progress.train_loss)),
        ("Validation loss", number(progress.valid_loss)),
        ("Token accuracy", percent(progress.accuracy)),
        ("Finished" if progress.job.is_final else "Will be done", when),
        ("Cost", dollars_of(progress.job, prices) or foreseen),
    ]
    return [{"type": "mrkdwn", "text": f"*{name}*\n{value}"} for name, value in pairs if value]


def ending(user: str, progress: Progress, prices: Prices) -> Text:
    """Return what the person is told when the job has ended."""
    job = progress.job
    match job.status:
        case "succeeded":
            text = _succeeded(job, user, prices)
        case "failed":
            text = f"<@{user}> :x: {code(job.id)} failed. {failure_of(job)}"
        case _:
            text = f"<@{user}> {code(job.id)} ended: *{escape(progress.state)}*."
    return Text(text, after(job))


def _succeeded(job: FineTuningJob, user: str, prices: Prices) -> str:
    cost = dollars_of(job, prices)
    if not job.fine_tuned_model:
        return f"<@{user}> {code(job.id)} is done, but the server names no model. Look again later."
    tokens = f" It was trained on {job.trained_tokens:,} tokens" if job.trained_tokens else ""
    tokens += f", for {cost}." if tokens and cost else "." if tokens else ""
    return (
        f"<@{user}> :white_check_mark: Your model is made: {code(job.fine_tuned_model)}.{tokens}\n"
        "A new model may not answer for some minutes. I try it, and tell you here when it does."
    )


def after(job: FineTuningJob) -> tuple[Button, ...]:
    """Return what to do next with a job."""
    if job.status == "succeeded" and job.fine_tuned_model:
        checkpoints = Button("Checkpoints", f"finetunes checkpoints {job.id}")
        return (*using(job.fine_tuned_model), checkpoints)
    return buttons_of(job)


def ready(watch: Watch, *, good: bool) -> Text:
    """Return what is said when the new model answers, or still does not."""
    if good:
        text = f"<@{watch.user}> :tada: {code(watch.model)} answers now."
    else:
        text = (
            f"<@{watch.user}> :warning: {code(watch.model)} still does not answer, after two "
            "hours. Its server may need longer, or this key may not use it: try it yourself now "
            "and then."
        )
    return Text(text, using(watch.model))


def unpaid(watch: Watch, why: str) -> Text:
    """Return what is said when the new model cannot be asked, for want of quota."""
    text = (
        f"<@{watch.user}> :warning: {code(watch.model)} is made, but I could not ask it whether it "
        f"answers, and do not try on. {why}"
    )
    return Text(text, using(watch.model))


def checkpoint_table(found: Sequence[FineTuningJobCheckpoint], *, named: bool = False) -> Table:
    """Return the checkpoints with their figures, and where wanted their models' names."""
    rows = [_checkpoint(one)[: None if named else -1] for one in found]
    columns = ("Step", "Training loss", "Validation loss", "Accuracy", "Model")
    return Table(
        title="Checkpoints",
        columns=columns if named else columns[:-1],
        rows=rows,
        empty="This job has no checkpoints (yet): they are made at the end of the last epochs.",
    )


def _checkpoint(one: FineTuningJobCheckpoint) -> tuple[Cell, ...]:
    held = one.metrics
    accuracy = first(
        held.full_valid_mean_token_accuracy,
        held.valid_mean_token_accuracy,
        held.train_mean_token_accuracy,
    )
    return (
        one.step_number,
        number(held.train_loss),
        number(first(held.full_valid_loss, held.valid_loss)),
        percent(accuracy),
        one.fine_tuned_model_checkpoint,
    )


def figures(curves: Curves) -> Table:
    """Return the curves as a table of some of their steps, where no picture can be drawn."""
    steps = sorted({step for curve in curves.numbers.values() for step in curve})
    if len(steps) > _TABLE_ROWS:
        last = len(steps) - 1
        steps = [steps[place * last // (_TABLE_ROWS - 1)] for place in range(_TABLE_ROWS)]
    names = [name for name in _TITLES if curves.numbers.get(name)]
    rows: list[tuple[Cell, ...]] = []
    for step in steps:
        cells = [_cell(name, curves.numbers[name].get(step)) for name in names]
        rows.append((step, *cells))
    return Table(
        title="Losses and accuracies",
        columns=("Step", *(_TITLES[name] for name in names)),
        rows=rows,
        page_size=_TABLE_ROWS,
        empty="The server tells no losses of this job.",
    )


_TITLES = {
    "train_loss": "Training loss",
    "valid_loss": "Validation loss",
    "full_valid_loss": "Whole validation loss",
    "train_accuracy": "Training accuracy",
    "valid_accuracy": "Validation accuracy",
    "train_reward": "Training reward",
    "valid_reward": "Validation reward",
}


def _cell(name: str, value: float | None) -> str:
    return percent(value) if name.endswith("accuracy") else number(value)
