from dataclasses import replace

import pytest
from storage_samples import THREAD, SetClock, an_approval, an_event

from storage import Storage
from storage.records import Event, Ticket

MINUTES = 15 * 60 * 1000


async def asked(storage: Storage, ticket: Ticket, *calls: int) -> Event:
    """Ask about some calls of the thread's event and park it."""
    event = an_event()
    for call in calls:
        await storage.approvals.ask(ticket, an_approval(event, call), MINUTES)
    assert not await storage.inbox.park(ticket, event.id, len(calls), {"settled": 1})
    return event


async def test_a_parked_event_leaves_its_thread_free(storage: Storage, ticket: Ticket) -> None:
    event = await asked(storage, ticket, 0)

    assert await storage.inbox.waiting() == []
    assert await storage.inbox.parked(THREAD) == {event.id}
    other = await storage.inbox.accept(an_event("200.000000"))
    assert other.ticket
    assert other.first


async def test_a_decision_wakes_the_turn_with_what_it_kept(
    storage: Storage, ticket: Ticket
) -> None:
    event = await asked(storage, ticket, 0)

    decided = await storage.approvals.decide("A0", "U1", "approved", "click-1")

    assert decided
    assert decided.ticket
    assert decided.approval.state == "approved"
    woken = await storage.inbox.next(decided.ticket)
    assert woken
    assert (woken.id, woken.body) == (event.id, {"settled": 1})


async def test_only_the_first_decision_counts(storage: Storage, ticket: Ticket) -> None:
    await asked(storage, ticket, 0)
    await storage.approvals.decide("A0", "U1", "denied", "click-1")

    assert await storage.approvals.decide("A0", "U2", "approved", "click-2") is None
    again = await storage.approvals.decide("A0", "U1", "denied", "click-1")
    assert again
    assert again.approval.state == "denied"


async def test_a_decision_is_in_the_audit_once(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    await asked(storage, ticket, 0)
    clock.now += MINUTES // 2
    for _ in range(2):
        await storage.approvals.decide("A0", "U2", "approved", "click-1")

    (act,) = await storage.audit.recent("T1")
    assert (act.user, act.command, act.effect) == ("U2", "call pay", "amount: 5")
    assert act.detail == "approved, asked for by U1"
    assert (act.state, act.started) == ("done", clock.now)


async def test_what_is_too_late_expires_and_wakes(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    await asked(storage, ticket, 0)
    clock.now += MINUTES

    assert await storage.approvals.decide("A0", "U1", "approved", "click-1") is None
    assert await storage.approvals.expire() == 1
    assert await storage.approvals.expire() == 0
    assert await storage.inbox.waiting() == [THREAD]
    assert (await storage.approvals.of_event(an_event().id))[0].state == "expired"
    (act,) = await storage.audit.recent("T1")
    assert (act.user, act.detail) == ("U1", "expired, asked for by U1")


async def test_a_decision_before_the_park_keeps_the_event_awake(
    storage: Storage, ticket: Ticket
) -> None:
    event = an_event()
    await storage.approvals.ask(ticket, an_approval(event), MINUTES)
    decided = await storage.approvals.decide("A0", "U1", "approved", "click-1")
    assert decided
    assert decided.ticket is None

    assert await storage.inbox.park(ticket, event.id, 1, {"settled": 1})

    again = await storage.inbox.next(ticket)
    assert again
    assert again.id == event.id


async def test_each_of_two_decisions_wakes(storage: Storage, ticket: Ticket) -> None:
    event = await asked(storage, ticket, 0, 1)
    first = await storage.approvals.decide("A0", "U1", "approved", "click-1")
    assert first
    assert first.ticket

    assert not await storage.inbox.park(first.ticket, event.id, 1, {})

    second = await storage.approvals.decide("A1", "U1", "denied", "click-2")
    assert second
    assert second.ticket


async def test_what_is_decided_cannot_be_cancelled(storage: Storage, ticket: Ticket) -> None:
    event = await asked(storage, ticket, 0)
    await storage.approvals.decide("A0", "U1", "approved", "click-1")

    await storage.approvals.cancel("A0")

    assert (await storage.approvals.of_event(event.id))[0].state == "approved"


async def test_a_stop_that_comes_late_cancels_nothing_asked_since(
    storage: Storage, ticket: Ticket
) -> None:
    event = await asked(storage, ticket, 0)

    assert await storage.inbox.stop(THREAD, "099.000000", "U1", late=True) == []

    assert (await storage.approvals.of_event(event.id))[0].state == "pending"


async def test_stop_cancels_what_waits_and_wakes_it_as_stopped(
    storage: Storage, ticket: Ticket
) -> None:
    event = await asked(storage, ticket, 0)

    assert await storage.inbox.stop(THREAD, "300.000000", "U1") == [event.id]

    resumed = await storage.inbox.claim(THREAD)
    assert resumed
    woken = await storage.inbox.next(resumed)
    assert woken
    assert woken.stopped
    assert (await storage.approvals.of_event(event.id))[0].state == "cancelled"


async def test_a_question_deleted_while_it_waits_is_woken_as_stopped(
    storage: Storage, ticket: Ticket
) -> None:
    event = await asked(storage, ticket, 0)

    assert await storage.messages.revise(THREAD, event.ts, None, "300.000000")

    resumed = await storage.inbox.claim(THREAD)
    assert resumed
    woken = await storage.inbox.next(resumed)
    assert woken
    assert woken.stopped
    assert (await storage.approvals.of_event(event.id))[0].state == "cancelled"


async def test_an_event_that_was_stopped_is_not_parked(storage: Storage, ticket: Ticket) -> None:
    event = an_event()
    await storage.inbox.stop(THREAD, "300.000000", "U1")
    await storage.approvals.ask(ticket, an_approval(event), MINUTES)

    assert await storage.inbox.park(ticket, event.id, 1, {})

    again = await storage.inbox.next(ticket)
    assert again
    assert again.stopped


async def test_the_end_of_a_turn_cancels_what_it_asked(storage: Storage, ticket: Ticket) -> None:
    event = an_event()
    await storage.approvals.ask(ticket, an_approval(event), MINUTES)
    await storage.inbox.finish(ticket, event.id)

    (approval,) = await storage.approvals.of_event(event.id)
    assert approval.state == "cancelled"


async def test_the_same_call_is_asked_about_once(storage: Storage, ticket: Ticket) -> None:
    first = await storage.approvals.ask(ticket, an_approval(an_event()), MINUTES)
    again = replace(an_approval(an_event()), id="other")

    assert await storage.approvals.ask(ticket, again, MINUTES) == first


@pytest.mark.parametrize("what", ["thread", "person", "team"])
async def test_approvals_are_forgotten(storage: Storage, ticket: Ticket, what: str) -> None:
    event = await asked(storage, ticket, 0)
    retention = storage.retention
    forget = {
        "thread": lambda: retention.forget_thread(THREAD),
        "person": lambda: retention.forget_person("T1", "U1"),
        "team": lambda: retention.forget_team("T1"),
    }

    await forget[what]()

    assert await storage.approvals.of_event(event.id) == []


async def test_approvals_are_found_by_their_indexes(storage: Storage) -> None:
    plan = await storage.engine.read(
        lambda connection: connection.execute(
            """explain query plan
                select call from approval where id = $1 or event = $2 order by call""",
            None,
            "E1",
        )
    )

    steps = [row[-1] for row in plan]
    assert any("approval_event" in step for step in steps)
    assert not any(step.startswith("SCAN") for step in steps)
