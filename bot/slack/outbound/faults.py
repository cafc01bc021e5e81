"""Tells the admins, in a direct message, of functions that cannot be taken as they are.

Once for each fault: what was told stands in storage, so that neither a restart nor another process
tells it again. A fault that was mended and comes back is told again; one that reached nobody is
told with the next change or after a restart.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls.client import NO_ANSWER
from bot.slack.calls.paging import pages
from bot.slack.calls.place import QUIET
from bot.slack.calls.send import reason_of
from bot.slack.text.mrkdwn import beginning, one_line
from bot.slack.text.payload import parts
from bot.slack.workspace.user_object import is_admin
from functions import LoadError
from storage.choices import Choices

logger = logging.getLogger(__name__)

_NAME = "functions told"
_PAGE = 1000  # people, the most that Slack gives
_PAGES = 10
_MOST = 20  # admins, and faults in a message
_LONGEST = 600  # characters of what is wrong


@dataclass(eq=False, repr=False)
class Faults:
    """Tells faults one after the other; `admins` are those of the settings, `team` the bot's own.

    Without any in the settings, the admins and owners of the workspace are told.
    """

    client: AsyncWebClient
    choices: Choices
    team: str
    admins: Sequence[str]
    _now: tuple[LoadError, ...] = field(init=False, default=())
    _bell: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def note(self, errors: Sequence[LoadError]) -> None:
        """Take note of all faults that there are now; what is new of them is told soon."""
        self._now = tuple(errors)
        self._bell.set()

    async def run(self) -> None:
        """Tell what is noted, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._tell(self._now)
            except Exception:
                logger.exception("faults_not_told")

    async def _tell(self, errors: Sequence[LoadError]) -> None:
        told = set((await self.choices.all(self.team, _NAME)).get(self.team, "").split())
        keys = {_key(error): error for error in errors}
        if told == keys.keys():
            return
        new = [error for key, error in keys.items() if key not in told]
        now = keys.keys() if not new or await self._reached(message(new)) else keys.keys() & told
        await self.choices.save(self.team, _NAME, " ".join(sorted(now)) or None, "")

    async def _reached(self, text: str) -> bool:
        """Send a text to all admins; tell whether any of them got it."""
        admins = (self.admins or await self._found())[:_MOST]
        return any([await self._send(admin, text) for admin in admins])

    async def _send(self, admin: str, text: str) -> bool:
        try:
            await self.client.chat_postMessage(channel=admin, text=text, **QUIET)
        except NO_ANSWER as error:
            logger.warning("admin_not_told", extra={"reason": reason_of(error)})
            return False
        return True

    async def _found(self) -> tuple[str, ...]:
        """Return the admins and owners of the workspace."""
        found: list[str] = []
        async for page in pages(self.client.users_list, _PAGES, limit=_PAGE):
            listed = parts(page, "members")
            found += [str(user["id"]) for user in listed if is_admin(user, self.team)]
        return tuple(found)


def message(errors: Sequence[LoadError]) -> str:
    """Return what the admins read: each file or function by its name, and what is wrong."""
    head = (
        f":warning: *{'Some functions need' if len(errors) > 1 else 'A function needs'} an admin.*"
    )
    if any(Path(error.file).suffix for error in errors):  # not only what was added from Slack
        head += " Where a file worked before, its old version stays in use."
    lines = [
        f"• `{one_line(Path(error.file).name)}`: {beginning(one_line(error.sentence), _LONGEST)}"
        for error in errors[:_MOST]
    ]
    rest = len(errors) - len(lines)
    return "\n".join([head, *lines, *([f"… and {rest} more"] if rest else [])])


def _key(error: LoadError) -> str:
    return hashlib.sha256(f"{error.file}\0{error.sentence}".encode()).hexdigest()[:16]
