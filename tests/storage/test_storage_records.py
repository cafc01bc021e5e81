import asyncio
from dataclasses import replace
from typing import Any

import pytest
from storage_samples import SetClock, an_approval, an_event

from storage import Lost, Storage
from storage.records import Attachment, Call, Learned, Person, Post, Ticket, Usage

EVENT = an_event().id
PICTURES = (
    Attachment("a.png", "image/png", b"\x89PNG\x00"),
    Attachment("empty.txt", "text/plain", b""),
)


async def test_post_is_followed_from_intent_to_final(storage: Storage, ticket: Ticket) -> None:
    post = Post(EVENT, 0, "stream")

    await storage.posts.begin(ticket, post)
    assert await storage.posts.of_event(EVENT) == [post]

    await storage.posts.sent(ticket, EVENT, 0, "100.5")
    await storage.posts.save(ticket, EVENT, 0, "so far")
    sent = Post(EVENT, 0, "stream", "sent", "100.5", "so far")
    assert await storage.posts.of_event(EVENT) == [sent]

    await storage.inbox.finish(ticket, EVENT, posts=[replace(sent, ts=None, body="all")])
    final = Post(EVENT, 0, "stream", "final", "100.5", "all")
    assert await storage.posts.of_event(EVENT) == [final]


async def test_post_begun_again_keeps_its_ts(storage: Storage, ticket: Ticket) -> None:
    await storage.posts.begin(ticket, Post(EVENT, 0, "stream"))
    await storage.posts.sent(ticket, EVENT, 0, "100.5")

    await storage.posts.begin(ticket, Post(EVENT, 0, "message"))

    assert await storage.posts.of_event(EVENT) == [Post(EVENT, 0, "stream", "sent", "100.5")]


async def test_where_a_part_was_posted_may_be_noted_at_the_end_alone(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.posts.begin(ticket, Post(EVENT, 1, "message"))
    await storage.inbox.finish(ticket, EVENT, posts=[Post(EVENT, 1, "message", ts="100.5")])

    (post,) = await storage.posts.of_event(EVENT)
    assert (post.state, post.ts) == ("final", "100.5")


async def test_parts_of_an_answer_come_in_order(storage: Storage, ticket: Ticket) -> None:
    for part in (2, 0, 1):
        await storage.posts.begin(ticket, Post(EVENT, part, "message"))

    assert [post.part for post in await storage.posts.of_event(EVENT)] == [0, 1, 2]


async def test_what_is_noted_of_a_part_touches_no_other(storage: Storage, ticket: Ticket) -> None:
    others = [Post(EVENT, 0, "stream"), Post("another", 1, "stream")]
    for post in [*others, Post(EVENT, 1, "stream")]:
        await storage.posts.begin(ticket, post)

    await storage.posts.sent(ticket, EVENT, 1, "100.5")
    await storage.posts.save(ticket, EVENT, 1, "so far")

    noted = [*await storage.posts.of_event(EVENT), *await storage.posts.of_event("another")]
    assert [post for post in noted if post.part == 0 or post.event == "another"] == others


async def test_a_threads_posts_are_known_by_what_slack_calls_them(
    storage: Storage, ticket: Ticket
) -> None:
    for n, thread in enumerate((ticket.thread, "T1:C1:200.000000")):
        event = an_event(f"20{n}.000000", thread)
        await storage.inbox.accept(event)
        await storage.posts.begin(ticket, Post(event.id, 0, "stream"))
        await storage.posts.sent(ticket, event.id, 0, f"30{n}")
    await storage.posts.begin(ticket, Post(EVENT, 0, "stream"))

    assert await storage.posts.known(ticket.thread) == {"300"}


async def test_a_parked_turn_keeps_what_stands_in_slack_alone(
    storage: Storage, ticket: Ticket
) -> None:
    for part in (0, 1):
        await storage.posts.begin(ticket, Post(EVENT, part, "stream"))
    await storage.posts.sent(ticket, EVENT, 0, "100.5")

    await storage.inbox.park(ticket, EVENT, 0, {}, [Post(EVENT, 2, "message", ts="100.7")])

    assert [(post.part, post.state) for post in await storage.posts.of_event(EVENT)] == [
        (0, "sent"),
        (2, "final"),
    ]


async def test_call_is_followed_from_start_to_end(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    call = Call(f"{EVENT}:0:0", EVENT, "pay", '{"sum": 3}', "once", "key", "U1")
    started = replace(call, started=clock.now)
    assert await storage.calls.begin(ticket, call) is None
    assert await storage.calls.begin(ticket, call) == started

    clock.now += 5
    await storage.calls.end(ticket, call.id, "done", "paid")

    ended = replace(started, state="done", result="paid", ended=clock.now)
    assert await storage.calls.get(call.id) == ended


async def test_call_begun_again_shows_what_became_of_it(storage: Storage, ticket: Ticket) -> None:
    call = Call(f"{EVENT}:0:0", EVENT, "pay", "{}", "once", "key", "U1")
    await storage.calls.begin(ticket, call)
    await storage.calls.end(ticket, call.id, "done", "paid")

    again = await storage.calls.begin(ticket, call)

    assert (again.state, again.result) == ("done", "paid")


@pytest.mark.parametrize("given_up", [False, True])
async def test_a_call_that_has_not_ended_with_its_event_is_unknown(
    storage: Storage, ticket: Ticket, clock: SetClock, given_up: bool
) -> None:
    ended, stopped = [Call(f"c{n}", EVENT, "pay", "{}", "once", "k", "U1") for n in range(2)]
    for call in (ended, stopped):
        await storage.calls.begin(ticket, call)
    await storage.calls.end(ticket, ended.id, "done", "paid")

    clock.now += 5
    if given_up:
        await storage.inbox.fail(ticket, EVENT, "broken", None)
    else:
        await storage.inbox.finish(ticket, EVENT)

    found = [await storage.calls.get(call.id) for call in (ended, stopped)]
    assert [call and (call.state, call.ended) for call in found] == [
        ("done", clock.now - 5),
        ("unknown", clock.now),
    ]


async def drawn(storage: Storage, ticket: Ticket) -> Call:
    """Write down a call that has drawn two pictures."""
    call = Call(f"{EVENT}:0:0", EVENT, "draw", "{}", "once", "key", "U1")
    await storage.calls.begin(ticket, call)
    await storage.calls.end(ticket, call.id, "done", "drawn", PICTURES)
    return call


async def test_files_of_a_call_are_kept_until_people_have_them(
    storage: Storage, ticket: Ticket
) -> None:
    call = await drawn(storage, ticket)

    again = await storage.calls.begin(ticket, call)
    assert again
    assert again.attachments == PICTURES
    assert await storage.calls.uploads(call.id) == []
    await storage.calls.uploaded(ticket, call.id, ["F1"])
    assert await storage.calls.uploads(call.id) == ["F1"]
    await storage.calls.delivered(ticket, call.id)

    again = await storage.calls.begin(ticket, call)
    assert again
    assert again.attachments == ()
    assert await storage.calls.uploads(call.id) == []


async def test_files_are_kept_with_the_end_of_the_call_or_not_at_all(
    storage: Storage, ticket: Ticket
) -> None:
    call = Call(f"{EVENT}:0:0", EVENT, "draw", "{}", "once", "key", "U1")
    await storage.calls.begin(ticket, call)

    other = replace(ticket, fence=ticket.fence + 1)
    with pytest.raises(Lost):
        await storage.calls.end(other, call.id, "done", "drawn", PICTURES)

    again = await storage.calls.begin(ticket, call)
    assert again
    assert (again.state, again.attachments) == ("started", ())


async def test_files_of_an_answered_event_are_kept_no_longer(
    storage: Storage, ticket: Ticket
) -> None:
    call = await drawn(storage, ticket)

    await storage.inbox.finish(ticket, EVENT)

    rows = await storage.engine.read(lambda c: c.execute("select count(*) from attachment"))
    assert rows == [(0,)]
    assert await storage.calls.get(call.id)


async def test_usage_is_summed_by_team_person_and_time(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    for n, (team, user) in enumerate((("T1", "U1"), ("T1", "U2"), ("T2", "U1"))):
        await storage.inbox.finish(ticket, f"E{n}", usage=Usage(f"E{n}", team, user, "m", 10, 1))

    assert await storage.usage.total("T1", 0) == (20, 2)
    assert await storage.usage.total("T1", 0, "U2") == (10, 1)
    assert await storage.usage.total("T1", clock.now + 1) == (0, 0)


async def test_what_the_requests_of_a_turn_took_is_added_up(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.messages.append(ticket, [], Usage(EVENT, "T1", "U1", "m", 10, 1))
    await storage.inbox.finish(ticket, EVENT, usage=Usage(EVENT, "T1", "U1", "m", 20, 3))

    assert await storage.usage.total("T1", 0) == (30, 4)


async def test_what_was_learned_is_loaded_by_model(storage: Storage) -> None:
    await storage.learned.save(Learned("small", {"max_tokens": None}))
    learned = Learned("big", {"max_tokens": "max_completion_tokens"}, 128_000, 3.7)
    await storage.learned.save(Learned("big", context=1))
    await storage.learned.save(learned)

    loaded = await storage.learned.load()

    assert loaded == {"small": Learned("small", {"max_tokens": None}), "big": learned}


async def test_person_is_stored_by_team(storage: Storage) -> None:
    ann = Person("T1", "U1", "ann", "Ann Lee", "Europe/Rome", "CTO", is_admin=True)

    await storage.people.save(replace(ann, name="old", is_guest=True))
    await storage.people.save(ann)

    assert await storage.people.get("T1", "U1") == ann
    assert await storage.people.get("T2", "U1") is None


@pytest.mark.parametrize(
    ("limit", "wanted", "found"),
    [
        (2, {}, [("pay", "U2"), ("pay", "U1")]),
        (2, {"name": "look"}, [("look", "U1")]),
        (1, {"user": "U1"}, [("pay", "U1")]),
        (1, {"failed": True}, [("look", "U1")]),
    ],
)
async def test_the_newest_calls_are_those_of_what_is_asked_for(
    storage: Storage, clock: SetClock, ticket: Ticket, limit: int, wanted: dict[str, Any], found
) -> None:
    for n, (name, user) in enumerate((("look", "U1"), ("pay", "U1"), ("pay", "U2"))):
        clock.now += 1
        await storage.calls.begin(ticket, Call(f"c{n}", EVENT, name, "{}", "read", "k", user))
        await storage.calls.end(ticket, f"c{n}", "failed" if name == "look" else "done", "")

    calls = await storage.calls.recent("T1", limit, **wanted)

    assert [(one.name, one.user) for one in calls] == found


async def test_a_call_that_was_never_approved_is_among_those_of_its_person(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.approvals.ask(ticket, an_approval(an_event()), 1)

    assert [one.name for one in await storage.calls.recent("T1", 9, user="U1")] == ["pay"]
    assert await storage.calls.recent("T1", 9, user="U2") == []


async def test_to_look_back_at_all_calls_does_not_hold_the_loop_up(storage: Storage) -> None:
    looking = asyncio.ensure_future(storage.calls.recent("T1", 9))
    await asyncio.sleep(0)

    assert not looking.done()  # a read on the loop is done at once
    assert await looking == []
