from dataclasses import replace

from storage_samples import THREAD, SetClock, an_event, said

from storage import Storage
from storage.ownership import bury
from storage.records import Call, Message, Post, Ticket, ToolCall

FIRST = an_event().id


async def contents(storage: Storage, characters: int = 10**9) -> list[str]:
    return [message.content for message in await storage.messages.history(THREAD, characters)]


async def bodies(storage: Storage) -> list[str]:
    """Return what is kept of questions beside the conversation."""
    rows = await storage.engine.read(lambda one: one.execute("select body from event"))
    return [body for (body,) in rows]


async def test_history_has_what_a_model_is_told(storage: Storage, ticket: Ticket) -> None:
    calls = (ToolCall("c1", "add", '{"a": 1}', '{"call": {}}'), ToolCall("c2", "add", "{}"))
    asked = Message("user", "hi", FIRST, 0, "U1", "Ann", "100.000000")
    called = Message("assistant", "", FIRST, 1, tool_calls=calls)
    result = Message("tool", "2", FIRST, 2, name="add", tool_call_id="c1")

    await storage.messages.append(ticket, [asked, called, result])

    assert await storage.messages.history(THREAD, 1000) == [
        Message("user", "hi", FIRST, user="U1", name="Ann"),
        Message("assistant", "", FIRST, tool_calls=calls),
        Message("tool", "2", FIRST, name="add", tool_call_id="c1"),
    ]


async def test_what_a_turn_has_stored_is_read_whole(storage: Storage, ticket: Ticket) -> None:
    turn = [Message(role="user", content=f"turn {n}", event=FIRST, n=n) for n in range(3)]
    await storage.messages.append(ticket, turn[:2])
    await storage.messages.append(ticket, [said("long " * 100, "another")])
    await storage.messages.append(ticket, turn[2:])

    assert [m.content for m in await storage.messages.of_turn(FIRST)] == [
        "turn 0",
        "turn 1",
        "turn 2",
    ]


async def test_message_without_a_time_gets_the_clocks(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    await storage.messages.append(ticket, [said("hi there")])

    (found,) = await storage.messages.search("T1", "C1", "hi", 1)
    assert found.said == clock.now


async def test_same_message_again_changes_nothing(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said("first")])
    await storage.messages.append(ticket, [said("other"), said("next", n=1)])

    assert await contents(storage) == ["first", "next"]


async def test_threads_do_not_mix(storage: Storage, ticket: Ticket) -> None:
    other = (await storage.inbox.accept(an_event("102.000000", "T1:C1:102.000000"))).ticket
    assert other
    await storage.messages.append(ticket, [said("here")])
    await storage.messages.append(other, [said("there", "E2")])

    assert await contents(storage) == ["here"]


async def test_history_stops_after_so_many_characters(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said("x" * 10, n=n) for n in range(20)])

    assert len(await contents(storage, 45)) == 5
    assert len(await contents(storage, 1)) == 1
    assert await contents(storage, 0) == []


async def test_arguments_of_tool_calls_count_as_characters(
    storage: Storage, ticket: Ticket
) -> None:
    call = ToolCall("c", "f", "x" * 100)
    asked = Message("assistant", "", "E1", 1, tool_calls=(call,))
    await storage.messages.append(ticket, [said("old"), asked])

    assert await contents(storage, 50) == [""]


async def test_long_history_is_read_whole_and_in_order(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said(f"{n}", n=n) for n in range(500)])

    assert await contents(storage) == [str(n) for n in range(500)]


async def test_thread_is_known_once_an_event_of_it_was_accepted(storage: Storage) -> None:
    assert not await storage.messages.knows(THREAD)

    await storage.inbox.accept(an_event())

    assert await storage.messages.knows(THREAD)


async def test_backfill_leaves_out_what_is_known(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.accept(an_event("105.000000"))
    await storage.messages.append(ticket, [said("known", slack_ts="102.0")])
    read = [
        said(text, event="", slack_ts=ts)
        for text, ts in (
            ("one", "100.5"),
            ("two", "101.0"),
            ("known", "102.0"),
            ("later", "103.0"),
            ("its own turn will store it", "105.000000"),
        )
    ]

    for _ in range(2):
        await storage.messages.backfill(ticket, read)

    assert await contents(storage) == ["one", "two", "known", "later"]


async def test_question_takes_the_place_of_what_was_read_of_it(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.inbox.accept(an_event("109.000000"))
    times = ("101.000000", "102.000000", "103.000000")
    read = [said(ts, event="", slack_ts=ts) for ts in times]
    await storage.messages.backfill(ticket, read)

    for ts in times[:2]:
        await storage.inbox.accept(an_event(ts))
        await storage.messages.append(ticket, [said("asked", f"msg:{ts}", slack_ts=ts)])

    assert await contents(storage) == ["103.000000", "asked", "asked"]


async def test_question_takes_the_place_of_what_was_said_to_others_and_waits(
    storage: Storage, ticket: Ticket
) -> None:
    question = an_event("101.000000")
    aside = replace(question, id=f"aside:{question.id}", kind="aside")
    await storage.inbox.accept(aside)

    await storage.inbox.accept(question)
    await storage.inbox.finish(ticket, aside.id, [said("at work", aside.id, slack_ts=aside.ts)])

    assert await contents(storage) == []
    assert await storage.inbox.finish(ticket, FIRST)
    assert await storage.inbox.next(ticket) == question
    assert not await storage.inbox.finish(ticket, question.id)


async def test_backfill_of_an_empty_thread_keeps_the_order(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.messages.backfill(
        ticket, [said(f"{n}", event="", slack_ts=f"{n}.0") for n in range(10, 20)]
    )
    await storage.messages.append(ticket, [said("answer")])

    assert await contents(storage) == [*(str(n) for n in range(10, 20)), "answer"]


async def test_edit_changes_the_stored_message(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.finish(ticket, FIRST, [said("old", slack_ts="100.000000")])

    assert await storage.messages.revise(THREAD, "100.000000", "new", "101.0")

    assert await contents(storage) == ["new"]
    assert await bodies(storage) == ["{}"]


async def test_edit_changes_an_event_not_yet_answered(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.revise(THREAD, "100.000000", "reworded", "101.0")

    event = await storage.inbox.next(ticket)
    assert event == an_event(text="reworded", revised=True)


async def test_older_edit_that_arrives_late_is_ignored(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said("old", slack_ts="100.000000")])
    await storage.messages.revise(THREAD, "100.000000", "newest", "103.0")

    assert not await storage.messages.revise(THREAD, "100.000000", "newer", "102.0")

    assert await contents(storage) == ["newest"]


async def test_edit_during_the_turn_reaches_the_message_stored_after_it(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.messages.revise(THREAD, "100.000000", "reworded", "101.0")

    await storage.messages.append(ticket, [said("as read before", slack_ts="100.000000")])

    assert await contents(storage) == ["reworded"]


async def test_deleted_message_is_gone_for_good(storage: Storage, ticket: Ticket) -> None:
    message = said("secret", slack_ts="100.000000")
    await storage.messages.append(ticket, [message, said("kept", n=1)])

    await storage.messages.revise(THREAD, "100.000000", None, "101.0")
    await storage.messages.revise(THREAD, "100.000000", "late edit", "102.0")
    await storage.messages.append(ticket, [message._replace(n=2)])

    assert await contents(storage) == ["kept"]


async def test_deleted_question_is_not_answered(storage: Storage, ticket: Ticket) -> None:
    await storage.inbox.accept(an_event("102.000000"))

    await storage.messages.revise(THREAD, "102.000000", None, "103.0")

    assert not await storage.inbox.finish(ticket, FIRST)
    assert await bodies(storage) == ["{}", "{}"]


async def test_a_thread_whose_only_question_was_deleted_is_given_back(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.messages.revise(THREAD, "100.000000", None, "101.0")

    assert await storage.inbox.next(ticket) is None

    assert (await storage.inbox.accept(an_event("102.000000"))).ticket


async def test_revision_that_overtakes_its_question_counts(
    storage: Storage, ticket: Ticket
) -> None:
    for ts in ("102.000000", "104.000000"):
        await storage.messages.revise(THREAD, ts, "first words", "102.5")
    await storage.messages.revise(THREAD, "102.000000", "reworded", "103.0")
    await storage.messages.revise(THREAD, "104.000000", None, "105.0")

    assert (await storage.inbox.accept(an_event("102.000000"))).new
    assert (await storage.inbox.accept(an_event("104.000000"))).new

    assert await storage.inbox.finish(ticket, FIRST)
    event = await storage.inbox.next(ticket)
    assert event == an_event("102.000000", text="reworded", revised=True)
    assert not await storage.inbox.finish(ticket, event.id)


async def test_question_deleted_while_it_is_answered_is_finished(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.posts.begin(ticket, Post(FIRST, 0, "stream"))

    await storage.messages.revise(THREAD, "100.000000", None, "101.0")

    assert await storage.inbox.next(ticket)
    assert not await storage.inbox.finish(ticket, FIRST)


async def test_a_deleted_question_that_failed_before_is_given_to_a_turn_that_clears_up(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.inbox.fail(ticket, FIRST, "TryAgain", 1)

    await storage.messages.revise(THREAD, "100.000000", None, "101.0")

    event = await storage.inbox.next(ticket)
    assert event
    assert event.stopped


async def test_a_deleted_question_that_a_crash_left_is_given_to_a_turn_that_clears_up(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.engine.write(bury)
    again = await storage.inbox.claim(ticket.thread)
    assert again

    await storage.messages.revise(THREAD, "100.000000", None, "101.0")

    event = await storage.inbox.next(again)
    assert event
    assert event.stopped


async def test_finish_of_a_question_deleted_meanwhile_counts_once(
    storage: Storage, ticket: Ticket
) -> None:
    later = an_event("102.000000")
    await storage.inbox.accept(later)
    await storage.messages.revise(THREAD, "100.000000", None, "101.0")

    await storage.inbox.finish(ticket, FIRST, [said("answer", FIRST, 1, role="assistant")])

    assert await storage.inbox.next(ticket) == later
    assert await contents(storage) == ["answer"]


async def test_call_in_the_ledger_counts_as_started(storage: Storage, ticket: Ticket) -> None:
    await storage.calls.begin(ticket, Call("c", FIRST, "pay", "{}", "once", "k", "U1"))

    await storage.messages.revise(THREAD, "100.000000", None, "101.0")

    assert await storage.inbox.next(ticket)


async def test_edits_in_threads_that_are_not_ours_leave_no_trace(storage: Storage) -> None:
    assert not await storage.messages.revise("T1:C9:1.0", "1.0", "private", "2.0")

    rows = await storage.engine.read(lambda c: c.execute("select count(*) from revision"))
    assert rows == [(0,)]
