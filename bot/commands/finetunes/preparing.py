"""Preparing training data: a table or JSON Lines file in, findings and checked files out.

What Slack's file holds is checked and written to a folder of this run; uploading (after a
confirmation) or sending the files takes them from there. The buttons carry the Slack file's id
and every option, so each press does the same work anew on the same data.
"""

import asyncio
import hashlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.commands.finetunes.jobs import client_of
from bot.commands.finetunes.moderating import flagged
from bot.commands.finetunes.report import is_fixable, reported
from bot.commands.parcels import Parcel, fetched, refuse_twins, uploaded
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm, UsageError
from bot.desk.parameters import FromFiles, Shown, ToTheEnd
from bot.desk.request import Request
from bot.desk.values import Button, Fields, File, Text, Value, Values, code, escape, plural, size
from bot.desk.words import quoted
from bot.finetuning import dataset
from bot.finetuning.codes import SEVERITIES
from bot.finetuning.dataset import Prepared
from bot.finetuning.findings import SHOWN
from bot.finetuning.options import Format, Options, options_of
from bot.finetuning.report import Report, lines
from bot.finetuning.source import DatasetError, ReadError, Source
from bot.slack.workspace.files import SharedFile

command = Command("finetunes")

_LARGEST = 200_000_000
_SPLIT = 0.1
_ENOUGH = 20
_STEM = 200  # bytes of the names of written files
_FORM = (
    *("files", "format", "system", "validation_share", "separator", "stop"),
    *("prompt_column", "completion_column", "sheet", "fix", "moderate"),
)
_READING = ("prompt_column", "completion_column", "sheet", "delimiter", "encoding", "format")


@command.sub(
    effect="changes",
    examples=(
        "prepare",
        "prepare --system 'You are the support desk of Acme.' --validation-share 0.1",
        "prepare --format completion --separator '\\n\\n###\\n\\n' --stop ' END'",
    ),
    words=("dataset", "csv", "excel", "table", "check", "jsonl", "training data", "validate"),
)
async def prepare(
    request: Request,
    *,
    files: Annotated[tuple[SharedFile, ...], FromFiles(most=1)] = (),
    source: Annotated[str, Shown("SLACK-FILE", "F0123ABC")] = "",
    format: Literal["chat", "completion", "dpo", "reinforcement"] | None = None,
    system: Annotated[str, ToTheEnd()] = "",
    validation_share: Annotated[float, Field(ge=0, lt=1), Shown("SHARE", "0.1")] = 0.0,
    seed: int = 42,
    separator: str = "",
    stop: str = "",
    leading_space: bool = False,
    prompt_column: str = "",
    completion_column: str = "",
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
    fix: bool = False,
    leave_out: list[str] | None = None,
    without: list[int] | None = None,
    max_tokens: Annotated[int, Field(ge=1)] = 65_536,
    epochs: Annotated[int | None, Field(ge=1, le=50)] = None,
    moderate: bool = False,
    upload: bool = False,
    anyway: bool = False,
    as_file: bool = False,
) -> Values:
    r"""Check training data and make JSON Lines of it; then offer to upload that.

    Takes a table (CSV, TSV, Excel) or JSON of the thread, of a message's menu or of a form. Nothing
    in the text is changed without being asked.

    Args:
        files: A table or a JSON file with prompts and answers.
        source: A file in Slack by its id, in place of the thread's newest; one that you can read.
        format: What the lines are for; else the file itself says it.
        system: Instructions put before every example, for chat models.
        validation_share: The share of examples to measure by, such as 0.1.
        seed: The seed by which those are chosen.
        separator: What ends every prompt (\n for a new line): for completion models.
        stop: What ends every answer, for completion models.
        leading_space: Begin every answer with a space, for completion models.
        prompt_column: The column with the prompts.
        completion_column: The column with the answers.
        sheet: A workbook's sheet, by name or number.
        encoding: The file's encoding, such as cp1252; else it is found out.
        delimiter: What separates columns, such as ; or \t; else it is found out.
        fix: Make the loss-free changes that are shown.
        leave_out: Leave out rows with these kinds of findings, such as duplicate,leak.
        without: Leave out these rows, such as 3,9.
        max_tokens: The model's training context, for what is too long.
        epochs: How often each example will be seen, for the estimate.
        moderate: Have each example judged by the free moderation.
        upload: Upload the result.
        anyway: Upload even if the same content is there already.
        as_file: Give me the result and the report as files.
    """
    file = await _meant(request, files, source)
    given = {**request.given, "source": file.id}
    if unknown := sorted(set(leave_out or ()) - set(SEVERITIES)):
        raise UsageError(f"There is no kind of finding {code(unknown[0])}.")
    options = options_of(given)
    if file.size > _LARGEST:
        raise CommandError(f"{code(file.name)} has {size(file.size)}; I take up to 200 MB.")
    async with fetched(request, [file]) as [parcel]:
        got = Source(parcel.name, parcel.path)
        checked = await _checked(request, got, parcel.path.parent, options)
        if upload:
            return await _uploaded(request, checked, anyway=anyway)
        prices = request.equipment.house.training
        values = reported(checked.report, checked.counts, checked.tokens, epochs, prices)
        if moderate:
            again = line({**given, "moderate": False, "without": None})
            values += await flagged(request, got, options, again)
        if as_file:
            values += await asyncio.to_thread(_files, checked)
        return [*values, _offer(checked, given)]


async def _meant(request: Request, files: tuple[SharedFile, ...], source: str) -> SharedFile:
    if source:
        return await _named(request, source)
    if files:
        return files[0]
    raise NeedsForm(
        "Prepare training data",
        submit="Check",
        fields=_FORM,
        required=("files",),
        intro="A table with a column of prompts and one of answers, or a JSON file. Nothing is "
        "uploaded to the model's server yet.",
    )


async def _named(request: Request, source: str) -> SharedFile:
    """Return a file by its id, if its person could read it themselves."""
    file = await request.files.find(source)
    me, here = request.asker.id, request.invocation.channel
    if file.owner == me or here in file.places or not file.places:
        return file
    for place in file.places:
        if await request.equipment.threads.may_read(place, me):
            return file
    raise CommandError("I do not see that you can read that file, so I do not read it for you.")


async def _checked(request: Request, source: Source, folder: Path, options: Options) -> Prepared:
    """Check in a worker thread, and write what is good to the folder."""
    await request.progress(f"Checking {code(source.name)} …")
    stem = Path(source.name).stem.lstrip(".").replace("\0", "")  # which no disk takes in a name
    stem = stem.encode(errors="replace")[:_STEM].decode(errors="ignore") or "train"

    def run() -> Prepared:
        output = folder / f"{stem}.jsonl"
        with dataset.prepare(source, output, options) as prepared:
            if prepared.report.kept:
                prepared.write()
            return prepared

    try:
        return await asyncio.to_thread(run)
    except ReadError as error:
        raise NeedsForm(
            "Read it otherwise", submit="Check", fields=_READING, intro=_in_a_form(str(error))
        ) from error
    except DatasetError as error:
        raise CommandError(escape(str(error))) from error


def _in_a_form(text: str) -> str:
    """Call the options that a sentence names as a form calls them."""
    return re.sub(
        r"--([a-z-]+)", lambda option: f"“{option[1].replace('-', ' ').capitalize()}”", escape(text)
    )


def _files(checked: Prepared) -> list[Value]:
    told = "\n".join(lines(checked.report, SHOWN))
    report = File(f"{checked.report.name}.report.txt", told.encode())
    made = [File(path.name, path.read_bytes()) for path in checked.paths]
    return [*made, report]


def _offer(checked: Prepared, given: dict[str, Any]) -> Text:
    """Return what to do next, as buttons that do this again with one thing more."""
    report = checked.report
    given = {**given, "upload": False, "as_file": False}
    steps = list(_steps(report, given))
    buttons = [Button(label, line({**given, **more})) for label, more in steps]
    if not report.kept:
        return Text(":x: *No row of this can be trained with* as it is.", buttons)
    left = f" {plural(report.left_out, 'row')} would be left out." if report.left_out else ""
    examples = plural(report.kept, "example")
    return Text(f":arrow_right: *{examples} can be uploaded.*{left}", buttons)


def _steps(report: Report, given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if report.kept:
        yield "Upload to the model's server …", {"upload": True}
    if is_fixable(report) and not given["fix"]:
        yield "Make the loss-free changes", {"fix": True}
    if report.findings["duplicate"].count and not given["leave_out"]:
        yield "Leave duplicates out", {"leave_out": ["duplicate"]}
    if not given["validation_share"] and report.kept >= _ENOUGH:
        yield "Keep 10 % for validation", {"validation_share": _SPLIT}
    if report.kept and not given["moderate"]:
        yield "Moderate", {"moderate": True}
    yield "Give me the files", {"as_file": True}


def line(given: dict[str, Any]) -> str:
    """Return the line that means these options; what is not named has its default."""
    parts = ["finetunes prepare"]
    for name, one in inspect.signature(prepare).parameters.items():
        value = given.get(name, one.default)
        if value == one.default or name == "files":
            continue
        parts.append(f"--{name.replace('_', '-')}")
        if value is not True:
            words = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            parts.append(quoted(words))
    return " ".join(parts)


async def _uploaded(request: Request, checked: Prepared, *, anyway: bool) -> Values:
    """Upload what was written, once its person has confirmed exactly that."""
    if not checked.paths:
        raise CommandError("No row of this can be trained with, so nothing is uploaded.")
    client = client_of(request)
    parcels = await asyncio.to_thread(lambda: [_parcel(path) for path in checked.paths])
    if not anyway:
        await refuse_twins(request, parcels)
    await request.confirm(_effect(checked, parcels), button="Upload")
    made = await uploaded(request, client, parcels, "fine-tune")
    return _next(checked, [file.id for file in made])


def _parcel(path: Path) -> Parcel:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Parcel(path.name, path, path.stat().st_size, digest)


def _effect(checked: Prepared, parcels: list[Parcel]) -> str:
    report = checked.report
    lines = [f"*Upload {plural(len(parcels), 'file')} to the model's server* for fine-tuning?"]
    for parcel, count in zip(parcels, checked.counts, strict=False):
        lines.append(f"• {code(parcel.name)}: {plural(count, 'example')}, {size(parcel.size)}")
    if report.left_out:
        rows = plural(report.left_out, "row")
        lines.append(f":warning: {rows} of {report.rows:,} left out, as the findings say.")
    if report.fixed:
        lines.append(f"{plural(report.fixed, 'example')} with loss-free changes.")
    return "\n".join(lines)


def _next(checked: Prepared, made: list[str]) -> list[Value]:
    pairs = [
        (path.name, f"{file}, {plural(count, 'example')}")
        for path, file, count in zip(checked.paths, made, checked.counts, strict=False)
    ]
    validation = f" --validation-file {made[1]}" if len(made) > 1 else ""
    form = checked.report.form
    method = form.value if form in (Format.DPO, Format.REINFORCEMENT) else "supervised"
    create = f"finetunes create {method} --training-file {made[0]}{validation}"
    buttons = (Button("Create a job with it …", create), Button("Look", f"files info {made[0]}"))
    return [Fields("Uploaded, and ready to train with", pairs, buttons)]
