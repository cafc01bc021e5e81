"""The way in for commands: stored in the inbox before Slack gets its acknowledgement.

It stands before the intake of events. Slash commands, clicks on our own buttons, our forms and our
message shortcuts are taken here, and so are messages that start with `!`; all else goes on. A form
is checked before it is acknowledged, for only then can Slack show what is wrong in it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.inbound import incoming, invocation
from bot.slack.inbound.bolt import First, Next
from bot.slack.inbound.intake import DEADLINE_S
from bot.slack.inbound.invocation import Invocation
from bot.slack.text.payload import part, text_in
from storage import Storage, StorageError
from storage.records import Event, Ticket

logger = logging.getLogger(__name__)

_BROKEN = "I cannot write to my database right now, so nothing was done. Please try again."
_SLOW = "My database is slow right now. Please try again if no answer comes within a minute."


@dataclass(eq=False, repr=False)
class CommandIntake:
    """The middleware; one for the process.

    Args:
        storage: Where invocations are kept.
        bot_user: The bot's own Slack user id.
        events: Takes everything that is no command.
        start: Begins to work on what was accepted.
        check: Says what is wrong in a form, by its blocks; nothing if it can be taken.
        named: Tells whether a line names a command of ours in full; only such a line is taken in a
            thread that the bot is no part of.
    """

    storage: Storage
    bot_user: str
    _: KW_ONLY
    events: First
    start: Callable[[Ticket, Event | None], None]
    check: Callable[[Invocation], Awaitable[dict[str, str]]]
    named: Callable[[str], bool]
    open: bool = field(init=False, default=True)  # for commands and events

    async def __call__(self, req: AsyncBoltRequest, next_: Next) -> BoltResponse:
        """Take a command in whatever shape; hand everything else on."""
        if not self.open:
            return BoltResponse(status=503, body="")
        read = self._read(req.body)
        if read is None:
            return await self.events(req, next_)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._take(*read)
        except TimeoutError:  # it may be stored all the same, and is then run
            logger.error("command_not_stored", extra={"reason": "it took too long"})
            return _not_stored(read[0], _SLOW)
        except StorageError as error:
            logger.error("command_not_stored", extra={"reason": str(error)})
            return _not_stored(read[0], _BROKEN)

    def _read(self, body: Mapping[str, Any]) -> tuple[Invocation, str | None] | None:
        """Return the command, and the thread of which the bot must be a part, if any."""
        now = f"{time.time():.6f}"
        found: Invocation | None = None
        match body.get("type"):
            case "block_actions":
                found = invocation.from_click(body, now)
            case "view_submission":
                found = invocation.from_form(body, now)
            case "message_action":
                found = invocation.from_shortcut(body, now)
            case "event_callback":
                return self._message(body)
            case None if "command" in body:
                found = invocation.from_slash(body, now)
        return (found, None) if found else None

    def _message(self, body: Mapping[str, Any]) -> tuple[Invocation, str | None] | None:
        text = text_in(part(body, "event"), "text")
        if "!" not in text and "！" not in text:
            return None
        heard = incoming.parse(body, self.bot_user)
        if not isinstance(heard, incoming.Heard):
            return None
        found = invocation.from_message(heard.event, self.bot_user)
        return (found, heard.event.thread if heard.if_known else None) if found else None

    async def _take(self, found: Invocation, thread: str | None) -> BoltResponse:
        if thread is not None and not await self._is_meant(found, thread):
            return BoltResponse(status=200, body="")
        if found.via == "form" and (errors := await self.check(found)):
            answer = {"response_action": "errors", "errors": errors}
            return BoltResponse(status=200, body=answer)
        accepted = await self.storage.inbox.accept(found.event())
        if accepted.ticket:
            self.start(accepted.ticket, accepted.first)
        return BoltResponse(status=200, body="")

    async def _is_meant(self, found: Invocation, thread: str) -> bool:
        return self.named(found.text) or await self.storage.messages.knows(thread)


def _not_stored(found: Invocation, why: str) -> BoltResponse:
    """Tell a person at once where Slack does not deliver again; a message it does."""
    if found.via == "slash":
        return BoltResponse(status=200, body=why)
    return BoltResponse(status=503, body="")
