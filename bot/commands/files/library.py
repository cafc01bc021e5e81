"""Files on the server: which a person means, which jobs use them, what is said of them."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.commands.parcels import Parcel
from bot.desk.errors import CommandError
from bot.desk.parameters import counted_age
from bot.desk.request import Request
from bot.desk.values import Text, code, escape, listed, plural, size
from bot.openai.client import OpenAI
from bot.openai.errors import (
    NotFoundError,
    OpenAIError,
    OperationNotFoundError,
    PermissionDeniedError,
)
from bot.openai.file_objects import FileObject
from bot.openai.files_request import LINE_PURPOSES

logger = logging.getLogger(__name__)

_AT_ONCE = 4
_FAILURES = 5  # that are named
NAMED = 12  # files, before they are deleted


async def find(request: Request) -> tuple[list[FileObject], list[FileObject]]:
    """Return the files that a person means by the arguments that filter them, and all."""
    given = request.given
    client = request.openai("files")
    everything = [file async for file in client.files.list()]
    files = [file for file in everything if _fits(file, given, request.now)]
    if given["unused"]:
        jobs = await uses(client)
        if jobs is None:
            raise CommandError(
                "This server does not tell about fine-tuning jobs, so I cannot know which files "
                "are unused. Ask without `--unused`."
            )
        files = [file for file in files if file.id not in jobs]
    return files, everything


def _fits(file: FileObject, given: Mapping[str, Any], now: float) -> bool:
    """Tell whether a file is meant, leaving aside who uses it."""
    age, newer = timedelta(seconds=now - file.created_at), given.get("newer_than")
    older, larger = given["older_than"], given["larger_than"]
    return (
        (given.get("search", "").lower() in f"{file.filename} {file.id}".lower())
        and given["purpose"] in (None, file.purpose)
        and (older is None or age > older)
        and (newer is None or age < newer)
        and (larger is None or (file.bytes or 0) > larger)
    )


async def uses(client: OpenAI) -> dict[str, frozenset[str]] | None:
    """Return the jobs that use each file; None where the server has no jobs."""
    found: dict[str, set[str]] = {}
    try:
        async for job in client.fine_tuning.jobs.list(limit=100):
            for file in (job.training_file, job.validation_file, *(job.result_files or ())):
                if file:
                    found.setdefault(file, set()).add(job.id)
    except (OperationNotFoundError, PermissionDeniedError, NotFoundError):
        return None
    return {file: frozenset(jobs) for file, jobs in found.items()}


async def removed(request: Request, files: Sequence[FileObject]) -> Text:
    """Delete files, a few at a time, and say what became of them; one that is gone is gone."""
    outcomes: list[tuple[FileObject, OpenAIError | None]] = []
    gate = asyncio.Semaphore(_AT_ONCE)

    async def remove(file: FileObject) -> None:
        async with gate:
            outcomes.append((file, await _delete(request, file)))
        await request.progress(f"{len(outcomes):,} of {plural(len(files), 'file')} …")

    async with asyncio.TaskGroup() as group:
        for file in files:
            group.create_task(remove(file), name=f"delete {file.id}")
    return _report(request, [(file, error) for file, error in outcomes if error], len(files))


async def _delete(request: Request, file: FileObject) -> OpenAIError | None:
    """Delete one file, also from what we know; return why it is still there, if it is."""
    try:
        await request.openai("files").files.delete(file.id)
    except OperationNotFoundError as error:
        return error
    except NotFoundError:
        pass  # it was gone
    except OpenAIError as error:
        return error
    await request.storage.uploads.forget(request.used, file.id)
    return None


def _report(request: Request, failed: list[tuple[FileObject, OpenAIError]], count: int) -> Text:
    good = count - len(failed)
    if not failed:
        return Text(f":white_check_mark: {plural(good, 'file')} deleted.")
    for _, error in failed:
        logger.warning("file_not_deleted", extra=error.fields())
    lines = []
    for file, error in failed:
        why = error.code or (f"status {error.status}" if error.status else "not reached")
        lines.append(f"• {code(file.filename)}  {file.id}: {escape(str(why))}")
    head = f":warning: {plural(good, 'file')} deleted, {len(failed)} not:"
    again = f"Try again with `{request.slash(request.line)}`."
    return Text("\n".join([head, *listed(lines, _FAILURES), again]))


def upload_effect(parcels: Sequence[Parcel], purpose: str, expires: timedelta | None) -> str:
    """Return what an upload does."""
    one = len(parcels) == 1
    lines = [
        f"*Upload {plural(len(parcels), 'file')} to the model's server* for {code(purpose)}?",
        *(f"• {code(parcel.name)}, {size(parcel.size)}" for parcel in parcels),
    ]
    if expires:
        verb = "It expires" if one else "They expire"
        lines.append(f"{verb} after {plural(*counted_age(expires))}.")
    else:
        lines.append(f"{'It stays' if one else 'They stay'} until deleted.")
    if purpose in LINE_PURPOSES and any(not parcel.name.endswith(".jsonl") for parcel in parcels):
        lines.append(
            f":warning: For {code(purpose)} servers take JSON Lines (`.jsonl`) only; "
            "`!finetunes prepare` makes them of a table."
        )
    return "\n".join(lines)


def cleanup_effect(files: Sequence[FileObject]) -> str:
    """Return what a cleanup deletes, with a mark that stands for exactly these files."""
    names = "\n".join(sorted(file.id for file in files))
    mark = hashlib.sha256(names.encode()).hexdigest()[:8]
    amount = size(sum(file.bytes or 0 for file in files))
    head = f"*Delete {plural(len(files), 'file')} ({amount}) from the server?* It cannot be undone."
    lines = [named(one, frozenset()) for one in files]
    return "\n".join([head, *listed(lines, NAMED, f"more (set {code(mark)})")])


def named(file: FileObject, jobs: frozenset[str]) -> str:
    """Return the line of a file that is to be deleted, with the jobs that use it."""
    used = f" :warning: used by {', '.join(code(job) for job in sorted(jobs))}" if jobs else ""
    text = f"• {code(file.filename)}  {file.id}, {file.purpose}, {size(file.bytes or 0)}"
    return text + used
