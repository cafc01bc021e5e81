"""What files and uploads may be asked: fields and rules that both share."""

from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import Filled, Options, whole
from bot.openai.wire.multipart import FileContent, FileInput

MEGABYTE = 1024 * 1024
LARGEST_FILE = 512 * MEGABYTE
LARGEST_BATCH = 200 * MEGABYTE
LARGEST_UPLOAD = 8 * 1024 * MEGABYTE
LINE_PURPOSES = ("fine-tune", "batch")

Purpose = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
UploadPurpose = Literal["assistants", "batch", "fine-tune", "vision"]


class ExpiresAfter(TypedDict):
    """When a file goes by itself: an hour to 30 days after it was made."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, whole(3_600, 2_592_000)]


class FileParameters(Options, total=False):
    """The fields of a file to be kept; None leaves a field out."""

    file: Required[FileInput]
    purpose: Required[Purpose]
    expires_after: ExpiresAfter | None


class FileFilters(Options, total=False):
    """Which files a list shows, and how many a page has."""

    purpose: Filled | None
    limit: Annotated[int | None, whole(1, 10_000)]
    order: Literal["asc", "desc"] | None
    after: Filled | None


class UploadParameters(Options, total=False):
    """The fields of an upload in parts; None leaves a field out."""

    filename: Required[Filled]
    purpose: Required[UploadPurpose]
    bytes: Required[Annotated[int, whole(1, LARGEST_UPLOAD)]]
    mime_type: Required[Filled]
    expires_after: ExpiresAfter | None


def check_file(file: FileContent, purpose: str) -> None:
    """Refuse a file that its purpose cannot use."""
    check_name(file.name, purpose)
    if not file.size:
        raise InvalidRequestError("file", "is empty")
    if purpose == "batch" and file.size > LARGEST_BATCH:
        raise InvalidRequestError("file", "may have 200 MB for a batch")
    if file.size > LARGEST_FILE:
        raise InvalidRequestError("file", "may have 512 MB; larger ones go up in parts")


def check_name(name: str, purpose: Any) -> None:
    """Refuse a file name that its purpose cannot use."""
    if purpose in LINE_PURPOSES and not name.lower().endswith(".jsonl"):
        raise InvalidRequestError("file", f"must be a .jsonl file for the purpose {purpose}")
