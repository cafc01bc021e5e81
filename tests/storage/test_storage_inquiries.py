from dataclasses import replace

import pytest
from storage_samples import SetClock, an_event

from storage import Storage
from storage.records import Inquiry, Ticket

SECONDS = 1000


def an_inquiry(id: str = "Q1", number: int = 1) -> Inquiry:
    event = an_event().id
    return Inquiry(id, f"{event}:1:0", number, event, "T1", "C1", "100.000000", "U1", "Which?")


async def test_a_question_is_answered_once(storage: Storage, ticket: Ticket) -> None:
    await storage.inquiries.ask(ticket, an_inquiry(), SECONDS)

    answered = await storage.inquiries.answer("Q1", "red", "click-1")

    assert answered
    assert (answered.state, answered.answer) == ("answered", "red")
    assert await storage.inquiries.answer("Q1", "blue", "click-2") is None
    assert await storage.inquiries.answer("Q1", "red", "click-1") == answered
    assert await storage.inquiries.close("Q1") is None


async def test_a_call_that_runs_again_meets_its_question_and_has_its_time_anew(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    await storage.inquiries.ask(ticket, an_inquiry(), SECONDS)
    clock.now += 2 * SECONDS
    assert await storage.inquiries.answer("Q1", "red", "click-1") is None

    again, other = await storage.inquiries.ask(ticket, an_inquiry("Q2"), SECONDS)

    assert (again.id, other) == ("Q1", None)
    assert await storage.inquiries.answer("Q1", "red", "click-2")


async def test_a_question_that_a_click_came_too_late_for_is_put_anew_when_its_call_runs_again(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.inquiries.ask(ticket, an_inquiry(), -1)
    await storage.inquiries.close("Q1")

    again, _ = await storage.inquiries.ask(ticket, an_inquiry("Q2"), SECONDS)

    assert (again.id, again.state) == ("Q2", "open")
    assert await storage.inquiries.answer("Q2", "red", "click-1")


@pytest.mark.parametrize("changed", [{"question": "Which one?"}, {"options": '["red"]'}])
async def test_an_answer_counts_only_for_the_question_that_was_put(
    storage: Storage, ticket: Ticket, changed: dict[str, str]
) -> None:
    await storage.inquiries.ask(ticket, an_inquiry(), SECONDS)
    answered = await storage.inquiries.answer("Q1", "red", "click-1")

    asked, other = await storage.inquiries.ask(
        ticket, replace(an_inquiry("Q2"), **changed), SECONDS
    )

    assert (asked.id, asked.state, asked.answer, other) == ("Q2", "open", "", answered)
    assert await storage.inquiries.answer("Q1", "blue", "click-2") is None
    assert await storage.inquiries.answer("Q2", "blue", "click-2")


async def test_nobody_answers_a_turn_that_is_over(storage: Storage, ticket: Ticket) -> None:
    await storage.inquiries.ask(ticket, an_inquiry(), SECONDS)
    await storage.inbox.finish(ticket, an_event().id)

    assert await storage.inquiries.answer("Q1", "red", "click-1") is None
    assert await storage.inquiries.open(an_event().id, "") == ["Q1"]
    closed = await storage.inquiries.close("Q1")
    assert closed
    assert closed.state == "closed"


@pytest.mark.parametrize(
    ("expires_in", "told", "kind"), [(SECONDS, "red", "aside"), (-1, None, "message")]
)
async def test_a_message_that_answers_gets_no_turn_and_one_that_comes_too_late_does(
    storage: Storage, ticket: Ticket, expires_in: int, told: str | None, kind: str
) -> None:
    await storage.inquiries.ask(ticket, an_inquiry(), expires_in)
    message = an_event("200.000000", thread=an_event().thread)
    await storage.inbox.accept(message)

    answered = await storage.inquiries.answer("Q1", "red", message.id)

    await storage.inbox.finish(ticket, an_event().id)
    left = await storage.inbox.next(ticket)
    assert left
    assert (answered and answered.answer, left.kind) == (told, kind)
