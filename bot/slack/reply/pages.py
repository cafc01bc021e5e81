"""The messages of one answer in their order: opens, fills, turns over and closes pages.

Which kind a page is: a stream if Slack gives one in this moment; otherwise a message, posted when
the answer is whole or has waited long enough. What an earlier run of the turn has posted is edited
first, page by page. A stream that breaks is gone on with as a message: same ts, whole text.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.slack.calls import posting
from bot.slack.calls.place import Place
from bot.slack.calls.posting import START, UPDATE
from bot.slack.calls.send import Refused, Sender, TooFast
from bot.slack.reply.draft import Batch, Draft
from bot.slack.reply.journal import Journal
from bot.slack.reply.page import (
    PAGE_LIMIT,
    SMALLEST_LIMIT,
    Ending,
    MessagePage,
    Old,
    PageFailed,
    StreamPage,
    TooLong,
    end_stream,
)
from bot.slack.text.blocks import context
from bot.slack.text.split import (
    INSIDE,
    LINE,
    Cut,
    cut,
    cut_at_end,
    end_of_growing,
    fitting,
    last_break,
)
from storage.records import Post, PostKind

logger = logging.getLogger(__name__)

_START_PATIENCE_S = 0.3  # for a start, before a message is taken instead
_SPENT_PATIENCE_S = 3.0  # of a message's first text, where streams are spent
_REFUSED_PATIENCE_S = 0.75  # the same, where they are not offered
_BLOCK_GRACE_S = 15.0  # an old stream waits so long for the end of a table or of code
TURN_GRACE_S = 30.0  # and so long for the end of a line
_SAVE_S = 2.0

Page = StreamPage | MessagePage
Chunk = dict[str, Any]


class Pages:
    """The pages of one answer; they take from `draft`."""

    def __init__(self, sender: Sender, place: Place, draft: Draft, journal: Journal) -> None:
        self.current: Page | None = None
        self.first: str | None = None  # ts of the answer's first message, once that is closed
        self.shown = 0  # characters sent
        self.processing = False  # a stream of ours leaves the session in that state, or has left it
        self._sender = sender
        self._place = place
        self._draft = draft
        self._cards = draft.cards
        self._journal = journal
        self._number = 0  # of the current page, or the next one
        self._begun = -1  # the highest part whose row is stored
        self._olds: dict[int, Old] = {}  # of an earlier run, by part, unless taken up
        self._streams = True
        self._patience = _SPENT_PATIENCE_S
        self._limit = PAGE_LIMIT
        self._opening = ""  # of the next page: what a cut fence or table needs
        self._saved_at = sender.clock.now()

    @property
    def parts(self) -> int:
        """Return how many parts of the answer there are, posted or meant to be."""
        return max(self._number, self._begun + 1)

    async def resume(self, posts: Sequence[Post], settled: int, closing: list[Chunk]) -> None:
        """Find out what an earlier run has posted, and close its streams with these chunks.

        `settled` is the number of leading parts that must not be edited; the next ones follow them.

        Raises:
            FateUnknown: Slack cannot tell now.
        """
        left = sorted((post for post in posts if post.part >= settled), key=lambda post: post.part)
        self._number, self._begun = settled, left[-1].part if left else settled - 1
        for post in left:
            if (ts := post.ts or await self._find(post)) is None:
                continue
            if post.kind == "stream" and post.state != "final":
                await end_stream(self._sender, self._place.channel, ts, closing)
            self._olds[post.part] = Old(ts, post.body)

    async def _find(self, post: Post) -> str | None:
        known = await self._journal.known()
        ts = await posting.find_part(self._sender, self._place, post.part, post.kind, known)
        if ts is not None:
            self._journal.sent(post.part, ts)
        return ts

    async def open(self) -> None:
        """Begin the next page; a stream begins with what is drawn."""
        if not await self._open_stream():
            await self._open_message(self._patience)

    async def add(self, page: Page) -> None:
        """Show what is drawn, turning over where the page is full or old."""
        batch = self._first_of(page, self._draft.take(whole=False))
        if found := self._end_of_page(page, batch.text):
            await self._turn_page(page, batch, found)
        else:
            await self._write(page, batch)
            self._save_now_and_then()

    async def turn_over(self) -> None:
        """Close a page that has grown old, though nothing is drawn."""
        if self.current is not None:
            await self._turn_page(self.current, Batch(), cut_at_end(self.current.body, ""))

    async def give_way(self) -> None:
        """Close a stream that stands above something newer; what follows goes into the next."""
        if isinstance(self.current, StreamPage):
            await self.turn_over()

    async def finish(self, batch: Batch, ending: Ending) -> bool:
        """Show the rest and close the answer.

        True if the last call stopped a stream, which also ended the session's status.
        """
        rest: Batch | None = batch
        streamed = False
        while rest is not None and (self.current is not None or rest.visible):
            page = self.current or await self._open_message(0.0)
            streamed = page.kind == "stream"
            rest = await self._finish_page(page, self._first_of(page, rest), ending)
        if rest is not None:  # there was no last page
            return False
        await self.tidy()
        return streamed and not self.processing

    async def tidy(self) -> None:
        """Delete what an earlier run of the turn has posted and this one has not taken up."""
        olds, self._olds = self._olds, {}
        for old in olds.values():
            await posting.delete(self._sender, self._place.channel, old.ts)

    async def _finish_page(self, page: Page, batch: Batch, ending: Ending) -> Batch | None:
        """Close a page with what fits; return what is left for the next, None after the last."""
        try:
            if found := self._too_much(page.body, batch.text):
                await self._close_at(page, found, batch)
                return Batch(found.remainder)
            await self._close(page, batch, _noted(page, page.body + batch.text, ending))
        except TooLong:
            self._shrink(page.body + batch.text)
            return batch
        return None

    def keep(self) -> bool:
        """Let stand what an earlier run has posted, if it has; what follows goes below."""
        page = self.current
        if isinstance(page, MessagePage) and page.untouched:
            page.leave()
            self.current = None
        elif not self._olds:
            return False
        self._olds = {}
        if self.current is None:
            self._number = self._begun + 1
        return True

    def leave(self) -> None:
        """Go away from the current page as it is, and remember what stands there."""
        if self.current is not None:
            self.current.leave()
            if self.current.ts is not None and self.current.body:  # else what was there stays
                self._journal.save(self.current.number, self.current.body)

    async def close_left(self) -> None:
        """Close the page that was left, as it is, but for calls that run no more."""
        page = self.current
        if page is None or page.ts is None:
            return
        ended = self._cards.end("interrupted")
        if isinstance(page, StreamPage):
            closing = self._cards.chunks(ended)
            await end_stream(self._sender, self._place.channel, page.ts, closing)
        elif ended and not page.untouched:
            await page.redraw()

    # Opening

    async def _open_stream(self) -> bool:
        """Start a stream with what is drawn, if that is possible now."""
        budget = self._sender.budget
        if self._number in self._olds or budget.is_off(START, self._place.channel):
            self._patience = _REFUSED_PATIENCE_S
            return False
        if not self._streams or not await budget.take(START, patience=_START_PATIENCE_S):
            return False
        page = StreamPage(self._sender, self._place, self._number, self._cards)
        try:
            await self._begin("stream")
            return await self._start(page)
        finally:
            if self.current is not page:
                page.leave()  # the stop that its start holds

    async def _start(self, page: StreamPage) -> bool:
        batch = self._begin_with(self._draft.take(whole=self.shown == 0))
        found = self._too_much("", batch.text)
        first = batch.reduced(found.head) if found else batch
        before, self.processing = self.processing, True
        try:
            await page.start(first, self._journal.known)
        except Refused as refusal:
            self.processing = before
            self._draft.put_back(batch)
            if not isinstance(refusal, TooFast):
                logger.info("stream_refused", extra={"reason": refusal.word})
                self._streams = False
                self._patience = _REFUSED_PATIENCE_S
                self._sender.heed(refusal, self._place.channel)
            return False
        self.current = page
        self._sent(page)
        self.shown += len(first.text)
        if found:
            self._draft.put_back(Batch(found.remainder))
        return True

    async def _open_message(self, patience: float) -> MessagePage:
        await self._begin("message")
        page = MessagePage(
            self._sender,
            self._place,
            self._number,
            self._cards,
            patience,
            self._olds.pop(self._number, None),
        )
        self.current = page
        return page

    async def _begin(self, kind: PostKind) -> None:
        """Store the intent to post this part, once."""
        if self._number > self._begun:
            await self._journal.begin(self._number, kind)
            self._begun = self._number

    def _first_of(self, page: Page, batch: Batch) -> Batch:
        """Return a batch as the page takes it, which begins with more than that if it is empty."""
        if page.body:
            return batch
        return self._begin_with(batch) if page.kind == "message" else batch.opened("", ())

    def _begin_with(self, batch: Batch) -> Batch:
        """Return a page's first content: mended, and with the cards that still run."""
        opening, self._opening = fitting(self._opening, batch.text), ""
        return batch.opened(opening, self._cards.running())

    # Filling

    def _end_of_page(self, page: Page, text: str) -> Cut | None:
        """Return where to turn over, if the page is as good as full, or old and a line ends."""
        if found := end_of_growing(page.body, text, self._limit):
            return found
        late = self._sender.clock.now() - (page.expires or float("inf"))
        if late < 0:
            return None
        rank = LINE if late < _BLOCK_GRACE_S else INSIDE
        found = last_break(page.body, text, self._limit, rank)
        return cut_at_end(page.body, text) if found is None and late >= TURN_GRACE_S else found

    def _too_much(self, shown: str, text: str) -> Cut | None:
        return cut(shown, text, self._limit) if len(shown) + len(text) > self._limit else None

    async def _turn_page(self, page: Page, batch: Batch, found: Cut) -> None:
        """Close the page at a cut; what follows goes back into the draft, for the next one."""
        try:
            await self._close_at(page, found, batch)
        except TooLong:
            self._shrink(page.body + found.head)
            self._draft.put_back(batch)
        else:
            self._draft.put_back(Batch(found.remainder))

    async def _write(self, page: Page, batch: Batch) -> None:
        new = page.ts is None
        try:
            await page.show(batch)
        except TooLong:
            self._shrink(page.body + batch.text)
            self._draft.put_back(batch)
            return
        except PageFailed as failure:
            self._draft.put_back(batch)
            await self._go_on_after(page, failure)
            return
        self.shown += len(batch.text)
        if new:
            self._sent(page)

    async def _close_at(self, page: Page, found: Cut, batch: Batch) -> None:
        """Close the page at a cut; a fence stays open where there is no room to close it."""
        last = found.head
        if len(page.body + last + found.closing) <= self._limit:
            last += found.closing
        await self._close(page, batch.reduced(last), Ending(over=False))
        self._opening = found.opening

    async def _close(self, page: Page, batch: Batch, ending: Ending) -> None:
        """Close the current page with its last content."""
        try:
            await page.close(batch, ending)
        except PageFailed as failure:
            page = await self._go_on_after(page, failure)
            if batch or ending.blocks:
                await self._close(page, self._first_of(page, batch), ending)
                return
        else:
            self.processing = self.processing and not (page.kind == "stream" and ending.over)
        self.shown += len(batch.text)
        self._sent(page)
        self._page_turned(page)
        if not ending.over:
            self._journal.save(page.number, page.body)

    async def _go_on_after(self, page: Page, failure: PageFailed) -> Page:
        """Put another page in the place of one that cannot be written any more.

        A stream becomes a message with the same ts; the text of a message that cannot be edited
        goes on in a new one.
        """
        logger.info("page_failed", extra={"kind": page.kind, "reason": failure.word})
        page.leave()
        if isinstance(page, StreamPage) and page.ts is not None:
            if failure.alive:
                closing = self._cards.closed()
                await end_stream(self._sender, self._place.channel, page.ts, closing)
            message = MessagePage(self._sender, self._place, page.number, self._cards)
            message.ts, message.body = page.ts, page.body
        elif not page.body:
            if page.ts is not None:
                await posting.delete(self._sender, self._place.channel, page.ts)
            message = MessagePage(self._sender, self._place, page.number, self._cards, anew=True)
        else:
            self._opening = cut_at_end(page.body, "").opening
            self._page_turned(page)
            return await self._open_message(0.0)
        self.current = message
        return message

    def _shrink(self, text: str) -> None:
        """Learn that Slack takes less in one message than this text."""
        if self._limit <= SMALLEST_LIMIT:
            raise Refused(UPDATE, "msg_too_long")
        self._limit = max(SMALLEST_LIMIT, min(self._limit, len(text)) * 6 // 10)

    # Record

    def _sent(self, page: Page) -> None:
        if page.ts is not None:
            self._journal.sent(page.number, page.ts)

    def _page_turned(self, page: Page) -> None:
        """Count the current page as closed."""
        self.current = None
        page.leave()
        self._number = page.number + 1
        self._cards.tell(self._draft.waiting)
        if page.ts is not None:
            self.first = self.first or page.ts
            self._journal.final(page.number)

    def _save_now_and_then(self) -> None:
        now = self._sender.clock.now()
        if self.current is not None and now - self._saved_at >= _SAVE_S:
            self._saved_at = now
            self._journal.save(self.current.number, self.current.body)


def _noted(page: Page, text: str, ending: Ending) -> Ending:
    """Say in the last message that it was continued, if people saw its beginning before."""
    if not (isinstance(page, MessagePage) and page.replaces(text)):
        return ending
    note = context("_Continued after an interruption._")
    return replace(ending, blocks=(*ending.blocks, note))
