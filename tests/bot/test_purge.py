"""Conversations are kept as long as the settings say."""

import asyncio

import pytest

from bot.purge import purge
from bot.tasks import beside
from storage import Storage, open_storage
from storage.records import Event, Usage

DAY = 86_400_000


@pytest.fixture
async def storage(tmp_path):
    storage = await open_storage(f"sqlite:///{tmp_path}/c.db", "me", lambda: 0)
    yield storage
    await storage.close()


async def answered(storage: Storage, thread: str, usage: Usage | None = None) -> None:
    event = Event(f"msg:{thread}", thread, "1.0", "message", "U1", {})
    accepted = await storage.inbox.accept(event)
    await storage.inbox.finish(accepted.ticket, event.id, usage=usage)


async def purged_at(storage: Storage, now: int, days: int) -> None:
    """Run until it sleeps for the first time."""
    slept = asyncio.Event()

    async def sleep(_: float) -> None:
        slept.set()
        await asyncio.Event().wait()

    async with beside(purge(storage, days, lambda: now, sleep), "purge"):
        await slept.wait()


@pytest.mark.parametrize(("now", "days", "known"), [(31 * DAY, 30, False), (29 * DAY, 30, True)])
async def test_a_quiet_conversation_is_kept_so_many_days(storage, now, days, known):
    await answered(storage, "T1:C1:1.0")

    await purged_at(storage, now, days)

    assert await storage.messages.knows("T1:C1:1.0") is known


@pytest.mark.parametrize(("now", "days", "tokens"), [(30, 7, 5), (32, 7, 0), (99, 100, 5)])
async def test_the_tokens_of_a_month_can_be_summed_however_short_conversations_are_kept(
    storage, now, days, tokens
):
    await answered(storage, "T1:C1:1.0", Usage("msg:T1:C1:1.0", "T1", "U1", "m", 5, 1))

    await purged_at(storage, now * DAY, days)

    assert (await storage.usage.total("T1", 0))[0] == tokens


async def test_a_purge_that_failed_in_a_way_nobody_foresaw_is_tried_again(storage):
    await answered(storage, "T1:C1:1.0")
    times = iter([None, 31 * DAY])
    pauses = iter([None])
    done = asyncio.Event()

    async def sleep(_: float) -> None:
        if next(pauses, done) is done:
            done.set()
            await asyncio.Event().wait()

    purging = purge(storage, 30, lambda: next(times), sleep)  # a clock that first tells no time
    async with asyncio.timeout(30), beside(purging, "purge"):
        await done.wait()

    assert not await storage.messages.knows("T1:C1:1.0")
