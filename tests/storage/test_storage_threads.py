"""What is done in one thread touches no other: not one with the same times in another channel."""

from dataclasses import replace
from functools import partial
from typing import Any

from storage_samples import an_approval, an_event, said

from storage import Storage
from storage.ownership import give_back
from storage.records import ASIDE, Approval, Attachment, Call, Event, Inquiry, Message, Post, Ticket

MINUTES = 900_000
TABLES = (
    "thread",
    "event",
    "message",
    "revision",
    "call",
    "attachment",
    "post",
    "approval",
    "inquiry",
)
PICTURES = [Attachment("a.png", "image/png", b"\x89PNG")]


class Lived:
    """A thread of a channel with a turn at work, two questions behind it, and something of each."""

    ticket: Ticket

    def __init__(self, storage: Storage, channel: str) -> None:
        self.storage, self.channel = storage, channel
        self.thread = f"T1:{channel}:100.000000"
        self.event = an_event(thread=self.thread)
        self.call = Call(f"{self.event.id}:1:0", self.event.id, "pay", "{}", "read", "key", "U1")

    def later(self, ts: str, **fields: Any) -> Event:
        return replace(an_event(ts, self.thread), **fields)

    def said(self, text: str, event: Event, n: int = 0, **fields: Any) -> Message:
        return said(text, event.id, n, slack_ts=event.ts, **fields)

    def approval(self, n: int) -> Approval:
        own = an_approval(self.event, n)
        return replace(own, id=f"{self.channel}-{n}", channel=self.channel)

    async def begin(self) -> None:
        storage, event = self.storage, self.event
        accepted = await storage.inbox.accept(event)
        assert accepted.ticket
        self.ticket = accepted.ticket
        await storage.posts.begin(self.ticket, Post(event.id, 0, "stream"), [self.said("a", event)])
        await storage.posts.begin(self.ticket, Post(event.id, 1, "stream"))
        await storage.calls.begin(self.ticket, self.call)
        await storage.calls.end(self.ticket, self.call.id, "done", "paid", PICTURES)
        await storage.calls.uploaded(self.ticket, self.call.id, ["F1"])
        for n in (0, 1):
            await storage.approvals.ask(self.ticket, self.approval(n), MINUTES)
        asked = Inquiry(
            f"{self.channel}-asked", self.call.id, 1, event.id, "T1", self.channel, "100.000000",
            "U1", "Which?", "[]"
        )  # fmt: skip
        await storage.inquiries.ask(self.ticket, asked, MINUTES)
        aside = self.later("101.000000", id=f"aside:{self.thread}:101", kind=ASIDE)
        for waiting in (aside, self.later("102.000000")):
            await storage.inbox.accept(waiting)
        await storage.messages.revise(self.thread, "102.000000", "first words", "103.0")

    async def rows(self) -> dict[str, list[Any]]:
        every = {
            table: await self.storage.engine.read(
                lambda one, table=table: one.execute(f"select * from {table}")  # noqa: S608
            )
            for table in TABLES
        }
        return {t: [row for row in rows if self.channel in str(row)] for t, rows in every.items()}

    async def go_on(self) -> None:
        """Do all that can be done in a thread."""
        storage, ticket, event = self.storage, self.ticket, self.event
        later = self.later("102.000000")
        await storage.posts.sent(ticket, event.id, 0, "100.5")
        await storage.posts.save(ticket, event.id, 0, "so far")
        await storage.calls.delivered(ticket, self.call.id)
        await storage.messages.append(ticket, [self.said("b", event, 1)])
        await storage.inbox.accept(self.later("101.000000"))
        for text, edited in (("new words", "104.0"), ("newest words", "105.0")):
            for ts in (event.ts, "101.000000", later.ts):
                await storage.messages.revise(self.thread, ts, text, edited)
        await storage.approvals.posted(f"{self.channel}-0", "100.6")
        await storage.approvals.shown(f"{self.channel}-0")
        await storage.inbox.park(ticket, event.id, 2, {"text": "kept"})
        assert await storage.inbox.parked(self.thread) == {event.id}
        await storage.inbox.fail(ticket, "none", "error", 1)
        decided = await storage.approvals.decide(f"{self.channel}-0", "U1", "approved", "click")
        assert decided
        await storage.inquiries.close(f"{self.channel}-asked")
        await storage.messages.revise(self.thread, later.ts, None, "106.0")
        await storage.inbox.stop(self.thread, "101.000000", "U1")
        await storage.messages.revise(self.thread, event.ts, None, "107.0")
        following = await storage.inbox.next(ticket)
        while following is not None:
            words = [self.said("answer", following, 2, role="assistant")]
            posts = [Post(following.id, 0, "stream", body="answer")]
            more = await storage.inbox.finish(ticket, following.id, words, posts=posts)
            following = await storage.inbox.next(ticket) if more else None
        await storage.engine.write(partial(give_back, ticket=ticket))
        await storage.inbox.accept(self.later("108.000000"))
        await storage.inbox.claim(self.thread)


async def test_what_is_done_in_a_thread_touches_no_other(storage: Storage) -> None:
    other, one = Lived(storage, "C2"), Lived(storage, "C1")
    await other.begin()
    await one.begin()
    before, own = await other.rows(), await one.rows()
    assert all(before.values())

    await one.go_on()

    assert await other.rows() == before
    assert all(mine != own[table] for table, mine in (await one.rows()).items())
