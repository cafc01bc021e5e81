"""What file operations answer."""

from bot.openai.objects import APIResult, Seconds


class FileObject(APIResult):
    """What the server knows of a file; times are seconds since 1970."""

    id: str
    object: str = "file"
    bytes: int | None = None
    created_at: Seconds = 0
    expires_at: Seconds | None = None
    filename: str = ""
    purpose: str = ""
    status: str | None = None
    status_details: str | None = None


class FileDeleted(APIResult):
    """What became of a file that was to be deleted."""

    id: str
    deleted: bool
    object: str = "file"
