"""Files: send them up, list them, look at them, fetch their content, delete them."""

from typing import Unpack

from bot.openai.file_objects import FileDeleted, FileObject
from bot.openai.files_request import FileFilters, FileParameters, check_file
from bot.openai.listing import Listing
from bot.openai.raw import Raw, raw
from bot.openai.resource import Resource
from bot.openai.rules import checked
from bot.openai.uploads import Uploads
from bot.openai.wire.api import API, Ask
from bot.openai.wire.multipart import Form, file_content

ONE_REQUEST = 512_000_000  # below OpenAI's 512 MB whichever megabyte is meant
UNREADY = frozenset({"uploaded", "pending", "running"})


class Files(Resource):
    """Files of one server."""

    def __init__(self, api: API, uploads: Uploads, *, one_request: int = ONE_REQUEST) -> None:
        super().__init__(api)
        self._uploads = uploads
        self._one_request = one_request

    async def create(self, **parameters: Unpack[FileParameters]) -> FileObject:
        """Send a file up in one request, from the disk as it is read."""
        fields = checked(FileParameters, parameters)
        file = file_content("file", fields.pop("file"))
        check_file(file, fields["purpose"])
        ask = Form(fields, ("file", file)).ask("files", first_byte=self._slow(parameters))
        return await self._result(FileObject, ask)

    async def upload_any(self, **parameters: Unpack[FileParameters]) -> FileObject:
        """Send a file of any size up: in one request, or in parts when it is too large for one."""
        fields = checked(FileParameters, parameters)
        parameters["file"] = file = file_content("file", fields["file"])
        if file.size <= self._one_request:
            return await self.create(**parameters)
        upload = await self._uploads.upload_file_chunked(
            file=file, purpose=fields["purpose"], expires_after=fields.get("expires_after")
        )
        known = upload.file or FileObject(id=upload.id)
        return known.model_copy(update={"request_id": upload.request_id})

    def list(self, **filters: Unpack[FileFilters]) -> Listing[FileObject]:
        """Return the files, newest first: await a page or iterate over all."""
        return self._listing(FileObject, ("files",), FileFilters, filters)

    async def retrieve(self, file_id: str) -> FileObject:
        """Return what is known of a file."""
        return await self._result(FileObject, Ask("GET", ("files", file_id)))

    async def wait_for_processing(self, file_id: str, *, longest: float = 120.0) -> FileObject:
        """Wait until the server has looked at a new file, but not for ever, and return it.

        Jobs refuse a file that is not ready. After `longest` seconds it is returned as
        it is: some servers never change its status.
        """
        waited, delay = 0.0, 0.5
        while (file := await self.retrieve(file_id)).status in UNREADY and waited < longest:
            await self._api.pause(delay)
            waited += delay
            delay = min(delay * 1.5, 5.0)
        return file

    async def content(self, file_id: str) -> Raw:
        """Return a file's bytes."""
        return await self._asked(Ask("GET", ("files", file_id, "content")), raw)

    async def delete(self, file_id: str) -> FileDeleted:
        """Delete a file."""
        return await self._delete(FileDeleted, "files", file_id)
