"""Uploads: files too large for one request, sent in parts, several at a time.

    upload = await client.uploads.upload_file_chunked(file=path, purpose="fine-tune")
    upload.file

An upload that fails or is cancelled on the way is cancelled at the server too.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from typing import Annotated, Required, Unpack

from bot.openai.errors import InvalidRequestError, OpenAIError
from bot.openai.file_objects import FileObject
from bot.openai.files_request import (
    MEGABYTE,
    ExpiresAfter,
    UploadParameters,
    UploadPurpose,
    check_name,
)
from bot.openai.objects import APIResult, Seconds
from bot.openai.resource import Resource
from bot.openai.rules import Options, checked, several, text
from bot.openai.wire.api import API, Ask
from bot.openai.wire.multipart import FileContent, FileInput, Form, file_content

logger = logging.getLogger(__name__)

LARGEST_PART = 64 * MEGABYTE
PART_SIZE = 64_000_000  # below OpenAI's 64 MB whichever megabyte is meant
PARALLEL = 4


class Upload(APIResult):
    """A file on its way up; `status` is pending, completed, cancelled or expired."""

    id: str
    object: str = "upload"
    bytes: int = 0
    created_at: Seconds = 0
    expires_at: Seconds | None = None
    filename: str = ""
    purpose: str = ""
    status: str = ""
    file: FileObject | None = None


class UploadPart(APIResult):
    """One part that has arrived."""

    id: str
    object: str = "upload.part"
    created_at: Seconds = 0
    upload_id: str = ""


class CompleteParameters(Options, total=False):
    """The fields that end an upload: its parts in order, and the whole file's checksum."""

    part_ids: Required[Annotated[Sequence[str], several(text(1), 1)]]
    md5: Annotated[str | None, text(like="[0-9a-fA-F]{32}", says="must be 32 hexadecimal digits")]


class Parts(Resource):
    """The parts of uploads."""

    async def create(self, upload_id: str, data: FileInput) -> UploadPart:
        """Send one part up."""
        file = file_content("data", data)
        if not 0 < file.size <= LARGEST_PART:
            raise InvalidRequestError("data", "must have 1 byte to 64 MB")
        slow = self._slow({})
        ask = Form({}, ("data", file)).ask("uploads", upload_id, "parts", first_byte=slow)
        return await self._result(UploadPart, ask)


class Uploads(Resource):
    """Uploads of one server."""

    def __init__(self, api: API, *, part_size: int = PART_SIZE, parallel: int = PARALLEL) -> None:
        super().__init__(api)
        self._part_size = part_size
        self._parallel = parallel
        self.parts = Parts(api)

    async def create(self, **parameters: Unpack[UploadParameters]) -> Upload:
        """Begin an upload: it takes parts for an hour."""
        body = checked(UploadParameters, parameters)
        check_name(body["filename"], body["purpose"])
        return await self._result(Upload, Ask("POST", ("uploads",), body=body))

    async def complete(self, upload_id: str, **parameters: Unpack[CompleteParameters]) -> Upload:
        """Make the file of its parts, in the order given."""
        body = checked(CompleteParameters, parameters)
        path = ("uploads", upload_id, "complete")
        ask = Ask("POST", path, body=body, first_byte=self._slow(parameters))
        return await self._result(Upload, ask)

    async def cancel(self, upload_id: str) -> Upload:
        """Give an upload up."""
        ask = Ask("POST", ("uploads", upload_id, "cancel"))
        return await self._result(Upload, ask)

    async def upload_file_chunked(
        self,
        *,
        file: FileInput,
        purpose: UploadPurpose,
        expires_after: ExpiresAfter | None = None,
    ) -> Upload:
        """Send a file up in parts and return the completed upload."""
        whole = file_content("file", file)
        upload = await self.create(
            filename=whole.name,
            purpose=purpose,
            bytes=whole.size,
            mime_type=whole.content_type,
            expires_after=expires_after,
        )
        try:
            part_ids, md5 = await self._send(upload.id, whole)
            return await self.complete(upload.id, part_ids=part_ids, md5=md5)
        except BaseException:
            await self._give_up(upload.id)
            raise

    async def _send(self, upload_id: str, file: FileContent) -> tuple[list[str], str]:
        gate = asyncio.Semaphore(self._parallel)

        async def send(part: FileContent) -> str:
            async with gate:
                return (await self.parts.create(upload_id, part)).id

        try:
            async with asyncio.TaskGroup() as group:
                checksum = group.create_task(md5_of(file), name="upload_md5")
                sent = [
                    group.create_task(send(part), name="upload_part")
                    for part in cut(file, self._part_size)
                ]
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return [task.result() for task in sent], checksum.result()

    async def _give_up(self, upload_id: str) -> None:
        task = asyncio.create_task(self.cancel(upload_id), name="upload_cancel")
        try:
            await asyncio.shield(task)
        except OpenAIError as error:
            logger.info("upload_not_cancelled", extra={"upload": upload_id, **error.fields()})


def cut(file: FileContent, size: int) -> list[FileContent]:
    """Cut a file into parts of at most `size` bytes."""
    return [
        file.stretch(start, min(size, file.size - start)) for start in range(0, file.size, size)
    ]


async def md5_of(file: FileContent) -> str:
    """Return a file's checksum, in hexadecimal digits."""
    digest = hashlib.md5(usedforsecurity=False)
    async for piece in file.pieces():
        await asyncio.to_thread(digest.update, piece)
    return digest.hexdigest()
