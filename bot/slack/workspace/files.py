"""Slack's files: which ones a thread holds, their bytes, and how ours come to a person.

The token goes only to Slack's own file hosts (or the configured one): the address of a file comes
with a message, and could point anywhere. Without the right Slack sends a sign-in page with status
200, which is told apart by its type.
"""

import asyncio
import hashlib
import logging
import mimetypes
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unicodedata import normalize

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.slack.calls.client import NO_ANSWER, is_beside, session_of
from bot.slack.calls.paging import messages
from bot.slack.calls.send import reason_of
from bot.slack.text.markdown import host_of
from bot.slack.text.mrkdwn import escape
from bot.slack.text.payload import number_in, part, parts, text_in
from bot.slack.text.said import GONE
from functions import FunctionError, GivenFile

logger = logging.getLogger(__name__)

_CHUNK = 256 * 1024  # bytes
_TRANSFER_S = 300  # that a file may be on its way
_PAGES = 25
_PLACES = ("channels", "groups", "ims")
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
_MOST_GIVEN = 25_000_000  # bytes of a file that a function reads

Thread = tuple[str, str | None]  # channel and ts


class FileError(BotError):
    """A file of Slack's could not be read."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that somebody, its `owner`, shared in Slack; `places` are the channels."""

    id: str
    name: str
    mimetype: str
    size: int
    url: str
    owner: str = ""
    places: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return `image`, `audio`, `text` and the like; by the name where Slack does not tell."""
        guess = mimetypes.guess_type(self.name)[0] if self.mimetype in _UNTOLD else self.mimetype
        return (guess or "").partition("/")[0]


def shared(file: Mapping[str, Any]) -> SharedFile | None:
    """Read Slack's file object; None for one that is deleted or hidden."""
    url = file.get("url_private_download") or file.get("url_private")
    if not file.get("id") or not url or file.get("mode") in GONE:
        return None
    return SharedFile(
        id=str(file["id"]),
        name=normalize("NFC", str(file.get("name") or file["id"])),  # macOS parts letters and marks
        mimetype=text_in(file, "mimetype"),
        size=number_in(file, "size"),
        url=str(url),
        owner=text_in(file, "user"),
        places=tuple(str(id) for kind in _PLACES for id in file.get(kind) or ()),
    )


def for_functions(files: "Files", bodies: Iterable[Mapping[str, Any]]) -> tuple[GivenFile, ...]:
    """Return the files of a message as functions get them: fetched only when they are read."""
    found = [one for body in bodies if (one := shared(body))]
    return tuple(
        GivenFile(one.name, one.mimetype, one.size, partial(_fetched, files, one)) for one in found
    )


async def _fetched(files: "Files", file: SharedFile) -> bytes:
    """Fetch what is in a file; what goes wrong is told to the model."""
    try:
        return await files.read(file, _MOST_GIVEN)
    except FileError as error:
        raise FunctionError(str(error)) from error


class Files:
    """Reads and sends files."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def in_full(self, files: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return file objects in full: of files of Slack Connect a message holds only the id."""
        return [
            await self._asked(file) if file.get("file_access") == "check_file_info" else file
            for file in files
        ]

    async def _asked(self, file: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            response = await self._client.files_info(file=text_in(file, "id"))
        except NO_ANSWER as error:
            logger.info("file_not_told", extra={"reason": reason_of(error)})
            return file
        return part(response, "file") or file

    async def of_thread(self, channel: str, thread_ts: str) -> list[SharedFile]:
        """Return the files of a thread, newest first.

        Raises:
            FileError: Slack does not show the thread.
        """
        found: list[SharedFile] = []
        method = self._client.conversations_replies
        try:
            async for message in messages(method, _PAGES, channel=channel, ts=thread_ts):
                files = await self.in_full(parts(message, "files"))
                found += [one for file in files if (one := shared(file))]
        except NO_ANSWER as error:
            raise FileError(
                "Slack does not show me the files of this thread: I must be a member of the "
                "channel."
            ) from error
        return found[::-1]

    async def find(self, file: str) -> SharedFile:
        """Return a file by its id, as a form gives it.

        Raises:
            FileError: It is gone or hidden, or Slack does not show it.
        """
        try:
            response = await self._client.files_info(file=file)
        except NO_ANSWER as error:
            raise FileError("Slack does not show me this file any more.") from error
        found = shared(part(response, "file"))
        if found is None:
            raise FileError("This file was deleted or is hidden by the workspace's plan.")
        return found

    async def read(self, file: SharedFile, most: int) -> bytes:
        """Return a file's bytes.

        Raises:
            FileError: it is larger than `most`, or Slack does not hand it out.
        """
        name = escape(file.name)
        if file.size > most:
            raise FileError(f"{name} is larger than the {most // 1_000_000} MB that I take.")
        content = bytearray()
        async with aclosing(self._chunks(file)) as chunks:
            async for chunk in chunks:
                content += chunk
                if len(content) > most:
                    raise FileError(f"{name} is larger than it said.")
        return bytes(content)

    async def save(self, file: SharedFile, path: Path) -> str:
        """Write a file's bytes to the disk as they come; return their SHA-256.

        Raises:
            FileError: Slack does not hand it out.
        """
        digest = hashlib.sha256()
        with path.open("wb") as out:
            async with aclosing(self._chunks(file)) as chunks:
                async for chunk in chunks:
                    digest.update(chunk)
                    await asyncio.to_thread(out.write, chunk)
        return digest.hexdigest()

    async def _chunks(self, file: SharedFile) -> AsyncGenerator[bytes]:
        name = escape(file.name)
        if not self._trusted(file.url):
            raise FileError(f"{name} is not kept at Slack, so I do not fetch it.")
        try:
            async with session_of(self._client).get(
                file.url,
                headers={"Authorization": f"Bearer {self._client.token}"},
                allow_redirects=False,
                proxy=self._client.proxy,
                timeout=aiohttp.ClientTimeout(total=_TRANSFER_S),
            ) as response:
                signed_out = response.content_type == "text/html" and file.mimetype != "text/html"
                if response.status != 200 or signed_out:
                    raise FileError(
                        f"Slack did not hand out {name}: I need the scope `files:read`, "
                        "and to be in a channel where it is shared."
                    )
                async for chunk in response.content.iter_chunked(_CHUNK):
                    yield chunk
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise FileError(f"Slack did not hand out {name}. Please try again.") from error

    def _trusted(self, url: str) -> bool:
        at_slack = url.startswith("https://") and host_of(url).endswith(".slack.com")
        return at_slack or is_beside(url, self._client.base_url)

    async def give(
        self, user: str, files: Sequence[tuple[str, bytes]], comment: str, thread: Thread | None
    ) -> list[str]:
        """Give a person files where only they see them; return their ids.

        `thread` is that of their direct messages, when they asked there.

        Raises:
            FileError: Slack did not take them, or opens no direct message with the person.
        """
        channel, thread_ts = thread or (await self._direct(user), None)
        return await self.share(channel, thread_ts, files, comment)

    async def share(
        self,
        channel: str,
        thread_ts: str | None,
        files: Sequence[tuple[str, bytes]],
        comment: str = "",
    ) -> list[str]:
        """Share files in one message in a channel or thread; return their ids.

        Raises:
            FileError: Slack did not take them.
        """
        uploads = await self.upload(files)
        try:
            await self._client.files_completeUploadExternal(
                files=[{"id": id, "title": title} for id, title in uploads.items()],
                channel_id=channel,
                thread_ts=thread_ts,
                initial_comment=comment or None,
            )
        except NO_ANSWER as error:
            raise _not_taken(files[0][0], error) from error
        return list(uploads)

    async def upload(self, files: Iterable[tuple[str, bytes]]) -> dict[str, str]:
        """Give files to Slack, which shows them to nobody yet and forgets them if it never does.

        Returns their names by the ids that Slack gave them.

        Raises:
            FileError: Slack did not take one.
        """
        return {await self._upload(name, content): name for name, content in files}

    async def _upload(self, name: str, content: bytes) -> str:
        try:
            place = await self._client.files_getUploadURLExternal(
                filename=name, length=len(content)
            )
            await self._put(str(place["upload_url"]), content)
        except NO_ANSWER as error:
            raise _not_taken(name, error) from error
        return str(place["file_id"])

    async def _put(self, url: str, content: bytes) -> None:
        async with session_of(self._client).post(
            url,
            data=content,
            proxy=self._client.proxy,
            timeout=aiohttp.ClientTimeout(total=_TRANSFER_S),
        ) as response:
            response.raise_for_status()

    async def _direct(self, user: str) -> str:
        try:
            response = await self._client.conversations_open(users=user)
        except NO_ANSWER as error:
            raise FileError(
                "I cannot open a direct message with you: I need the scope `im:write`."
            ) from error
        return text_in(part(response, "channel"), "id")


def _not_taken(name: str, error: Exception) -> FileError:
    logger.warning("file_not_sent", extra={"reason": reason_of(error)})
    return FileError(
        f"Slack did not take {escape(name)}: I need the scope `files:write`, and to be a "
        "member where it belongs. Please try again."
    )
