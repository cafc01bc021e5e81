"""Fine-tune models: prepare data, create jobs, follow them, look at the figures, use the result."""

from typing import Literal

from bot.commands.finetunes.card import checkpoint_table, figures
from bot.commands.finetunes.jobs import (
    JobId,
    all_jobs,
    client_of,
    follow,
    job_of,
    tab_separated,
    watches_of,
)
from bot.commands.finetunes.words import (
    base_of,
    buttons_of,
    dollars_of,
    failure_of,
    hyperparameters_of,
    metadata_typed,
    method_of,
    suffix_of,
    using,
)
from bot.commands.models import command as models
from bot.desk.command import Command
from bot.desk.errors import CommandError
from bot.desk.request import Request
from bot.desk.values import (
    Button,
    Fields,
    File,
    Shared,
    Table,
    Text,
    Values,
    ago,
    code,
    counted,
    escape,
    moment,
    plural,
)
from bot.finetuning.history import checkpoints_of, curves_of, events_of
from bot.finetuning.plot import PlotUnavailable, picture
from bot.openai.fine_tuning_objects import FineTuningJob
from bot.slack.text.mrkdwn import bare

command = Command("finetunes", __doc__)

_BUTTONS = 4


@command.sub(
    name="list",
    examples=("list", "list tsv", "list --status running", "list --model gpt-4.1"),
    words=("jobs", "table", "export"),
)
async def list_(
    request: Request,
    form: Literal["table", "tsv"] = "table",
    *,
    status: str = "",
    model: str = "",
    search: str = "",
) -> Values:
    """List the fine-tuning jobs, newest first.

    Args:
        form: As a table here, or as a file of tab-separated values.
        status: Only jobs in this state, such as running or failed.
        model: Only jobs whose base or result has this in its name.
        search: A part of the job's id, suffix or files.
    """
    everything = await all_jobs(request)
    jobs = [job for job in everything if _fits(job, status, model, search)]
    if form == "tsv":
        return await tab_separated(request, jobs)
    rows = [
        (
            job.id,
            job.status,
            job.model,
            suffix_of(job),
            ago(request.now - job.created_at),
            job.fine_tuned_model or "",
        )
        for job in jobs
    ]
    return Table(
        title="Fine-tuning jobs",
        columns=("Job", "Status", "Base model", "Suffix", "Age", "Fine-tuned model"),
        rows=rows,
        note=counted(len(jobs), len(everything), "job"),
        empty="No job fits." if everything else "There are no fine-tuning jobs yet.",
        pick="finetunes info",
        buttons=() if everything else (Button("Create a job …", "finetunes create"),),
    )


def _fits(job: FineTuningJob, status: str, model: str, search: str) -> bool:
    named = f"{job.model} {job.fine_tuned_model or ''}".lower()
    known = f"{job.id} {job.suffix or ''} {job.training_file} {job.validation_file}".lower()
    return (
        status.lower() in ("", job.status.lower())
        and model.lower() in named
        and search.lower() in known
    )


@command.sub(examples=("info ftjob-abc123", "info"), words=("details", "status", "error"))
async def info(request: Request, job: JobId = "") -> Fields:
    """Show everything about a job.

    Args:
        job: The job's id; else the newest job.
    """
    found = await job_of(request, job)
    tz = request.asker.tz
    channels = {watch.channel for watch in await watches_of(request, found.id)}
    here = request.invocation.channel
    followed = [await request.named(channels - {here}), *(["this channel"] * (here in channels))]
    training = request.equipment.house.training
    pairs = [
        ("Status", found.status),
        ("Base model", found.model),
        ("Fine-tuned model", found.fine_tuned_model or ""),
        ("Method", method_of(found)),
        ("Hyperparameters", hyperparameters_of(found)),
        ("Training file", found.training_file or ""),
        ("Validation file", found.validation_file or "none"),
        ("Result files", ", ".join(found.result_files or ())),
        ("Created", moment(found.created_at, tz)),
        ("Finished", moment(found.finished_at, tz)),
        ("Finished about", moment(found.estimated_finish, tz)),
        ("Trained tokens", f"{found.trained_tokens:,}" if found.trained_tokens else ""),
        ("Cost", dollars_of(found, training)),
        ("Seed", str(found.seed) if found.seed is not None else ""),
        ("Suffix", suffix_of(found)),
        ("Metadata", metadata_typed(found.metadata)),
        ("Followed in", ", ".join(filter(None, followed))),
        ("Error", bare(failure_of(found)) if found.status == "failed" else ""),
    ]
    shown = [(name, value) for name, value in pairs if value]
    return Fields(found.id, shown, _next(found, is_followed=here in channels))


def _next(job: FineTuningJob, *, is_followed: bool) -> tuple[Button, ...]:
    buttons = buttons_of(job)[1:]
    if not job.is_final:
        follow_it = Button("Follow it here", f"finetunes watch {job.id}")
        return buttons if is_followed else (*buttons, follow_it)
    buttons += (
        Button("Checkpoints", f"finetunes checkpoints {job.id}"),
        Button("Plot", f"finetunes plot {job.id}"),
    )
    if job.fine_tuned_model:
        buttons += using(job.fine_tuned_model)
    return buttons


@command.sub(
    examples=("events ftjob-abc123", "events ftjob-abc123 --metrics"),
    words=("log", "messages", "steps"),
)
async def events(request: Request, job: JobId = "", *, metrics: bool = False) -> Table:
    """Show what happened in a job, newest first.

    Args:
        job: The job's id; else the newest job.
        metrics: Also the figures of each step.
    """
    found = await job_of(request, job)
    everything = await events_of(client_of(request), found.id)
    shown = [event for event in everything if metrics or event.type != "metrics"]
    hidden = len(everything) - len(shown)
    tz = request.asker.tz
    note = f"{plural(hidden, 'event')} with figures left out; `--metrics` shows them"
    return Table(
        title=f"Events of {found.id}",
        columns=("When", "Level", "What"),
        rows=[(moment(one.created_at, tz), one.level, one.message) for one in shown],
        note=note if hidden else "",
        empty="Nothing happened so far.",
        wrap=True,
    )


@command.sub(examples=("checkpoints ftjob-abc123",), words=("steps", "best", "epochs", "metrics"))
async def checkpoints(request: Request, job: JobId = "") -> Values:
    """Show the checkpoints of a job with their figures; each can be tried and used as a model.

    Args:
        job: The job's id; else the newest job that has ended well.
    """
    found = await job_of(request, job, lambda one: one.status == "succeeded")
    made = await checkpoints_of(client_of(request), found.id)
    names = ((one.step_number, one.fine_tuned_model_checkpoint) for one in made[:_BUTTONS])
    lines = [Text(f"Step {step:,}: {code(name)}", using(name)) for step, name in names]
    return [checkpoint_table(made, named=len(made) > _BUTTONS), *lines]


@command.sub(effect="changes", examples=("cancel ftjob-abc123",), words=("stop", "end", "abort"))
async def cancel(request: Request, job: JobId) -> Fields:
    """Stop a job for good.

    Args:
        job: The job's id.
    """
    return await _ordered(request, job, "cancel", "Stop", "What it has trained so far is lost.")


@command.sub(effect="changes", examples=("pause ftjob-abc123",), words=("stop", "hold"))
async def pause(request: Request, job: JobId) -> Fields:
    """Stop a job for now; `resume` lets it go on.

    Args:
        job: The job's id.
    """
    return await _ordered(request, job, "pause", "Pause", "It can be resumed later.")


@command.sub(effect="costs", examples=("resume ftjob-abc123",), words=("continue",))
async def resume(request: Request, job: JobId) -> Fields:
    """Let a paused job go on.

    Args:
        job: The job's id.
    """
    return await _ordered(request, job, "resume", "Resume", "Training goes on, and costs.")


async def _ordered(
    request: Request, job: str, act: Literal["cancel", "pause", "resume"], word: str, then: str
) -> Fields:
    found = await job_of(request, job)
    if found.is_final:
        raise CommandError(f"{code(found.id)} has ended already: {code(found.status)}.")
    suffix = suffix_of(found)
    name = f" ({escape(suffix)})" if suffix else ""
    await request.confirm(
        f"*{word} the job {code(found.id)}*{name}, base {code(found.model)}? {then}",
        button=f"{word} it",
        danger=act == "cancel",
    )
    jobs = client_of(request).fine_tuning.jobs
    call = {"cancel": jobs.cancel, "pause": jobs.pause, "resume": jobs.resume}[act]
    made = await call(found.id)
    request.equipment.nudge()
    return Fields(made.id, (("Status", made.status),), buttons_of(made))


@command.sub(
    who="admins",
    examples=("watch ftjob-abc123", "watch", "watch ftjob-abc123 --stop"),
    words=("follow", "progress", "notify"),
)
async def watch(request: Request, job: JobId = "", *, stop: bool = False) -> Text:
    """Follow a job in this channel: one message is kept up to date, and you are told of its end.

    Args:
        job: The job's id; else the newest job that is not finished.
        stop: Follow it no longer.
    """
    if stop:
        return await _unwatched(request, job)
    found = await job_of(request, job, lambda one: not one.is_final)
    await follow(request, found.id)
    return Text(
        f":eyes: I follow {code(found.id)} here: its message is kept up to date, and you are told "
        "when it ends. When it has made a model, I ask that a short question now and then until "
        f"it answers. `{request.slash(f'finetunes watch {found.id} --stop')}` ends this."
    )


async def _unwatched(request: Request, job: str) -> Text:
    found = await watches_of(request, job)
    here = [one for one in found if one.channel == request.invocation.channel]
    if not here:
        raise CommandError("No such job is followed in this channel.")
    for one in here:
        await request.storage.watches.stop(one)
    request.equipment.nudge()
    names = ", ".join(code(one.job) for one in here)
    return Text(f"{names} is not followed here any more." if len(here) == 1 else f"Ended: {names}.")


@command.sub(
    examples=("plot ftjob-abc123", "plot ftjob-abc123 --here"),
    words=("picture", "chart", "loss", "accuracy", "curve"),
)
async def plot(request: Request, job: JobId = "", *, here: bool = False) -> Values:
    """Draw losses and accuracies of a job over its steps.

    Args:
        job: The job's id; else the newest job that has ended well.
        here: Share the picture in this channel; else it comes in our direct messages.
    """
    found = await job_of(request, job, lambda one: one.status == "succeeded")
    curves = await curves_of(client_of(request), found)
    if not curves:
        raise CommandError(f"The server tells no losses of {code(found.id)} (yet).")
    title = f"{suffix_of(found) or found.id}\n{method_of(found)}, {base_of(found.model)}"
    try:
        png = await picture(curves, title)
    except PlotUnavailable:
        note = "Pictures need Matplotlib: `pip install -e '.[plot]'` in the bot's folder."
        return [figures(curves), Text(note)]
    name = f"{found.id}.png"
    return Shared(((name, png),)) if here else File(name, png)


@command.sub(
    effect="changes",
    examples=("use ftjob-abc123 --here", "use ftjob-abc123", "use --reset --here"),
    words=("default", "switch", "channel", "choose"),
)
async def use(
    request: Request, job: JobId = "", *, here: bool = False, reset: bool = False
) -> Text:
    """Let the model that a job made answer, everywhere or in this channel.

    Args:
        job: The job's id; else the newest job that has ended well.
        here: Only in this channel.
        reset: Go back to the setting (or, in a channel, to what counts everywhere).
    """
    if reset:
        return await models.use(request, job, here=here, reset=True)
    found = await job_of(request, job, lambda one: one.status == "succeeded")
    if not found.fine_tuned_model:
        raise CommandError(f"{code(found.id)} has made no model: it is {code(found.status)}.")
    return await models.use(request, found.fine_tuned_model, here=here)
