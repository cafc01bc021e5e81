"""Functions that ask the person who asked: by buttons and by words, over restarts, in time."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from bot import app
from tests.scenarios.conftest import ANN, BEN, HELP, Desk, called, results, told

pytestmark = pytest.mark.usefixtures("brisk")

FUNCTIONS = """\
from pathlib import Path

from functions import Context, function


@function(effect="idempotent", timeout=60)
async def paint(context: Context) -> str:
    \"\"\"Paint the wall.\"\"\"
    colour = await context.ask("Which <!channel> colour?", ["red", "blue"])
    coats = await context.ask("How many coats?")
    return f"{coats} coats of {colour}"


@function(effect="idempotent", approve="always", timeout=60)
async def mend(context: Context) -> str:
    \"\"\"Mend the house.\"\"\"
    return f"mended: {await context.ask('What first?', ['the roof'])}"


@function(effect="idempotent", timeout=60)
async def trim(context: Context) -> str:
    \"\"\"Trim a tree.\"\"\"
    return f"trimmed the {await context.ask('Which tree?', ['oak', 'elm'])}"


@function(effect="idempotent", timeout=60)
async def clean(context: Context) -> str:
    \"\"\"Clean the folder.\"\"\"
    files = (Path(__file__).parent.parent / "files").read_text()
    sure = await context.ask(f"Delete {files} files?", ["yes", "no"])
    why = await context.ask("Sure about the question?", [files])
    return f"{sure}, deleted {why}"


@function(timeout=0.5)
async def hurry(context: Context) -> str:
    \"\"\"Ask in a hurry.\"\"\"
    return await context.ask("Now?", ["yes"])
"""


@pytest_asyncio.fixture
async def house(stage: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "asking.py").write_text(FUNCTIONS)
    await stage.start(FUNCTIONS=str(folder))
    yield stage


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a bot that leaves wait for nobody's answer."""
    monkeypatch.setattr(app, "_DRAIN_S", 0.1)


def cards(desk: Desk, ts: str) -> list[dict]:
    return [m for m in desk.replies(ts) if ":question:" in str(m["text"])]


async def card(desk: Desk, ts: str, count: int = 1) -> dict:
    await desk.slack.wait(lambda _: len(cards(desk, ts)) >= count)
    return cards(desk, ts)[-1]


async def press(desk: Desk, card: dict, verb: str, user: str = ANN, **more) -> None:
    action = f"inquiry.{verb}"
    await desk.slack.click(user, action, channel=HELP, message_ts=card["ts"], **more)


def status(desk: Desk, ts: str) -> str:
    session = desk.slack.session(HELP, ts)
    return session.status if session else ""


async def test_a_function_asks_the_person_back_by_buttons_and_by_words(house):
    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick1")
    second = await card(house, ts, 2)
    assert "can answer here or in the thread" in str(second["blocks"])
    await press(house, second, "send")
    assert "write an answer first" in await told(house, ANN)
    await press(house, second, "text", value="two")
    await press(house, second, "send")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["two coats of blue"]
    assert "<!channel>" not in str(cards(house, ts)[0]["text"])
    assert "answered: blue" in str(cards(house, ts)[0]["blocks"])


def line(desk: Desk, ts: str) -> str | None:
    session = desk.slack.session(HELP, ts)
    return session.text if session else None


async def test_while_a_function_asks_nobody_is_told_that_the_bot_thinks(house):
    ts = await called(house, "paint")
    first = await card(house, ts)
    await house.slack.wait(lambda _: line(house, ts) == "is waiting for an answer…")

    await press(house, first, "pick1")
    await card(house, ts, 2)
    await house.slack.wait(lambda _: line(house, ts) == "is waiting for an answer…")
    await house.slack.say(HELP, ANN, "two", ts)
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    await house.slack.wait(lambda _: (status(house, ts), line(house, ts)) == ("active", None))


async def test_an_approved_function_that_asks_is_seen_to_work_and_can_be_stopped(house):
    ts = await called(house, "mend")
    await house.slack.wait(lambda _: status(house, ts) == "suspended")
    approval = next(m for m in house.replies(ts) if "Approval" in str(m["text"]))
    await house.slack.click(ANN, "approval.approve", channel=HELP, message_ts=approval["ts"])

    question = await card(house, ts)

    assert status(house, ts) == "processing"
    await press(house, question, "pick0")
    await house.slack.wait(lambda _: "Done." in house.said(ts))
    assert results(house) == ["mended: the roof"]
    assert float(house.replies(ts)[-1]["ts"]) > float(question["ts"])
    assert house.said(ts)[-1] == "Done."
    await house.slack.wait(lambda _: status(house, ts) == "active")


async def test_only_the_person_who_asked_may_answer(house):
    ts = await called(house, "paint")
    first = await card(house, ts)

    await press(house, first, "pick1", BEN)

    assert "only <@U0ANN> is asked" in await told(house, BEN)
    assert len(cards(house, ts)) == 1
    await house.slack.stop(HELP, ts, ANN)  # or the bot would wait for the answer when it leaves
    await house.slack.wait(lambda s: s.session(HELP, ts).status != "processing")


async def test_what_the_person_writes_in_the_thread_is_the_answer(house):
    ts = await called(house, "paint")
    house.model.enqueue("Then three.")
    await card(house, ts)
    house.slack.redeliver(house.slack.events("app_mention")[0].payload["event_id"])
    await house.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await house.ask("Red", thread_ts=ts)
    await card(house, ts, 2)
    assert "answered: red" in str(cards(house, ts)[0]["blocks"])

    await house.ask(f"<@{BEN}> how many would you take?", thread_ts=ts)
    await house.ask("three", thread_ts=ts, user=BEN)
    await house.ask("two, says <@U0BEN>", thread_ts=ts)
    await house.slack.wait(lambda _: "Done." in house.said(ts))
    await house.slack.wait(lambda _: "Then three." in house.said(ts))

    assert house.asked()[1][-1]["content"] == "two, says @ben coats of red"
    said = [m["content"] for m in house.asked()[-1] if m["role"] == "user"]
    assert said[1:] == ["ann: Red", "ann: @ben how many would you take?", "ben: three"]


async def test_of_two_questions_at_once_words_answer_the_one_that_they_fit(house):
    house.model.enqueue(calls=[("paint", {}), ("trim", {})])
    house.model.enqueue("Done.")
    ts = await house.ask("please")
    await card(house, ts, 2)

    for word, asked in (("Oak", 2), ("red", 2), ("two", 3)):
        await card(house, ts, asked)
        await house.ask(word, thread_ts=ts)
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["two coats of red", "trimmed the oak"]


async def test_a_written_answer_that_could_not_be_kept_lets_the_next_one_count(house, tmp_path):
    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick0")
    await card(house, ts, 2)
    with closing(sqlite3.connect(tmp_path / "callboard.db")) as database:
        database.execute(
            """create trigger refuse before update of answer on inquiry when new.answer = 'two'
            begin select raise(abort, 'refused'); end"""
        )

    await house.ask("two", thread_ts=ts)
    await house.slack.wait(lambda s: all(delivery.acked for delivery in s.log))
    await house.ask("three", thread_ts=ts)
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["three coats of red"]


@pytest.mark.usefixtures("in_haste")
async def test_a_question_survives_a_restart_with_the_answers_given(house, tmp_path):
    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick0")
    second = await card(house, ts, 2)

    await house.leave()
    await house.start(FUNCTIONS=str(tmp_path / "ours"))
    await press(house, second, "text", value="three")
    await press(house, second, "send")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["three coats of red"]
    assert len(cards(house, ts)) == 2


@pytest.mark.usefixtures("in_haste")
async def test_a_card_says_after_a_crash_what_was_answered_just_before(house, tmp_path):
    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick0")
    await card(house, ts, 2)
    await house.leave()
    with closing(sqlite3.connect(tmp_path / "callboard.db")) as database, database:
        database.execute("update inquiry set state = 'answered', answer = '3' where state = 'open'")

    await house.start(FUNCTIONS=str(tmp_path / "ours"))
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["3 coats of red"]
    assert "answered: 3" in str(cards(house, ts)[-1]["blocks"])


@pytest.mark.usefixtures("in_haste")
async def test_an_answer_to_another_question_is_not_taken_after_a_restart(house, tmp_path):
    (tmp_path / "files").write_text("5")
    ts = await called(house, "clean")
    await press(house, await card(house, ts), "pick0")
    await card(house, ts, 2)

    await house.leave()
    (tmp_path / "files").write_text("7")
    await house.start(FUNCTIONS=str(tmp_path / "ours"))
    anew = await card(house, ts, 3)
    assert "Delete 7 files?" in str(anew["text"])
    await press(house, anew, "pick1")
    await press(house, await card(house, ts, 4), "pick0")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["no, deleted 7"]
    assert "no longer needed" in str(cards(house, ts)[1]["blocks"])


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_question_of_unknown_fate_is_there_once(house, cut):
    house.slack.fail("chat.postMessage", cut=cut)

    ts = await called(house, "paint")
    await press(house, await card(house, ts), "pick0")
    second = await card(house, ts, 2)
    await press(house, second, "text", value="two")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert results(house) == ["two coats of red"]
    assert len(cards(house, ts)) == 2


async def test_a_card_that_nobody_knew_to_be_there_closes_with_a_click(house):
    house.slack.fail("chat.postMessage", cut="after")
    house.slack.fail("conversations.replies", error="internal_error", times=None)
    ts = await called(house, "paint")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    await press(house, await card(house, ts), "pick0")

    assert "could not be asked" in results(house)[0]
    assert "no longer open" in await told(house, ANN)
    assert "no longer needed" in str(cards(house, ts)[0]["blocks"])


async def test_the_time_of_the_function_ends_the_question(house):
    ts = await called(house, "hurry")
    await house.slack.wait(lambda _: "Done." in house.said(ts))

    assert "did not answer within" in results(house)[0]
    assert "no longer needed" in str(cards(house, ts)[0]["blocks"])


async def test_what_is_written_as_the_question_ends_gets_an_answer_of_its_own(house, tmp_path):
    ts = await called(house, "hurry")
    house.model.enqueue("Yes what?")
    await card(house, ts)
    with closing(sqlite3.connect(tmp_path / "callboard.db")) as database, database:
        database.execute("update inquiry set expires = 0")

    await house.ask("yes", thread_ts=ts)
    await house.slack.wait(lambda _: "Yes what?" in house.said(ts))

    assert "did not answer within" in str(house.asked()[1])
    assert house.asked()[-1][-1]["content"] == "ann: yes"


async def test_a_card_that_is_posted_during_a_stop_is_closed(house):
    posting = house.slack.fail(
        "chat.postMessage", delay=0.5, when=lambda given: "colour" in str(given)
    )
    ts = await called(house, "paint")
    await house.slack.wait(lambda _: posting.hits)

    await house.slack.stop(HELP, ts, ANN)

    first = await card(house, ts)
    await house.slack.wait(lambda _: "no longer needed" in str(first["blocks"]))


async def test_a_stopped_turn_takes_no_answer(house):
    ts = await called(house, "paint")
    first = await card(house, ts)

    await house.slack.stop(HELP, ts, ANN)
    await house.slack.wait(lambda _: "no longer needed" in str(cards(house, ts)[0]["blocks"]))

    assert "paint" not in house.said(ts)
    assert first["ts"] == cards(house, ts)[0]["ts"]
