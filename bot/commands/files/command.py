"""Look after the files of the model's server: list, upload, look into, delete, clean up."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from bot.commands.files.library import (
    NAMED,
    cleanup_effect,
    find,
    named,
    removed,
    upload_effect,
    uses,
)
from bot.commands.parcels import fetched, refuse_twins, uploaded
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm, UsageError
from bot.desk.parameters import Age, FromFiles, Lifetime, Shown, Size
from bot.desk.request import Request
from bot.desk.values import (
    Button,
    Fields,
    File,
    Table,
    Text,
    Values,
    Verbatim,
    ago,
    code,
    counted,
    listed,
    moment,
    plural,
    size,
)
from bot.openai.file_objects import FileObject
from bot.openai.files_request import ExpiresAfter
from bot.openai.files_request import Purpose as UploadPurpose
from bot.slack.workspace.files import SharedFile

command = Command("files", __doc__)

Purpose = Literal[
    "fine-tune",
    "fine-tune-results",
    "batch",
    "batch_output",
    "assistants",
    "assistants_output",
    "vision",
    "user_data",
    "evals",
]
Sort = Literal["newest", "oldest", "largest", "name"]
FileId = Annotated[str, Shown("FILE", "file-abc123")]

_SHOWN = 2_500
_LARGEST_CONTENT = 50_000_000
_RECORDED = 2_000


@command.sub(
    name="list",
    examples=("list", "list --purpose batch --older-than 30d", "list train --sort largest"),
    words=("search", "storage", "space"),
)
async def list_(
    request: Request,
    search: str = "",
    *,
    purpose: Annotated[Purpose | None, Shown("PURPOSE")] = None,
    older_than: Age | None = None,
    newer_than: Age | None = None,
    larger_than: Size | None = None,
    unused: bool = False,
    sort: Sort = "newest",
) -> Table:
    """List the files on the model's server.

    Args:
        search: A part of the file's name or id.
        purpose: What the file is for.
        older_than: Only files older than this, such as 30d.
        newer_than: Only files newer than this, such as 12h.
        larger_than: Only files larger than this, such as 10MB.
        unused: Only files that no fine-tuning job uses.
        sort: What comes first.
    """
    found, everything = await find(request)
    rows = [_row(one, request.now) for one in sorted(found, key=_ORDER[sort])]
    return Table(
        title="Files",
        columns=("Name", "File", "Purpose", "Size", "Age", "Expires in"),
        rows=rows,
        note=_counted(found, everything),
        empty="No file fits." if everything else "The server keeps no files.",
        pick="files info",
        key=1,
        buttons=() if everything else (Button("Upload files …", "files upload"),),
    )


@command.sub(examples=("info file-abc123",), words=("details", "used", "job"))
async def info(request: Request, file: FileId) -> Fields:
    """Show everything about a file, and which fine-tuning jobs use it.

    Args:
        file: The file's id.
    """
    client = request.openai("files")
    found = await client.files.retrieve(file)
    jobs = await uses(client)
    known = await request.storage.uploads.of_file(request.used, found.id)
    tz, age = request.asker.tz, request.now - found.created_at
    since = "just now" if age < 60 else f"{ago(age)} ago"
    pairs = [
        ("Id", found.id),
        ("Purpose", found.purpose),
        ("Size", size(found.bytes or 0)),
        ("Uploaded", f"{moment(found.created_at, tz)} ({since})"),
        ("Expires", moment(found.expires_at, tz) or "never"),
        ("Status", " ".join(filter(None, (found.status, found.status_details)))),
    ]
    if jobs is not None:
        pairs.append(("Used by", ", ".join(sorted(jobs.get(found.id, ()))) or "no job"))
    if known:
        pairs.append(("SHA-256", known.digest))
    if known and known.user:
        names = await request.names([known.user])
        pairs.append(("Uploaded here by", names[known.user]))
    buttons = (
        Button("Show the content", f"files content {found.id}"),
        Button("Delete …", f"files delete {found.id}"),
    )
    return Fields(found.filename or found.id, pairs, buttons)


@command.sub(
    who="admins",
    examples=("content file-abc123", "content file-abc123 --as-file"),
    words=("download", "read", "results"),
)
async def content(request: Request, file: FileId, *, as_file: bool = False) -> Values:
    """Show what is in a file: here when it is short text, else as a file.

    Args:
        file: The file's id.
        as_file: As a file, however short it is.
    """
    client = request.openai("files")
    found = await client.files.retrieve(file)
    if (found.bytes or 0) > _LARGEST_CONTENT:
        raise CommandError(
            f"{code(found.filename)} has {size(found.bytes or 0)}; I show up to 50 MB."
        )
    raw = await client.files.content(file)
    name = found.filename or found.id
    text = _text(raw.content)
    if not raw.content:
        return Text(f"{code(name)} is empty.")
    if text is not None and len(text) <= _SHOWN and not as_file:
        return Verbatim(f"{name} ({size(len(raw.content))})", text)
    return File(name, raw.content, f"{code(found.id)}, {size(len(raw.content))}")


@command.sub(
    effect="changes",
    examples=("upload --purpose fine-tune", "upload --purpose user_data --expires 30d"),
    words=("send", "add", "training"),
    form=True,
)
async def upload(
    request: Request,
    *,
    files: Annotated[tuple[SharedFile, ...], FromFiles(choose=True)] = (),
    purpose: Annotated[UploadPurpose | None, Shown("PURPOSE")] = None,
    expires: Lifetime | None = None,
    anyway: Annotated[bool, Shown(label="Duplicates")] = False,
) -> Values:
    """Upload files to the model's server: from a form, a message's menu, or the thread.

    Of a thread the newest file is taken when the purpose is named; else the form lets one choose.

    Args:
        files: Slack takes up to 10 MB each in a form; share larger ones in a message or thread.
        purpose: What the files are for.
        expires: How long they are kept, from 1h to 30d; else until deleted.
        anyway: Upload even if the same content is there already.
    """
    if not files or purpose is None or request.reopened:
        raise _form(files, choose=len(files) > 1 and _of_thread(request))
    if _of_thread(request):
        files = files[:1]
    client = request.openai("files")
    async with fetched(request, files) as parcels:
        if not anyway:
            await refuse_twins(request, parcels)
        await request.confirm(upload_effect(parcels, purpose, expires), button="Upload")
        lifetime: ExpiresAfter | None = None
        if expires is not None:
            lifetime = {"anchor": "created_at", "seconds": int(expires.total_seconds())}
        made = await uploaded(request, client, parcels, purpose, lifetime)
    return [_shown(file, request.asker.tz) for file in made]


@command.sub(
    effect="deletes",
    examples=("delete file-abc123", "delete file-abc123 file-def456"),
    words=("remove",),
)
async def delete(request: Request, file: Annotated[list[str], Shown("FILE...")]) -> Text:
    """Delete files from the model's server.

    Args:
        file: The ids of the files.
    """
    client = request.openai("files")
    found = [await client.files.retrieve(one) for one in dict.fromkeys(file)]
    jobs = await uses(client) or {}
    lines = [f"*Delete {plural(len(found), 'file')} from the server?* It cannot be undone."]
    lines += listed([named(one, jobs.get(one.id, frozenset())) for one in found], NAMED)
    ids = " ".join(one.id for one in found)
    await request.confirm("\n".join(lines), button="Delete", danger=True, record=ids)
    return await removed(request, found)


@command.sub(
    effect="deletes",
    examples=("cleanup --older-than 90d --unused", "cleanup --purpose batch_output"),
    words=("storage", "space", "bulk", "old", "remove"),
)
async def cleanup(
    request: Request,
    *,
    older_than: Age | None = None,
    purpose: Annotated[Purpose | None, Shown("PURPOSE")] = None,
    larger_than: Size | None = None,
    unused: bool = False,
    delete: bool = False,
) -> Values:
    """Show which files a cleanup would delete; a button then deletes exactly these.

    Args:
        older_than: Files older than this, such as 90d.
        purpose: Files for this purpose.
        larger_than: Files larger than this.
        unused: Files that no fine-tuning job uses.
        delete: Ask at once whether to delete them.
    """
    if not (older_than or purpose or larger_than is not None or unused):
        raise UsageError("Say which files: by age, purpose, size or use.")
    found, everything = await find(request)
    if not found:
        if not everything:
            return Text("Nothing to clean up: the server keeps no files.")
        return Text(f"Nothing to clean up: none of {plural(len(everything), 'file')} fits.")
    oldest = sorted(found, key=_ORDER["oldest"])
    if delete:
        ids = " ".join(sorted(file.id for file in found)[:_RECORDED])
        button = f"Delete {len(found)}"
        await request.confirm(cleanup_effect(oldest), button=button, danger=True, record=ids)
        return await removed(request, found)
    return Table(
        title=f"A cleanup would delete {plural(len(oldest), 'file')}",
        columns=("Name", "File", "Purpose", "Size", "Age", "Expires in"),
        rows=[_row(one, request.now) for one in oldest],
        note=f"{_counted(found, everything)} · nothing is deleted yet",
        buttons=(Button(f"Delete these {len(oldest)} …", f"{request.line} --delete"),),
    )


def _of_thread(request: Request) -> bool:
    """Tell whether the files are all of the thread: neither shared with it nor chosen."""
    return not request.order.files and not request.order.values.get("files")


def _form(files: tuple[SharedFile, ...], *, choose: bool) -> NeedsForm:
    names = ", ".join(code(file.name) for file in files)
    fields = ("purpose", "expires", "anyway") if files and not choose else ()
    intro = f"Upload {names} to the model's server." if files and not choose else ""
    menu = tuple((f"{file.name} · {size(file.size)}", file.id) for file in files)
    return NeedsForm(
        "Upload files",
        fields=fields,
        required=("files", "purpose"),
        initial={"files": [file.id for file in files[:1]]},
        choices={"files": menu} if choose else {},
        intro=intro,
    )


def _shown(file: FileObject, tz: str) -> Fields:
    pairs = (
        ("Id", file.id),
        ("Purpose", file.purpose),
        ("Size", size(file.bytes or 0)),
        ("Expires", moment(file.expires_at, tz) or "never"),
    )
    return Fields(f"{file.filename} is uploaded", pairs, (Button("Look", f"files info {file.id}"),))


_ORDER: Mapping[Sort, Callable[[FileObject], Any]] = {
    "newest": lambda file: -file.created_at,
    "oldest": lambda file: file.created_at,
    "largest": lambda file: -(file.bytes or 0),
    "name": lambda file: (file.filename.lower(), file.id),
}


def _row(file: FileObject, now: float) -> tuple[str, ...]:
    goes = ago(file.expires_at - now) if file.expires_at else ""
    return (
        file.filename,
        file.id,
        file.purpose,
        size(file.bytes or 0),
        ago(now - file.created_at),
        goes,
    )


def _counted(found: Sequence[FileObject], everything: Sequence[FileObject]) -> str:
    amount = size(sum(file.bytes or 0 for file in found))
    return f"{counted(len(found), len(everything), 'file')}, {amount}"


def _text(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
