"""Watches: one owner at a time, and nothing that a late owner saves."""

from dataclasses import replace

import pytest
from storage_samples import SetClock

from storage import Lost, Storage, open_storage
from storage.records import Watch
from storage.watches import Watches

WATCH = Watch("w1", "T1", "C1", None, "U1", "main", "ftjob-1")


@pytest.fixture
async def other(storage: Storage, clock: SetClock) -> Watches:
    """The same database as another process sees it."""
    return Watches(storage.engine, "other", clock)


async def test_a_watch_is_held_by_one(storage: Storage, other: Watches):
    await storage.watches.add(WATCH)

    held = await storage.watches.claim(1000)

    assert held is not None
    assert held.job == "ftjob-1"
    assert await other.claim(1000) is None


async def test_a_lease_that_is_over_is_taken_and_the_late_owner_refused(
    storage: Storage, other: Watches, clock: SetClock
):
    await storage.watches.add(WATCH)
    held = await storage.watches.claim(1000)
    clock.now += 2000

    assert await other.claim(1000) is not None
    assert held is not None
    with pytest.raises(Lost):
        await storage.watches.keep(replace(held, state="running"))


async def test_a_watch_rests_until_it_is_due(storage: Storage, clock: SetClock):
    await storage.watches.add(WATCH)
    held = await storage.watches.claim(1000)
    assert held is not None
    await storage.watches.release(replace(held, state="running", channel="D1"), clock.now + 5000)

    assert await storage.watches.claim(1000) is None
    assert await storage.watches.next_due() == clock.now + 5000
    clock.now += 5000
    again = await storage.watches.claim(1000)

    assert again is not None
    assert (again.state, again.channel) == ("running", "D1")


async def test_a_watch_does_not_rest_until_a_clock_that_was_put_back_is_there_again(
    storage: Storage, clock: SetClock
):
    await storage.watches.add(WATCH)
    held = await storage.watches.claim(1000)
    assert held is not None
    await storage.watches.release(held, clock.now + 5000)
    clock.now -= 86_400_000

    assert await storage.watches.next_due() == clock.now
    assert await storage.watches.claim(1000) is not None
    assert await storage.watches.next_due() > clock.now + 1000


async def test_what_is_due_longest_comes_first(storage: Storage, clock: SetClock):
    await storage.watches.add(replace(WATCH, id="w2"))
    clock.now += 1
    await storage.watches.add(WATCH)

    first = await storage.watches.claim(1000)

    assert first is not None
    assert first.id == "w2"


async def test_asked_anew_a_watch_begins_anew_and_its_old_owner_is_refused(storage: Storage):
    await storage.watches.add(WATCH)
    held = await storage.watches.claim(1000)
    assert held is not None
    await storage.watches.keep(replace(held, message_ts="1.0"))

    await storage.watches.add(replace(WATCH, user="U2"))

    again = await storage.watches.claim(1000)
    assert again is not None
    assert (again.user, again.message_ts) == ("U2", None)
    with pytest.raises(Lost):
        await storage.watches.release(held, 0)


async def test_leaving_frees_what_was_held(storage: Storage, other: Watches):
    await storage.watches.add(WATCH)
    await storage.watches.claim(100_000)

    await storage.watches.leave()

    assert await other.claim(1000) is not None


async def test_a_person_who_is_forgotten_is_told_nothing_more(storage: Storage):
    await storage.watches.add(WATCH)

    await storage.retention.forget_person("T1", "U1")

    assert await storage.watches.of_team("T1") == []


async def test_an_idle_table_has_nothing_due(storage: Storage):
    assert await storage.watches.next_due() is None
    assert await storage.watches.claim(1000) is None


async def test_a_lease_that_is_over_makes_a_watch_due(storage: Storage, clock: SetClock):
    await storage.watches.add(WATCH)
    await storage.watches.claim(1000)
    assert await storage.watches.next_due() == clock.now + 1000

    clock.now += 2000

    due = await storage.watches.next_due()
    assert due is not None
    assert due <= clock.now


async def test_a_failure_keeps_what_was_kept_before(storage: Storage, clock: SetClock):
    await storage.watches.add(WATCH)
    held = await storage.watches.claim(1000)
    assert held is not None
    await storage.watches.keep(replace(held, message_ts="1.0"))

    await storage.watches.postpone(replace(held, failures=2), clock.now)

    again = await storage.watches.claim(1000)
    assert again is not None
    assert (again.message_ts, again.failures) == ("1.0", 2)


async def test_watches_of_a_dead_process_are_free_at_once(url: str, clock: SetClock) -> None:
    dead = await open_storage(url, "dead", clock)
    await dead.watches.add(WATCH)
    await dead.watches.claim(30_000)
    await dead.close()  # without leave(), as a crash does

    storage = await open_storage(url, "heir", clock)

    assert await storage.watches.claim(30_000) is not None
    await storage.close()
