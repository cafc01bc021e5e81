"""The answer of one turn, drawn in Slack while it comes into being.

Drawing never blocks: text and function cards go into a draft, and one writer task takes from it.
The first text is sent at once, later text at a pace that keeps all replies of the workspace inside
its budget, the rest at once with the end. The writer fills *pages* (`pages`): streams where Slack
gives them, edited messages otherwise; a full or old page is closed without breaking a block of code
or a table, and the next one goes on.

A page's row is stored before Slack is asked for it, its ts and text soon afterwards (`journal`), so
that a run after a crash finds every message, edits it, and shows nothing twice (`resume`).

Endings: `finish` and `fail` show the rest, `stop` shows nothing more; all close the stream and
clear the status. `suspend` closes while people must decide something, and the next run's answer
stands below it. `leave` ends without a trace, for another run to go on, `leave_closed` for one that
may be long in coming. `finish` and `suspend` raise; `fail` does only where nobody knows whether
people were told.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from bot.chat.events import FunctionCalled, TurnEvent
from bot.slack.calls.clock import wait
from bot.slack.calls.place import Place
from bot.slack.calls.send import FateUnknown, Sender, reason_of
from bot.slack.reply.draft import Batch, Cards, Draft
from bot.slack.reply.journal import Journal
from bot.slack.reply.page import Ending, SessionState, StoppedByUser
from bot.slack.reply.pages import TURN_GRACE_S, Pages
from bot.slack.reply.status import Status
from bot.slack.text.blocks import context
from bot.slack.text.markdown import Screen
from bot.slack.text.split import cut_at_end
from storage.posts import Posts
from storage.records import Post

logger = logging.getLogger(__name__)

_CLOSING_S = 5.0  # for a close while everything is being cancelled
_LEAVING_S = 1.5


@dataclass(frozen=True, slots=True)
class _End:
    """How a reply ends, and what it says last."""

    way: Literal["finish", "suspend", "fail", "stop", "leave"]
    sentence: str = ""
    footer: str | None = None


class Reply:
    """Draw one turn's answer.

    Args:
        sender: Writes to the workspace; shared by all its replies.
        place: Where and for whom.
        posts: Where its rows are written.
    """

    def __init__(self, sender: Sender, place: Place, posts: Posts) -> None:
        self._clock = sender.clock
        self._budget = sender.budget
        self._names: dict[str, str] = {}
        self._draft = Draft(Screen(place.user, self._names))
        self.place = place
        self.journal = Journal(posts, place)
        self._pages = Pages(sender, place, self._draft, self.journal)
        self._status = Status(sender, place, self._pages)
        self._bell = asyncio.Event()
        self._standing = asyncio.Event()  # what was drawn has at least begun to stand in Slack
        self._standing.set()
        self._idle = False
        self._gives_way = False  # something was posted below the current page
        self._questions = 0  # that people must answer before the turn goes on
        self._end: _End | None = None
        self._writer: asyncio.Task[None] | None = None
        self._error: Exception | None = None
        self.stopped_by_user = False
        self.resumed = False
        self._left = ""  # what an earlier run has shown, as far as that is stored
        self._others_wait = False

    @property
    def text(self) -> str:
        """Return the answer's text so far, as it is shown."""
        return self._draft.text

    @property
    def shown(self) -> str:
        """Return the text, or that of an earlier run where this one has shown nothing yet."""
        return self._left if self._left and not self._pages.shown else self.text

    async def resume(
        self, posts: Sequence[Post], settled: int = 0, running: Sequence[FunctionCalled] = ()
    ) -> None:
        """Take up what an earlier run of this turn has posted; call it before `start`.

        `settled` is the number of leading parts that must not be edited, `running` are the calls of
        which that run has shown no end.

        Raises:
            FateUnknown: Slack cannot tell now what was posted.
        """
        self._left = "".join(post.body for post in posts if post.part >= settled)
        cards = Cards()
        for call in running:
            cards.called(call)
        await self._pages.resume(posts, settled, cards.chunks(cards.end("interrupted")))
        self.resumed = True

    def start(self, title: str = "", *, others_wait: bool = False) -> None:
        """Show that work has begun, and get ready to write; never waits for Slack.

        A conversation that is new to Slack is found again by the title. Where `others_wait`, turns
        of this thread that people must decide on, the session is left suspended.
        """
        self._others_wait = others_wait
        if self._writer is None:
            self._status.start(title)
            self._begin()

    def introduce(self, names: Mapping[str, str]) -> None:
        """Take people's names by user id, for mentions that must not ring; the first one counts."""
        for user, name in names.items():
            if name != user:
                self._names.setdefault(user, name)

    def draw(self, event: TurnEvent) -> None:
        """Show an event of the turn soon."""
        self._draft.draw(event)
        if self._pages.current is None or self._pages.current.ts is None:
            self._standing.clear()
        if self._idle:
            self._bell.set()

    async def stands(self) -> None:
        """Wait until what was drawn stands in the thread, be it only its beginning, or never will.

        What is posted then stands below it.
        """
        if self._writer is not None and not self._writer.done():
            await self._standing.wait()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let people see, as long as this lasts, that an answer of theirs is waited for.

        What follows stands below the question.
        """
        self._gives_way = True
        self._questions += 1
        self._bell.set()
        try:
            yield
        finally:
            self._questions -= 1
            self._bell.set()

    async def finish(self, footer: str | None = None) -> str | None:
        """Show the rest and close; return the ts of the answer's first message, if there is one.

        Raises:
            Refused: Slack does not take the answer at all.
            FateUnknown: Nobody knows whether Slack took it.
            StorageError: A part could not be stored before it was posted; `Lost`: another process
                answers.
        """
        await self._finished(_End("finish", footer=footer))
        return self._pages.first

    async def suspend(self) -> int:
        """Show what there is and close, for people must decide something before the turn goes on.

        Returns the number of parts that are settled with that. Raises as `finish` does.
        """
        await self._finished(_End("suspend"))
        return self._pages.parts

    async def _finished(self, end: _End) -> None:
        await self._conclude(end)
        if self._error is not None:
            raise self._error
        await self.journal.settled()

    async def fail(self, sentence: str) -> None:
        """Keep what was said, add a sentence, and close.

        Raises:
            FateUnknown: Nobody knows whether Slack took it.
        """
        await self._conclude(_End("fail", sentence))
        if isinstance(self._error, FateUnknown):
            raise self._error

    async def stop(self) -> None:
        """Close without showing anything more than that calls have ended."""
        await self._conclude(_End("stop"))
        if self._way == "suspend":
            await self._status.clear(replaced=False, processing=True)

    async def leave(self) -> None:
        """Write nothing more and close nothing: another run of this turn will go on."""
        await self._conclude(_End("leave"))

    async def leave_closed(self) -> None:
        """Leave, and let nothing stand open: nobody knows when another run will go on."""
        await self.leave()
        if not self.journal.lost:
            await self._pages.close_left()
            await self._clear_status()

    # Endings

    @property
    def _way(self) -> str | None:
        return self._end.way if self._end else None

    @property
    def _rest(self) -> SessionState:
        """Return the state in which the session is left."""
        return "suspended" if self._others_wait or self._way == "suspend" else "active"

    async def _conclude(self, end: _End) -> None:
        """End in this way; the first one counts, but for `leave`."""
        if self._end is None or end.way == "leave":
            self._end = end
        self._bell.set()
        if end.way == "leave":
            if self._writer is not None:
                await self._hurry(self._writer, _LEAVING_S)
            return
        writer = self._writer or self._begin()
        try:
            await asyncio.shield(writer)
        except asyncio.CancelledError:
            await self._hurry(writer, _CLOSING_S)
            raise
        if self._error is not None:
            logger.warning("reply_broken", extra={"reason": reason_of(self._error)})

    async def _hurry(self, writer: asyncio.Task[None], seconds: float) -> None:
        """Give the writer a moment to end by itself, then end it."""
        await asyncio.wait({writer}, timeout=seconds)
        writer.cancel()
        await asyncio.wait({writer})

    def _begin(self) -> asyncio.Task[None]:
        self._writer = asyncio.create_task(self._write(), name="reply")
        return self._writer

    # The writer

    async def _write(self) -> None:
        replaced = False
        try:
            while self._end is None:
                await self._step()
            replaced = await self._close()
        except StoppedByUser:
            self.stopped_by_user = True
            self._draft.drop()
        except Exception as error:
            self._error = error
        finally:
            self._standing.set()
            self._pages.leave()
        if self._way != "leave" and not self.journal.lost:
            if self._error is not None:
                await self._pages.close_left()
            await self._clear_status(replaced=replaced)

    async def _clear_status(self, *, replaced: bool = False) -> None:
        processing = self._pages.processing or self.resumed  # so the earlier run left it
        await self._status.clear(replaced=replaced, processing=processing, rest=self._rest)

    async def _step(self) -> None:
        """Wait until something can be shown, and show it."""
        self.journal.check()
        page = self._pages.current
        if not (self._draft.waiting or self._draft.has_words()):
            self._standing.set()
            await self._idle_until(page.expires if page else None)
        elif page is None:
            await self._pages.open()
            self._note_standing()
        elif not page.ready(self._draft.length):
            await self._wait(self._clock.now() + 1.0)
        elif page.due > self._clock.now() and not self._urgent():
            await self._wait(page.due)
        elif await self._may_call(page.method):
            await self._pages.add(page)
            self._note_standing()

    def _note_standing(self) -> None:
        if self._pages.current is not None and self._pages.current.ts is not None:
            self._standing.set()

    async def _may_call(self, method: str) -> bool:
        """Wait in the queue for a call; False where the bell rings before its turn."""
        channel = self.place.channel
        if self._budget.try_take(method, channel):
            return True
        self._bell.clear()
        turn = asyncio.ensure_future(self._budget.take(method, channel))
        bell = asyncio.ensure_future(self._bell.wait())
        try:
            await asyncio.wait({turn, bell}, return_when=asyncio.FIRST_COMPLETED)
            return turn.done()
        finally:
            turn.cancel()
            bell.cancel()
            await asyncio.wait({turn, bell})

    def _urgent(self) -> bool:
        """Tell whether the first text waits, in a stream that a card has opened."""
        page = self._pages.current
        if page is None or page.kind != "stream" or self._pages.shown:
            return False
        return self._draft.has_words()

    async def _idle_until(self, expires: float | None) -> None:
        """Wait for something to draw; close a page that must go meanwhile."""
        if self._gives_way:
            self._gives_way = False
            await self._pages.give_way()
        elif self._status.waits != bool(self._questions):
            await self._status.wait(bool(self._questions))
        elif expires is not None and self._clock.now() >= expires + TURN_GRACE_S:
            await self._pages.turn_over()
        else:
            self._idle = True
            try:
                await self._wait(None if expires is None else expires + TURN_GRACE_S)
            finally:
                self._idle = False

    async def _wait(self, until: float | None) -> None:
        """Wait for the bell, or for a time."""
        self._bell.clear()
        if until is None:
            await self._bell.wait()
            return
        await wait(self._bell, max(until - self._clock.now(), 0.01), self._clock)

    # The end

    async def _close(self) -> bool:
        """Send the rest and close; tell whether that also displaced the status."""
        self.journal.check()
        end = self._end
        if end is None or end.way == "leave":
            return False
        if end.way in ("stop", "fail") and not self._pages.shown and self._pages.keep():
            self._draft.drop()
        batch = self._stopped() if end.way == "stop" else self._last_words(end)
        blocks = (context(end.footer),) if end.footer else ()
        in_flight = self._status.in_flight
        streamed = await self._pages.finish(batch, Ending(True, blocks, self._rest))
        if end.way == "suspend":  # even where nothing was said before people are asked
            await self._pages.tidy()
        return streamed and not in_flight

    def _stopped(self) -> Batch:
        """Return what tells that the calls which people see running run no more."""
        cards = dict.fromkeys((*self._draft.waiting, *self._draft.cards.end("stopped")))
        self._draft.drop()
        page = self._pages.current
        return Batch(cards=tuple(cards)) if page and page.ts else Batch()

    def _last_words(self, end: _End) -> Batch:
        self._draft.end("outcome unknown" if end.way == "fail" else "")
        if end.sentence:
            mended = cut_at_end("", self.text).closing
            sentence = f"{mended}\n\n{end.sentence}" if self.text.strip() else end.sentence
            self._draft.say(sentence)
        return self._draft.take(whole=True).trimmed()
