"""Posts the files and pictures of a function's result to the thread, for people to see.

They are posted after the ledger has the end of the call, and a call that has ended is not run again
after a crash: so files come once, and in the worst moment not at all, but never twice.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.files import FileError, Files
from bot.slack.place import Place
from functions import File

logger = logging.getLogger(__name__)

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Attachments:
    """Posts to the thread of one turn."""

    files: Files
    place: Place

    async def post(self, files: Sequence[File]) -> str:
        """Post files in one message; return what the model must know, or nothing if all went well.

        Slack takes no empty files.
        """
        full = [(file.name, file.data) for file in files if file.data]
        empty = [file.name for file in files if not file.data]
        told = f"\n[Not posted, for it is empty: {', '.join(empty)}]" if empty else ""
        if not full or await self._shared(full):
            return told
        return f"{told}\n[Slack did not take the files, so people do not see them. Say so.]"

    async def _shared(self, files: list[tuple[str, bytes]]) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self.files.share_all(self.place.channel, self.place.thread_ts, files)
        except (FileError, TimeoutError) as error:
            logger.warning("files_not_posted", extra={"reason": type(error).__name__})
            return False
        return True
