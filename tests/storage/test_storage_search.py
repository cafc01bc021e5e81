from pathlib import Path

import pytest
from storage_samples import THREAD, an_event, said

from storage import Storage
from storage.records import Ticket
from storage.sqlite import SQLite
from storage.sqlite_search import ADD, LAST, PLACE


async def found(storage: Storage, query: str, channel: str = "C1", limit: int = 20) -> list[str]:
    return [hit.text for hit in await storage.messages.search("T1", channel, query, limit)]


async def test_hit_says_where_and_by_whom(storage: Storage, ticket: Ticket) -> None:
    message = said("the deploy is on Friday", user="U1", name="Ann", slack_ts="100.5")
    await storage.messages.append(ticket, [message])

    (hit,) = await storage.messages.search("T1", "C1", "friday")

    assert (hit.thread_ts, hit.slack_ts) == ("100.000000", "100.5")
    assert (hit.user, hit.name, hit.said) == ("U1", "Ann", 100_500)


async def test_search_stays_in_its_channel_and_team(storage: Storage) -> None:
    for n, thread in enumerate(("T1:C1:1.0", "T1:C2:1.0", "T2:C1:1.0", "T1:C11:1.0")):
        owned = (await storage.inbox.accept(an_event(f"{n}.0", thread))).ticket
        assert owned
        await storage.messages.append(owned, [said(f"plan of {thread}", f"E{n}")])

    assert await found(storage, "plan") == ["plan of T1:C1:1.0"]
    assert await found(storage, "plan", "C1:1") == []
    assert await found(storage, "plan", "") == []


async def test_newest_hits_come_first(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said(f"plan {n}", n=n) for n in range(9)])

    assert await found(storage, "plan", limit=3) == ["plan 8", "plan 7", "plan 6"]


async def test_messages_with_every_word_come_before_those_with_some(
    storage: Storage, ticket: Ticket
) -> None:
    texts = ["release plan", "release party", "holiday"]
    await storage.messages.append(ticket, [said(text, n=n) for n, text in enumerate(texts)])

    assert await found(storage, "plan release") == ["release plan", "release party"]
    assert await found(storage, "plan release", limit=1) == ["release plan"]
    assert await found(storage, "release picnic") == ["release party", "release plan"]
    assert await found(storage, "release plan picnic") == ["release plan", "release party"]


async def test_a_sign_alone_is_no_word(storage: Storage, ticket: Ticket) -> None:
    texts = ["the plan for friday", "the plan"]
    await storage.messages.append(ticket, [said(text, n=n) for n, text in enumerate(texts)])

    assert await found(storage, "plan _ friday", limit=1) == ["the plan for friday"]


async def test_what_is_joined_by_an_underscore_is_one_word(
    storage: Storage, ticket: Ticket
) -> None:
    texts = ["the api_key is new", "the key of the api is new"]
    await storage.messages.append(ticket, [said(text, n=n) for n, text in enumerate(texts)])

    assert await found(storage, "api_key") == ["the api_key is new"]


async def test_other_forms_of_a_word_are_found(storage: Storage, ticket: Ticket) -> None:
    texts = ["we deployed it", "Verträge prüfen", "employer"]
    await storage.messages.append(ticket, [said(text, n=n) for n, text in enumerate(texts)])

    assert await found(storage, "deploying") == ["we deployed it"]
    assert await found(storage, "Vertrag") == ["Verträge prüfen"]


async def test_words_match_from_their_beginning_without_accents(
    storage: Storage, ticket: Ticket
) -> None:
    await storage.messages.append(ticket, [said("Die Verträge wurden unterschrieben")])

    assert len(await found(storage, "VERTRAG unterschr")) == 1


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("明日の会議は10時に始まります", "会議"),
        ("下周的项目评审会议改到周三", "项目 会议"),
        ("下周的项目评审会议改到周三", "项目评审会议时间"),  # of which the end is not there
        ("การประชุมพรุ่งนี้เริ่มสิบโมง", "ประชุม"),
        ("الاجتماع غدا في الساعة العاشرة", "اجتماع"),
        ("बैठक हिन्दी में होगी", "हिन्दी"),
        ("Müller kommt", "Mu\u0308ller"),  # as macOS writes names of files
        ("会議 \u2764\ufe0f", "\u2764\ufe0f 会議"),
    ],
)
async def test_words_are_found_in_scripts_without_blanks_and_with_marks(
    storage: Storage, ticket: Ticket, text: str, query: str
) -> None:
    others = [said("别的事", n=1), said("ह न द", n=2)]
    await storage.messages.append(ticket, [said(text), *others])

    assert await found(storage, query) == [text]


async def test_tool_results_are_not_searched(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said("secret rows", role="tool")])

    assert await found(storage, "secret") == []


async def test_search_follows_edits_and_deletions(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said("before", slack_ts="100.000000")])
    assert await found(storage, "before") == ["before"]

    await storage.messages.revise(THREAD, "100.000000", "after", "101.0")
    assert (await found(storage, "before"), await found(storage, "after")) == ([], ["after"])

    await storage.messages.revise(THREAD, "100.000000", None, "102.0")
    assert await found(storage, "after") == []


async def test_what_changes_before_it_is_indexed_is_found_as_it_is_then(
    storage: Storage, ticket: Ticket
) -> None:
    first, second = said("first", n=1, slack_ts="1.0"), said("second", n=2, slack_ts="2.0")

    await storage.messages.append(ticket, [said("before", slack_ts="0.5")])
    await storage.messages.append(ticket, [first, second])
    await storage.messages.revise(THREAD, "1.0", "changed", "101.0")
    await storage.messages.revise(THREAD, "2.0", None, "102.0")
    await storage.messages.append(ticket, [said("third", n=3)])  # in the place of the second

    words = ("first", "changed", "second", "third", "before")
    assert [await found(storage, word) for word in words] == [
        [],
        ["changed"],
        [],
        ["third"],
        ["before"],
    ]
    await storage.messages.revise(THREAD, "1.0", None, "103.0")
    assert await found(storage, "changed") == []


@pytest.mark.parametrize(
    "query",
    [
        "it's",
        '"',
        '""" OR words : *',
        "a-b",
        "AND",
        "NOT plan",
        "plan NEAR(",
        "words : plan",
        "thread : C2",
        "plan*",
        "^plan",
        "(plan",
        "plan) OR (x",
        "{thread} : plan",
        "'; drop table message; --",
        "plan\x00more",
        "plan \ud800",
        "____",
        "²",
        "\u0300",
        "計画",
        "%_\\",
        "",
        "   ",
        "x" * 100_000,
        "plan " * 10_000,
    ],
)
async def test_hostile_query_finds_only_what_is_there(
    storage: Storage, ticket: Ticket, query: str
) -> None:
    other = (await storage.inbox.accept(an_event(thread="T1:C2:1.0"))).ticket
    assert other
    await storage.messages.append(other, [said("private plan C2", "E2")])
    await storage.messages.append(ticket, [said("plan")])

    assert await found(storage, query) in ([], ["plan"])


async def test_hostile_channel_sees_nothing(storage: Storage, ticket: Ticket) -> None:
    await storage.messages.append(ticket, [said("plan")])

    for channel in ('" OR words : "plan', "C1%", "*", "C1:100.000000", "\x00", "c1"):
        assert await found(storage, "plan", channel) == []


@pytest.mark.parametrize("statement", [LAST, PLACE, ADD])
async def test_to_index_new_messages_nobody_looks_at_all(storage: Storage, statement: str) -> None:
    values = [0] * statement.count("$1")

    rows = await storage.engine.write(
        lambda c: c.execute(f"explain query plan {statement}", *values)
    )

    plan = [row[-1] for row in rows]
    assert any(step.startswith("SEARCH message USING") for step in plan)
    assert not any(step.startswith("SCAN message ") or step == "SCAN message" for step in plan)


async def test_where_nothing_can_be_written_what_is_indexed_is_found(
    storage: Storage, ticket: Ticket, path: Path
) -> None:
    await storage.messages.append(ticket, [said("old plan")])
    assert await found(storage, "plan") == ["old plan"]
    await storage.messages.append(ticket, [said("new plan", n=1)])
    reader = SQLite(path)
    await reader.look()

    rows = await reader.search("T1:C1:", ("plan",), 5)

    assert [row[4] for row in rows] == ["old plan"]
    await reader.close()
