import asyncio
from dataclasses import replace
from functools import partial

import pytest
from storage_samples import THREAD, SetClock, an_event, said

from storage import Accepted, Lost, Storage, open_storage
from storage.inbox import WAITING
from storage.ownership import give_back
from storage.records import Post, Ticket, Usage

FIRST = an_event().id


async def test_first_event_of_a_thread_gives_its_receiver_the_thread(storage: Storage) -> None:
    accepted = await storage.inbox.accept(an_event())

    assert accepted == Accepted(new=True, ticket=Ticket(THREAD, "me", 1), first=an_event())


async def test_event_of_an_owned_thread_is_left_to_its_owner(
    storage: Storage, ticket: Ticket
) -> None:
    accepted = await storage.inbox.accept(an_event("101.000000"))

    assert accepted == Accepted(new=True, ticket=None)


async def test_repeated_event_is_not_new(storage: Storage, ticket: Ticket) -> None:
    again = await storage.inbox.accept(an_event(text="something else"))

    assert again == Accepted(new=False)
    event = await storage.inbox.next(ticket)
    assert event
    assert event.body["text"] == "question 100.000000"


async def test_answered_event_stays_known(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.finish(ticket, FIRST)

    assert await storage.inbox.accept(an_event()) == Accepted(new=False)


async def test_event_comes_back_as_it_was_accepted(storage: Storage) -> None:
    event = an_event(files=[{"id": "F1", "size": 3}], text="quotes \" ' and ✨ \n")

    accepted = await storage.inbox.accept(event)

    assert accepted.ticket
    assert await storage.inbox.next(accepted.ticket) == event


async def test_half_a_character_does_not_stop_an_event(storage: Storage) -> None:
    accepted = await storage.inbox.accept(an_event(text="broken \ud83d emoji"))

    assert accepted.ticket
    event = await storage.inbox.next(accepted.ticket)
    assert event
    assert event.body["text"] == "broken \ufffd emoji"


async def test_events_are_answered_in_the_order_of_their_ts(
    storage: Storage, ticket: Ticket
) -> None:
    for ts in ("103.000000", "101.000000", "102.000000"):
        await storage.inbox.accept(an_event(ts))

    order, more = [], True
    while more:
        event = await storage.inbox.next(ticket)
        assert event
        order.append(event.ts)
        more = await storage.inbox.finish(ticket, event.id)

    assert order == ["100.000000", "101.000000", "102.000000", "103.000000"]


async def test_thread_is_given_back_when_nothing_is_left(storage: Storage, ticket: Ticket) -> None:
    assert not await storage.inbox.finish(ticket, FIRST)

    accepted = await storage.inbox.accept(an_event("101.000000"))
    assert accepted.ticket == Ticket(THREAD, "me", 2)
    assert accepted.first == an_event("101.000000")


async def test_a_count_that_is_too_high_keeps_no_thread(storage: Storage, ticket: Ticket) -> None:
    await storage.engine.write(lambda one: one.execute("update thread set pending = 3"))

    assert not await storage.inbox.finish(ticket, FIRST)

    assert (await storage.inbox.accept(an_event("101.000000"))).ticket


async def test_event_that_finds_others_waiting_is_not_first(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.inbox.leave()

    accepted = await storage.inbox.accept(an_event("99.000000"))

    assert accepted == Accepted(new=True, ticket=Ticket(THREAD, "me", 2), first=None)


async def test_event_asked_to_join_a_known_thread_only_is_left_out_elsewhere(
    storage: Storage,
) -> None:
    reply = an_event("101.000000")

    assert await storage.inbox.accept(reply, if_known=True) == Accepted(new=False)

    await storage.inbox.accept(an_event())
    assert (await storage.inbox.accept(reply, if_known=True)).new


async def test_what_was_said_before_the_bot_had_a_part_in_the_thread_is_left_out(
    storage: Storage,
) -> None:
    await storage.inbox.accept(an_event("102.000000"))

    assert not (await storage.inbox.accept(an_event("101.000000"), if_known=True)).new
    assert (await storage.inbox.accept(an_event("103.000000"), if_known=True)).new


async def test_no_wake_up_is_lost_between_the_last_event_and_a_new_one(storage: Storage) -> None:
    for round_ in range(50):
        ticket = (await storage.inbox.accept(an_event(f"1{round_:02}.000000"))).ticket
        assert ticket
        more, accepted = await asyncio.gather(
            storage.inbox.finish(ticket, an_event(f"1{round_:02}.000000").id),
            storage.inbox.accept(an_event(f"1{round_:02}.500000")),
        )
        assert more == (accepted.ticket is None)
        owner = accepted.ticket or ticket
        assert not await storage.inbox.finish(owner, an_event(f"1{round_:02}.500000").id)


async def test_finish_stores_everything_of_the_turn(storage: Storage, ticket: Ticket) -> None:
    usage = Usage(FIRST, "T1", "U1", "gpt", 12, 3)
    post = Post(FIRST, 0, "stream", "final", "100.5", "answer")

    await storage.inbox.finish(
        ticket, FIRST, [said("q", FIRST), said("a", FIRST, 1)], usage, [post]
    )

    assert [m.content for m in await storage.messages.history(THREAD, 100)] == ["q", "a"]
    assert await storage.usage.total("T1", 0) == (12, 3)
    assert await storage.posts.of_event(FIRST) == [post]


async def test_finishing_twice_changes_nothing(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.accept(an_event("101.000000"))

    for _ in range(2):
        await storage.inbox.finish(ticket, FIRST, [said("q", FIRST)])

    event = await storage.inbox.next(ticket)
    assert event
    assert event.ts == "101.000000"
    assert len(await storage.messages.history(THREAD, 100)) == 1


async def test_failed_event_comes_again_with_the_time_to_wait_for(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.inbox.accept(an_event("101.000000"))

    await storage.inbox.fail(ticket, FIRST, "model down", retry_at=5_000)

    event = await storage.inbox.next(ticket)
    assert event
    assert (event.id, event.attempts, event.not_before) == (FIRST, 1, 5_000)


async def test_dead_event_makes_way_for_the_next(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.accept(an_event("101.000000"))

    await storage.inbox.fail(ticket, FIRST, "poison", retry_at=None)

    event = await storage.inbox.next(ticket)
    assert event
    assert event.ts == "101.000000"


async def test_stop_marks_the_events_up_to_it(storage: Storage, ticket: Ticket) -> None:
    later = an_event("102.000000")
    await storage.inbox.accept(later)

    stopped = await storage.inbox.stop(THREAD, "101.000000", "U1")

    assert stopped == [FIRST]
    event = await storage.inbox.next(ticket)
    assert event
    assert event.stopped
    assert await storage.inbox.finish(ticket, FIRST)
    assert await storage.inbox.next(ticket) == later


@pytest.mark.parametrize(
    ("user", "late", "ended"),
    [("U1", False, [0, 2]), ("U2", False, [0, 1]), ("U2", True, [1]), ("", False, [0])],
)
async def test_stop_ends_what_its_person_asked_and_what_is_being_answered(
    storage: Storage, ticket: Ticket, user: str, late: bool, ended: list[int]
) -> None:
    events = [an_event(), replace(an_event("101.000000"), user="U2"), an_event("102.000000")]
    for event in events[1:]:
        await storage.inbox.accept(event)

    stopped = await storage.inbox.stop(THREAD, "200.000000", user, late=late)

    assert stopped == [events[place].id for place in ended]


async def test_thread_that_was_left_waits_for_whoever_claims_it(
    storage: Storage, ticket: Ticket
) -> None:
    assert await storage.inbox.waiting() == []

    await storage.inbox.leave()

    assert await storage.inbox.waiting() == [THREAD]
    assert await storage.inbox.claim(THREAD) == Ticket(THREAD, "me", 2)
    assert await storage.inbox.claim(THREAD) is None


async def test_threads_that_wait_are_found_without_a_look_at_all(storage: Storage) -> None:
    plan = await storage.engine.read(lambda one: one.execute(f"explain query plan {WAITING}"))

    (step,) = [row[-1] for row in plan]
    assert step.endswith("INDEX thread_waiting")


async def test_thread_without_events_cannot_be_claimed(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.finish(ticket, FIRST)

    assert await storage.inbox.claim(THREAD) is None
    assert await storage.inbox.claim("T1:C1:unknown") is None


async def test_old_ticket_can_write_nothing(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.leave()
    await storage.inbox.claim(THREAD)

    with pytest.raises(Lost):
        await storage.inbox.finish(ticket, FIRST)
    with pytest.raises(Lost):
        await storage.inbox.fail(ticket, FIRST, "late", None)
    with pytest.raises(Lost):
        await storage.messages.append(ticket, [said("late")])
    with pytest.raises(Lost):
        await storage.posts.begin(ticket, Post(FIRST, 0, "stream"))
    assert await storage.messages.history(THREAD, 100) == []


async def test_old_ticket_cannot_give_back_what_the_new_owner_has(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.inbox.leave()
    await storage.inbox.claim(THREAD)

    await storage.engine.write(partial(give_back, ticket=ticket))

    assert await storage.inbox.waiting() == []


async def test_a_thread_is_given_back_without_the_others(storage: Storage, ticket: Ticket) -> None:
    other = (await storage.inbox.accept(an_event(thread="T1:C2:200.000000"))).ticket
    assert other
    assert other.fence == ticket.fence

    await storage.engine.write(partial(give_back, ticket=ticket))

    assert await storage.inbox.waiting() == [THREAD]
    with pytest.raises(Lost):
        await storage.messages.append(ticket, [said("late")])
    await storage.messages.append(other, [said("in time")])


async def test_leaving_frees_every_thread_of_this_owner(storage: Storage, ticket: Ticket) -> None:
    other = an_event("200.000000", "T1:C2:200.000000")
    await storage.inbox.accept(other)

    await storage.inbox.leave()

    assert sorted(await storage.inbox.waiting()) == [THREAD, other.thread]


async def test_cancelled_accept_leaves_no_thread_without_a_worker(storage: Storage) -> None:
    await storage.engine.write(lambda connection: None)  # the next commit goes to the thread
    accepting = [
        asyncio.create_task(storage.inbox.accept(an_event(thread=f"T1:C1:{n}"))) for n in range(9)
    ]
    await asyncio.sleep(0)  # handed to the writer, not answered yet
    for task in accepting:
        task.cancel()
    await asyncio.gather(*accepting, return_exceptions=True)
    await storage.engine.write(lambda connection: None)
    await storage.engine.write(lambda connection: None)

    owned = await storage.engine.read(
        lambda connection: connection.execute("select id from thread where owner is not null")
    )
    told = [task.result().ticket for task in accepting if not task.cancelled()]  # after a stall
    assert owned == [(ticket.thread,) for ticket in told if ticket]


async def test_accept_cancelled_as_its_answer_arrives_leaves_no_thread_without_a_worker(
    storage: Storage,
) -> None:
    async def cancels_the_next() -> None:
        await storage.engine.write(lambda connection: None)
        accepting.cancel()

    busy = asyncio.create_task(storage.engine.write(lambda connection: None, long=True))
    await asyncio.sleep(0)  # the writer is at work: what follows is one group, answered together
    cancelling = asyncio.create_task(cancels_the_next())
    accepting = asyncio.create_task(storage.inbox.accept(an_event()))
    await asyncio.gather(busy, cancelling, accepting, return_exceptions=True)
    await storage.engine.write(lambda connection: None)

    assert accepting.cancelled()
    assert await storage.inbox.waiting() == [THREAD]


async def test_threads_of_a_dead_process_are_free_at_once(url: str, clock: SetClock) -> None:
    dead = await open_storage(url, "dead", clock)
    await dead.inbox.accept(an_event())
    await dead.inbox.accept(an_event("101.000000"))
    await dead.close()  # without leave(), as a crash does

    storage = await open_storage(url, "heir", clock)

    assert await storage.inbox.waiting() == [THREAD]
    ticket = await storage.inbox.claim(THREAD)
    assert ticket == Ticket(THREAD, "heir", 2)
    event = await storage.inbox.next(ticket)
    assert event
    assert (event.ts, event.crashes, event.attempts) == ("100.000000", 1, 0)
    await storage.close()


async def test_an_orderly_end_is_no_crash(url: str, clock: SetClock) -> None:
    first = await open_storage(url, "first", clock)
    await first.inbox.accept(an_event())
    await first.inbox.leave()
    await first.close()

    second = await open_storage(url, "second", clock)
    ticket = await second.inbox.claim(THREAD)

    assert ticket
    event = await second.inbox.next(ticket)
    assert event
    assert event.crashes == 0
    await second.close()
