"""Slack's files on their way to the model's server: fetched to the disk, and known by content."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.desk.errors import CommandError
from bot.desk.request import Request
from bot.desk.values import code
from bot.openai.client import OpenAI
from bot.openai.errors import BadRequestError, NotFoundError, PermissionDeniedError
from bot.openai.file_objects import FileObject
from bot.openai.files_request import ExpiresAfter, Purpose
from bot.slack.workspace.files import SharedFile
from storage.records import Uploaded

_LOOKED_AT = 5  # files of the same size whose content we do not know yet
_LOOKED_AT_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file on our disk, and the hash of its content."""

    name: str
    path: Path
    size: int
    digest: str


@asynccontextmanager
async def fetched(request: Request, files: Sequence[SharedFile]) -> AsyncIterator[list[Parcel]]:
    """Fetch files to a folder that goes away with the block."""
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        parcels = []
        for number, file in enumerate(files, 1):
            await request.progress(f"Fetching {code(file.name)} from Slack …")
            path = Path(folder) / str(number)
            digest = await request.files.save(file, path)
            parcels.append(Parcel(file.name, path, path.stat().st_size, digest))
        yield parcels


async def refuse_twins(request: Request, parcels: Sequence[Parcel]) -> None:
    """Refuse files whose content the server has already.

    Raises:
        CommandError: a twin is there, or two of the files are the same.
    """
    digests = [parcel.digest for parcel in parcels]
    if len(set(digests)) < len(digests):
        raise CommandError("Two of these files have the same content; upload it once.")
    there = [file async for file in request.openai("files").files.list()]
    for parcel in parcels:
        twin = await _twin(request, parcel, there)
        if twin is not None:
            raise CommandError(
                f"{code(parcel.name)} is on the server already: {code(twin.id)} "
                f"({code(twin.filename)}, {twin.purpose}) has the same content. Use that one, or "
                "add `--anyway` (in the form: tick the box) to upload it again."
            )


async def _twin(request: Request, parcel: Parcel, there: list[FileObject]) -> FileObject | None:
    """Return a file with the same content: one we uploaded, or one that looks like it."""
    by_id = {file.id: file for file in there}
    for known in await request.storage.uploads.find(request.used, parcel.digest):
        if known.file in by_id:
            return by_id[known.file]
        await request.storage.uploads.forget(request.used, known.file)
    same_size = [file for file in there if file.bytes == parcel.size][:_LOOKED_AT]
    if parcel.size <= _LOOKED_AT_BYTES:
        for file in same_size:
            if await _digest(request, file) == parcel.digest:
                return file
    return None


async def _digest(request: Request, file: FileObject) -> str:
    """Return the hash of a file on the server; none where the server keeps its content back."""
    known = await request.storage.uploads.of_file(request.used, file.id)
    if known:
        return known.digest
    try:
        raw = await request.openai("files").files.content(file.id)
    except (BadRequestError, PermissionDeniedError, NotFoundError):
        return ""
    digest = hashlib.sha256(raw.content).hexdigest()
    await _remember(request, file, digest, user="")
    return digest


async def uploaded(
    request: Request,
    client: OpenAI,
    parcels: Sequence[Parcel],
    purpose: Purpose,
    expires_after: ExpiresAfter | None = None,
) -> list[FileObject]:
    """Upload files to the server, and keep what is known of them."""
    made = []
    for parcel in parcels:
        await request.progress(f"Uploading {code(parcel.name)} …")
        file = await client.files.upload_any(
            file=(parcel.name, parcel.path), purpose=purpose, expires_after=expires_after
        )
        await _remember(request, file, parcel.digest, request.asker.id)
        made.append(file)
    return made


async def _remember(request: Request, file: FileObject, digest: str, user: str) -> None:
    """Keep the hash of a file on the server, and who uploaded it if that is known."""
    await request.storage.uploads.save(
        Uploaded(
            account=request.used,
            file=file.id,
            digest=digest,
            purpose=file.purpose,
            name=file.filename,
            user=user,
            team=request.invocation.team,
        )
    )
