"""What is said of files before they are uploaded or deleted. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commands.parcels import Parcel
from bot.desk.parameters import counted_age
from bot.desk.values import code, plural, size
from bot.openai.file_objects import FileObject

NAMED = 12
_LINES = ("fine-tune", "batch")


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
    if purpose in _LINES and any(not parcel.name.endswith(".jsonl") for parcel in parcels):
        lines.append(
            f":warning: For {code(purpose)} servers take JSON Lines (`.jsonl`) only; "
            "`!finetunes prepare` makes them of a table."
        )
    return "\n".join(lines)


def cleanup_effect(files: Sequence[FileObject], mark: str) -> str:
    """Return what a cleanup deletes; `mark` stands for exactly these files."""
    amount = size(sum(file.bytes or 0 for file in files))
    lines = [
        f"*Delete {plural(len(files), 'file')} ({amount}) from the server?* It cannot be undone.",
        *(named(one, frozenset()) for one in files[:NAMED]),
    ]
    if len(files) > NAMED:
        lines.append(f"… and {len(files) - NAMED:,} more (set {code(mark)})")
    return "\n".join(lines)


def named(file: FileObject, jobs: frozenset[str]) -> str:
    """Return the line of a file that is to be deleted, with the jobs that use it."""
    used = f" :warning: used by {', '.join(code(job) for job in sorted(jobs))}" if jobs else ""
    text = f"• {code(file.filename)}  {file.id}, {file.purpose}, {size(file.bytes or 0)}"
    return text + used
