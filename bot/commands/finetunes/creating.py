"""Creating a fine-tuning job: the form of its method, what it will take, and the job itself."""

import asyncio
import json
import logging
from contextlib import suppress
from typing import Annotated, Literal

from pydantic import Field

from bot.commands.finetunes.counting import Looked, estimated, look
from bot.commands.finetunes.jobs import client_of, follow
from bot.commands.finetunes.wish import (
    HYPERPARAMETERS,
    OWN,
    BatchSize,
    Beta,
    Compute,
    Epochs,
    GraderJson,
    Interval,
    Multiplier,
    Pairs,
    Samples,
    Wish,
)
from bot.commands.finetunes.words import base_of, buttons_of, failure_of, metadata_typed, method_of
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import Menu, Shown, Words
from bot.desk.request import Request
from bot.desk.values import Button, Fields, Text, Values, code, escape, size
from bot.openai.errors import OpenAIError, PermissionDeniedError
from bot.openai.fine_tuning_objects import FineTuningJob
from bot.openai.fine_tuning_request import MethodName
from bot.openai.wire.retry import may_have_worked
from bot.slack.text.mrkdwn import bare

logger = logging.getLogger(__name__)

command = Command("finetunes")

_METHODS = (
    ("supervised", "By examples", "Examples of good answers (supervised): the usual way."),
    ("dpo", "By preferences", "Pairs of a better and a worse answer (DPO)."),
    ("reinforcement", "By grades", "Prompts and a grader (reinforcement), for reasoning models."),
)
_SHARED = ("model", "training_file", "validation_file", "suffix", "seed")
_LAST = ("wandb_project", "wandb_name", "wandb_entity", "wandb_tags", "metadata", "watch")
_PLAIN = (*_SHARED, "grader", "metadata")
_MENU = 100  # files, the most that a menu shows, and jobs that say which models were tuned
_SHOWN = 300


@command.sub(
    effect="costs",
    examples=(
        "create",
        "create supervised --model gpt-4.1-mini-2025-04-14 --training-file file-abc123",
        "create dpo --model gpt-4.1-2025-04-14 --training-file file-abc123 --beta 0.2",
    ),
    words=("new", "train", "start", "supervised", "dpo", "reinforcement", "grader"),
    form=True,
)
async def create(
    request: Request,
    method: MethodName | None = None,
    *,
    model: Annotated[str, Shown("MODEL", "gpt-4.1-mini-2025-04-14", "Base model")] = "",
    training_file: Annotated[str, Shown("FILE", "file-abc123")] = "",
    validation_file: Annotated[str, Shown("FILE", "file-def456")] = "",
    suffix: Annotated[str, Field(max_length=64)] = "",
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None,
    n_epochs: Epochs = "auto",
    batch_size: BatchSize = "auto",
    learning_rate_multiplier: Multiplier = "auto",
    beta: Beta = "auto",
    reasoning_effort: Literal["default", "low", "medium", "high"] = "default",
    compute_multiplier: Compute = "auto",
    eval_interval: Interval = "auto",
    eval_samples: Samples = "auto",
    grader: GraderJson = None,
    wandb_project: Annotated[str, Shown("PROJECT", label="Weights & Biases: project")] = "",
    wandb_name: Annotated[str, Shown("NAME", label="Weights & Biases: name of the run")] = "",
    wandb_entity: Annotated[str, Shown("ENTITY", label="Weights & Biases: team")] = "",
    wandb_tags: Annotated[Words, Shown("TAG,...", label="Weights & Biases: tags")] = None,
    metadata: Pairs = None,
    watch: bool = True,
) -> Values:
    """Create a fine-tuning job: from a form with everything that the method has, or from a line.

    Args:
        method: How to train; asked for when it is left out.
        model: The model to begin with: one that your server can tune, or a tuned one to go on with.
        training_file: The file to learn from, uploaded for fine-tuning.
        validation_file: A file to measure by; reinforcement needs one.
        suffix: Up to 64 characters for the new model's name.
        seed: The same seed gives nearly the same result; else the server chooses one.
        n_epochs: How often each example is seen: auto, or 1 to 50.
        batch_size: Examples in a step: auto, or 1 to 256.
        learning_rate_multiplier: How fast it learns: auto, or above 0. Small values are gentle.
        beta: How much the old model counts, for DPO: auto, or above 0 up to 2.
        reasoning_effort: How much it thinks while training, for reinforcement.
        compute_multiplier: How much is tried out, for reinforcement: auto, or up to 10.
        eval_interval: Steps between two evaluations, for reinforcement.
        eval_samples: Samples of each evaluation, for reinforcement.
        grader: What grades answers, for reinforcement, as JSON with a type.
        wandb_project: A project at Weights and Biases that shows the course.
        wandb_name: The run's name there.
        wandb_entity: The team or person there.
        wandb_tags: Tags there, with commas between.
        metadata: Pairs to find the job by, such as team=support, round=2.
        watch: Follow it here, and tell me when it ends.
    """
    with suppress(PermissionDeniedError):  # a key that may not list may still create
        async for _ in client_of(request).fine_tuning.jobs.list(limit=1):
            break  # a server that has no fine-tuning says so before anything is filled in
    if method is None and not training_file:
        return _choose()
    given = request.given
    wandb = {name: given[f"wandb_{name}"] for name in ("project", "name", "entity", "tags")}
    wish = Wish(
        **{name: given[name] for name in _PLAIN},
        method=method or "supervised",
        numbers={name: given[name] for name in HYPERPARAMETERS},
        wandb={name: value for name, value in wandb.items() if value} or None,
    )
    if wish.lacks() or request.reopened:
        raise await _form(request, wish)
    return await _create(request, wish, watch=watch)


def _choose() -> Text:
    """Ask for the method, each with a button that opens its form."""
    lines = [f"• *{label}:* {what}" for _, label, what in _METHODS]
    buttons = [Button(f"{label} …", f"finetunes create {name}") for name, label, _ in _METHODS]
    return Text("*How shall the model learn?*\n" + "\n".join(lines), buttons)


async def _form(request: Request, wish: Wish) -> NeedsForm:
    """Return the form of a method: every field that it has, with what is known filled in."""
    grader = ("grader",) if wish.method == "reinforcement" else ()
    # Slack lets a form be opened within 3 s of the press.
    files, (bases, usual) = await asyncio.gather(_files(request), _bases(request, wish.method))
    label = next(label for name, label, _ in _METHODS if name == wish.method)
    return NeedsForm(
        f"Fine-tune {label.lower()}",
        fields=(*_SHARED, *OWN[wish.method], *grader, *_LAST),
        required=wish.needed,
        initial={"model": wish.model or usual, "metadata": metadata_typed(wish.metadata)},
        choices={
            "model": _with(bases, wish.model),
            "training_file": _with(files, wish.training_file),
            "validation_file": _with(files, wish.validation_file),
        },
        intro=_intro(files, request.slash("finetunes prepare")),
    )


def _with(menu: Menu, value: str) -> Menu:
    """Return a menu that has what was named, also where the server does not list it."""
    listed = not value or not menu or any(value == one for _, one in menu)
    return menu if listed else ((value, value), *menu)


def _intro(files: Menu, prepare: str) -> str:
    if files:
        return "What it will take is shown before anything is done."
    return (
        ":warning: I see no file on the server that was uploaded for fine-tuning. "
        f"`{prepare}` makes one of a table."
    )


async def _files(request: Request) -> Menu:
    """Return the files that can be trained with, newest first."""
    try:
        page = await client_of(request).files.list(purpose="fine-tune", limit=_MENU)
    except OpenAIError:
        return ()
    return tuple(
        (f"{one.filename[:30]} · {size(one.bytes or 0)} · {one.id}", one.id) for one in page.data
    )


async def _bases(request: Request, method: MethodName) -> tuple[Menu, str]:
    """Return a menu of the server's models, those that can be tuned first, and the usual choice.

    Known are those that the newest jobs tuned so, and then those with a price for training.
    """
    client = client_of(request)
    try:
        names = [one.id for one in await client.models.list()]
        jobs = await client.fine_tuning.jobs.list(limit=_MENU)
    except OpenAIError:
        return (), ""
    earlier = [job.model for job in jobs if method_of(job) == method]
    priced = request.equipment.house.training
    first = [name for name in dict.fromkeys(earlier) if name in names]
    if method != "reinforcement":  # whose models are others
        first += [name for name in names if base_of(name) in priced]
    ordered = list(dict.fromkeys((*first, *names)))
    menu = tuple((name, name) for name in ordered if len(name) <= 150)
    only = names[0] if len(names) == 1 else ""
    return menu, first[0] if first else only


async def _create(request: Request, wish: Wish, *, watch: bool) -> Values:
    client, parameters = client_of(request), wish.parameters()
    training = await look(client, wish.training_file, wish.method)
    validation = None
    if wish.validation_file:
        validation = await look(client, wish.validation_file, wish.method)
    effect = _effect(request, wish, training, validation)
    await request.confirm(effect, button="Create the job", change=True)
    for looked in filter(None, (training, validation)):
        if looked.file is not None:
            await request.progress(f"Waiting until {code(looked.id)} is processed …")
            await client.files.wait_for_processing(looked.id)
    try:
        job = await client.fine_tuning.jobs.create(**parameters)
    except PermissionDeniedError as error:
        raise CommandError(_closed(error)) from error
    except OpenAIError as error:
        if not may_have_worked(error):
            raise
        logger.warning("job_perhaps_created", extra=error.fields())
        raise CommandError(
            "The server did not tell what became of it: the job may have begun all the same. Look "
            f"at `{request.slash('finetunes list')}` before you create it again, for a second job "
            "costs twice."
        ) from error
    if watch:
        await follow(request, job.id)
    return _created(job, watch=watch)


def _effect(request: Request, wish: Wish, training: Looked, validation: Looked | None) -> str:
    settings = ", ".join(f"{name} {text}" for name, text in wish.chosen.items())
    lines = [
        f"*Create a fine-tuning job ({wish.method}) of {code(wish.model)}?*",
        f"• Training file: {training.line}",
        f"• Validation file: {validation.line if validation else 'none'}",
        f"• Hyperparameters: {escape(settings) or 'all left to the server'}",
    ]
    if wish.suffix:
        lines.append(f"• Suffix: {code(wish.suffix)}")
    if wish.seed is not None:
        lines.append(f"• Seed: {wish.seed}")
    if wish.grader:
        lines.append(f"• Grader: {code(json.dumps(wish.grader, ensure_ascii=False), _SHOWN)}")
    if wish.metadata:
        lines.append(f"• Metadata: {escape(metadata_typed(wish.metadata)[:_SHOWN])}")
    if wish.wandb:
        lines.append(f"• Shown at Weights and Biases in {code(str(wish.wandb['project']))}")
    lines.append(estimated(request, wish, training))
    if validation and validation.id == training.id:
        lines.append(
            ":warning: It is measured by the file from which it learns: that tells little."
        )
        validation = None
    warnings = [*training.warnings(), *(validation.warnings() if validation else ())]
    lines += [f":warning: {text}" for text in warnings]
    return "\n".join(lines)


def _closed(error: PermissionDeniedError) -> str:
    said = f" It says {code(error.code)}." if error.code else ""
    return (
        "This server does not let this key create fine-tuning jobs. OpenAI has been closing "
        "fine-tuning since 2026: to organizations without a tuned model in use first, to all on "
        "2027-01-06. Models that are tuned already go on answering. Another host that can tune "
        "can be used: an admin adds it to OPENAI_CREDENTIALS as `files`, or names it with "
        f"`--as NAME`.{said}"
    )


def _created(job: FineTuningJob, *, watch: bool) -> Values:
    pairs = [("Job", job.id), ("Status", job.status), ("Base model", job.model)]
    if job.status == "failed":
        pairs.append(("Error", bare(failure_of(job))))
    buttons = buttons_of(job)
    if not watch:
        buttons = (*buttons, Button("Follow it here", f"finetunes watch {job.id}"))
    title = "The job is created" + (", and I follow it here" if watch else "")
    return Fields(title, pairs, buttons)
