"""The line that tells people that an answer is being prepared, and its certain end.

Two methods write the same slot: `agents.sessions.setStatus` (with a Stop button, about 50 calls a
minute) and, in channel threads where the former may not show, the older
`assistant.threads.setStatus`. The latter goes away with the next message, so it is not written over
the status that a stream sets by itself. A status is decoration: it is only set where the budget has
room for setting and clearing, and its failures never hurt the turn.
"""

import asyncio
import logging
from collections.abc import Mapping

from bot.slack.calls.place import Place
from bot.slack.calls.send import FateUnknown, Refused, Sender, reason_of
from bot.slack.reply.page import SessionState
from bot.slack.reply.pages import Pages

logger = logging.getLogger(__name__)

SESSION = "agents.sessions.setStatus"
LINE = "assistant.threads.setStatus"
_THINKS = "is thinking…"
_WAITS = "is waiting for an answer…"
_HEAD_START_S = 0.005  # the request to the model goes first, which nobody sees otherwise


class Status:
    """Show and clear the status of one thread."""

    def __init__(self, sender: Sender, place: Place, pages: Pages) -> None:
        self._sender = sender
        self._pages = pages
        self._is_dm = place.is_dm
        self._channel = place.channel
        self._where = {"channel_id": place.channel, "thread_ts": place.thread_ts}
        self._task: asyncio.Task[None] | None = None
        self._standing: set[str] = set()  # the methods whose status must be cleared
        self._doubtful = False  # a call has ended without an answer
        self.waits = False  # people are shown that they must answer something

    def start(self, title: str) -> None:
        """Show it, without waiting for Slack, which takes the title for a session that is new."""
        self._task = asyncio.create_task(self._show(title), name="status")

    @property
    def in_flight(self) -> bool:
        """Tell whether a call may be under way, and arrive after whatever is sent now."""
        return self._doubtful or (self._task is not None and not self._task.done())

    async def clear(
        self, *, replaced: bool, processing: bool, rest: SessionState = "active"
    ) -> None:
        """End it, and leave the session at `rest`.

        `replaced` says that a stream's end has done so already, `processing` that a stream or an
        earlier run has left the session in that state.
        """
        if self._task is not None:
            await asyncio.shield(self._task)
        if self._doubtful:
            await self._sender.clock.sleep(1.0)  # what is under way may still arrive
        standing, self._standing = self._standing, set()
        if replaced:
            return
        if LINE in standing:
            await self._insist(LINE, "")
        if processing or SESSION in standing:  # its state comes last: the slot is one
            await self._insist(SESSION, rest)

    async def _insist(self, method: str, status: str) -> None:
        try:
            await self._sender.insist(method, {**self._where, "status": status})
        except (Refused, FateUnknown) as error:
            self._failed(method, error)

    async def wait(self, waits: bool) -> None:
        """Show that people must answer before the work goes on, or that it goes on."""
        self.waits = waits
        await (self._say(_WAITS) if waits else self._process())

    async def _show(self, title: str) -> None:
        await self._sender.clock.sleep(_HEAD_START_S)
        shown = await self._process(title)
        if not (shown and self._is_dm) and not self._pages.processing:
            await self._say(_THINKS)

    async def _process(self, title: str = "") -> bool:
        new = {"title": title} if title else {}
        return await self._set(SESSION, {"status": "processing", **new})

    async def _say(self, words: str) -> None:
        await self._set(LINE, {"status": words})

    async def _set(self, method: str, shown: Mapping[str, str]) -> bool:
        """Set it if setting and clearing both fit into the budget."""
        budget = self._sender.budget
        if budget.is_off(method, self._channel) or not budget.try_take(method, count=2):
            return False
        self._standing.add(method)  # before the call: an unknown fate is cleared as well
        try:
            await self._sender.call(method, {**self._where, **shown}, wait=False)
        except (Refused, FateUnknown) as error:
            self._failed(method, error)
            return False
        return True

    def _failed(self, method: str, error: Refused | FateUnknown) -> None:
        """Note what Slack has refused, or has perhaps not done."""
        if isinstance(error, Refused):
            self._sender.heed(error, self._channel)
            self._standing.discard(method)
        else:
            self._doubtful = True
        logger.info("status_failed", extra={"method": method, "reason": reason_of(error)})
