"""Posts the files and pictures of a function's result to the thread, for people to see.

The ledger keeps them from the end of the call until they are in the thread. Their Slack file ids
are stored before Slack is asked to show them, because Slack completes an upload only once; a run
after a crash looks for these ids in the thread and posts only what is missing.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.calls.place import Place
from bot.slack.calls.posting import show_files
from bot.slack.calls.send import FateUnknown, Refused, Sender, reason_of
from bot.slack.workspace.files import FileError, Files
from functions import File
from storage.calls import Calls

logger = logging.getLogger(__name__)

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Attachments:
    """Posts to the thread of one turn."""

    files: Files
    sender: Sender
    calls: Calls
    place: Place

    async def post(self, call: str, files: Sequence[File]) -> str:
        """Post the files of a call in one message; return what the model must know, or ""."""
        told = await self._posted(call, [(file.name, file.data) for file in files])
        await self.calls.delivered(self.place.ticket, call)
        return told

    async def _posted(self, call: str, files: list[tuple[str, bytes]]) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._post(call, files)
        except (FateUnknown, TimeoutError) as error:
            logger.warning("files_perhaps_posted", extra={"reason": reason_of(error)})
            return "\n[Slack did not say whether it took the files. Let people look for them.]"
        except (FileError, Refused) as error:
            logger.warning("files_not_posted", extra={"reason": reason_of(error)})
            return "\n[Slack did not take the files, so people do not see them. Say so.]"
        return ""

    async def _post(self, call: str, files: list[tuple[str, bytes]]) -> None:
        names = [name for name, _ in files]
        before = dict(zip(await self.calls.uploads(call), names, strict=False))
        if before and await show_files(self.sender, self.place, before, again=True):
            return
        uploads = await self.files.upload(files)
        await self.calls.uploaded(self.place.ticket, call, list(uploads))
        if not await show_files(self.sender, self.place, uploads):
            raise FateUnknown("files.completeUploadExternal")
