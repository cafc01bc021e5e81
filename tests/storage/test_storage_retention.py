from dataclasses import replace
from pathlib import Path

import pytest
from storage_samples import THREAD, SetClock, an_approval, an_event, said

from storage import Lost, Storage
from storage.records import Act, Attachment, Call, Person, Post, Ticket, Uploaded, Usage
from storage.retention import OF_PERSON, OF_THREAD, OLD_USAGE, TEAMS_WITH_USAGE

SECRET = "xylophonist"


async def talk(storage: Storage, user: str, thread: str, ts: str, text: str) -> str:
    """Have a person ask something and be answered; return the event's id."""
    event = replace(an_event(ts, thread, text=text), user=user)
    ticket = (await storage.inbox.accept(event)).ticket
    assert ticket
    await storage.posts.begin(ticket, Post(event.id, 0, "stream", body=f"post {text}"))
    await storage.calls.begin(ticket, Call(event.id, event.id, "f", text, "once", "k", user))
    await storage.messages.revise(thread, ts, text, "999.0")
    messages = [
        said(text, event.id, 0, user=user, slack_ts=ts),
        said(f"answer to {text}", event.id, 1, role="assistant"),
    ]
    usage = Usage(event.id, thread.split(":")[0], user, "m", 5, 1)
    assert not await storage.inbox.finish(ticket, event.id, messages, usage)
    return event.id


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


async def test_forgotten_person_leaves_no_byte(storage: Storage, path: Path) -> None:
    await storage.people.save(Person("T1", "U9", f"{SECRET} the third"))
    gone = await talk(storage, "U9", THREAD, "100.000000", f"a {SECRET} plays")
    kept = await talk(storage, "U1", THREAD, "200.000000", "weather")
    assert len(await storage.messages.search("T1", "C1", SECRET)) == 2
    assert SECRET.encode() in bytes_on_disk(path)

    await storage.retention.forget_person("T1", "U9")

    assert SECRET.encode() not in bytes_on_disk(path)
    texts = [message.content for message in await storage.messages.history(THREAD, 1000)]
    assert texts == ["weather", "answer to weather"]
    assert await storage.messages.search("T1", "C1", SECRET) == []
    assert await storage.posts.of_event(gone) == []
    assert len(await storage.posts.of_event(kept)) == 1
    assert await storage.usage.total("T1", 0) == (5, 1)


@pytest.mark.parametrize("whose", ["person", "thread", "team"])
async def test_files_that_were_not_posted_are_forgotten_too(
    storage: Storage, ticket: Ticket, path: Path, whose: str
) -> None:
    event = an_event().id
    await storage.calls.begin(ticket, Call("c", event, "f", "{}", "once", "k", "U1"))
    file = Attachment("a.txt", "text/plain", SECRET.encode())
    await storage.calls.end(ticket, "c", "done", "drawn", [file])
    assert SECRET.encode() in bytes_on_disk(path)

    forget = {"person": ("T1", "U1"), "thread": (THREAD,), "team": ("T1",)}[whose]
    await getattr(storage.retention, f"forget_{whose}")(*forget)

    assert SECRET.encode() not in bytes_on_disk(path)


async def test_acts_of_a_forgotten_person_stay_without_their_words(
    storage: Storage, path: Path
) -> None:
    await storage.audit.begin(Act("a1", "T1", "U9", "C1", f"images {SECRET}", f"draws {SECRET}"))
    await storage.audit.end("a1", "done", f"drew {SECRET}", "main")

    await storage.retention.forget_person("T1", "U9")

    (act,) = await storage.audit.recent("T1")
    assert (act.user, act.account, act.state) == ("", "main", "done")
    assert SECRET.encode() not in bytes_on_disk(path)


async def talk_of_an_approval(storage: Storage, user: str, decider: str, ts: str) -> None:
    """Have a person ask for a call that another one approves."""
    event = replace(an_event(ts), user=user)
    ticket = (await storage.inbox.accept(event)).ticket
    assert ticket
    words = {"arguments": f'{{"of": "{user}"}}', "redacted": f"of: {user}"}
    approval = replace(an_approval(event), id=f"A{ts}", user=user, **words)
    await storage.approvals.ask(ticket, approval, 1000)
    assert await storage.approvals.decide(approval.id, decider, "approved", f"click-{ts}")
    assert not await storage.inbox.finish(ticket, event.id)


async def test_forgotten_person_is_named_by_nothing_that_stays(
    storage: Storage, path: Path
) -> None:
    gone = "U9FORGOTTEN"
    await talk_of_an_approval(storage, gone, "U1", "1.0")
    await talk_of_an_approval(storage, "U1", gone, "2.0")
    await storage.choices.save("T1:C1", "model", "small", gone)
    await storage.uploads.save(Uploaded("main", "file-1", "abc", "batch", f"{gone}.md", gone, "T1"))
    assert gone.encode() in bytes_on_disk(path)

    await storage.retention.forget_person("T1", gone)

    assert gone.encode() not in bytes_on_disk(path)
    assert await storage.choices.get("T1", "C1", "model") == "small"
    assert await storage.uploads.of_file("main", "file-1")
    acts = await storage.audit.recent("T1")
    assert sorted((act.user, act.command) for act in acts) == [
        ("", "(forgotten)"),
        ("U1", "(forgotten)"),
    ]


@pytest.mark.parametrize("by", ["forget", "purge"])
async def test_audit_of_what_was_approved_in_a_removed_thread_has_none_of_its_words(
    storage: Storage, path: Path, clock: SetClock, by: str
) -> None:
    await talk_of_an_approval(storage, "U9FORGOTTEN", "U1", "1.0")

    if by == "forget":
        await storage.retention.forget_thread(THREAD)
    else:
        assert await storage.retention.purge(clock.now + 1) == 1
        await storage.engine.scrub()

    assert b"U9FORGOTTEN" not in bytes_on_disk(path)
    assert [act.user for act in await storage.audit.recent("T1")] == ["U1"]


async def test_unanswered_question_of_a_forgotten_person_is_not_counted(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.retention.forget_person("T1", "U1")

    assert await storage.inbox.next(ticket) is None


async def test_same_user_id_in_another_team_is_kept(storage: Storage) -> None:
    await talk(storage, "U9", "T2:C1:1", "1.0", "kept")

    await storage.retention.forget_person("T1", "U9")

    assert len(await storage.messages.history("T2:C1:1", 1000)) == 2


async def test_forgotten_thread_is_unknown_and_its_turn_lost(
    storage: Storage, ticket: Ticket, path: Path
) -> None:
    await storage.messages.append(ticket, [said(SECRET)])
    await talk(storage, "U1", f"{THREAD}1", "101.0", "neighbour")

    await storage.retention.forget_thread(THREAD)

    assert SECRET.encode() not in bytes_on_disk(path)
    assert not await storage.messages.knows(THREAD)
    with pytest.raises(Lost):
        await storage.messages.append(ticket, [said("more")])
    assert len(await storage.messages.history(f"{THREAD}1", 1000)) == 2


async def test_forgotten_team_leaves_the_others(storage: Storage) -> None:
    for n, team in enumerate(("T1", "T2", "T11")):
        await talk(storage, "U1", f"{team}:C1:1", f"{n}.0", "hello")

    await storage.retention.forget_team("T1")

    known = [await storage.messages.knows(f"{team}:C1:1") for team in ("T1", "T2", "T11")]
    assert known == [False, True, True]
    assert await storage.usage.total("T1", 0) == (0, 0)


async def test_purge_removes_what_is_old_but_nothing_unanswered(
    storage: Storage, ticket: Ticket, clock: SetClock
) -> None:
    await talk(storage, "U1", "T1:C1:old", "1.0", "old")
    clock.now += 1000
    await talk(storage, "U1", "T1:C1:new", "2.0", "new")

    await storage.retention.purge(clock.now)

    assert not await storage.messages.knows("T1:C1:old")
    assert len(await storage.messages.history("T1:C1:new", 1000)) == 2
    assert await storage.inbox.next(ticket)
    assert await storage.usage.total("T1", 0) == (10, 2)


async def test_usage_is_removed_by_its_own_age(storage: Storage, clock: SetClock) -> None:
    for n in range(3):
        await talk(storage, "U1", f"T{n}:C1:1", f"{n}.0", "old")
    clock.now += 1000
    await talk(storage, "U1", "T1:C1:2", "9.0", "new")

    await storage.retention.purge_usage(clock.now)

    sums = [await storage.usage.total(f"T{n}", 0) for n in range(3)]
    assert sums == [(0, 0), (5, 1), (0, 0)]


@pytest.mark.parametrize("statement", [*OF_THREAD, *OF_PERSON, TEAMS_WITH_USAGE, OLD_USAGE])
async def test_to_remove_something_nobody_looks_at_all(storage: Storage, statement: str) -> None:
    values = [value for n, value in ((1, "T1"), (2, 0), (3, 0)) if f"${n}" in statement]
    rows = await storage.engine.write(
        lambda c: c.execute(f"explain query plan {statement}", *values)
    )

    plan = {row[-1] for row in rows}
    assert not {step for step in plan if step.startswith("SCAN")} - {"SCAN known"}
