"""A confirmation: bound to its person, decided once, expiring, safe over restarts, in the audit."""

import asyncio

import pytest

from bot.slack.outbound import respond
from storage import open_storage
from storage.records import Decision
from tests.commands.conftest import ANN, HELP

BEN = "U0BEN"


@pytest.fixture
async def storage(tmp_path):
    opened = await open_storage(f"sqlite:///{tmp_path}/other.db", owner="test", clock=lambda: 1_000)
    yield opened
    await opened.close()


def question(**more) -> Decision:
    return Decision(
        **{
            "id": "q1",
            "team": "T0",
            "user": ANN,
            "line": "{}",
            "effect": "Delete it?",
            "expires": 2_000,
            **more,
        }
    )


async def test_a_question_is_decided_once(storage):
    await storage.decisions.ask(question())

    first, second = await asyncio.gather(
        storage.decisions.decide("q1", ANN, "accepted", "click1"),
        storage.decisions.decide("q1", ANN, "accepted", "click2"),
    )

    assert (first is None) != (second is None)


async def test_the_click_that_decided_may_ask_again(storage):
    await storage.decisions.ask(question())
    await storage.decisions.decide("q1", ANN, "accepted", "click1")

    again = await storage.decisions.decide("q1", ANN, "accepted", "click1")

    assert again is not None


async def test_another_person_decides_nothing(storage):
    await storage.decisions.ask(question())

    assert await storage.decisions.decide("q1", BEN, "accepted", "click1") is None
    assert await storage.decisions.decide("q1", ANN, "declined", "click2") is not None


async def test_an_expired_question_decides_nothing(storage):
    await storage.decisions.ask(question(expires=999))

    assert await storage.decisions.decide("q1", ANN, "accepted", "click1") is None


async def test_an_order_that_waits_for_its_form_is_never_decided(storage):
    await storage.decisions.ask(question(effect=""))

    assert await storage.decisions.decide("q1", ANN, "accepted", "click1") is None


async def test_two_presses_delete_once(counter):
    file = counter.model.files.add("a.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")

    await asyncio.gather(seen.press("Delete"), seen.press("Delete"))
    await counter.slack.wait(
        lambda s: "already" in str(s.ephemerals(ANN)) and "1 file deleted" in str(s.ephemerals(ANN))
    )

    deletes = [r for r in counter.model.requests if r.method == "DELETE"]
    assert len(deletes) == 1


async def test_a_question_outlives_a_restart(counter):
    file = counter.model.files.add("a.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")
    await counter.leave()
    await counter.start()

    await seen.press("Delete")
    await seen.becomes("1 file deleted")


async def test_acts_stand_in_the_audit(counter):
    file = counter.model.files.add("a.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")
    await seen.press("Delete")
    await seen.becomes("1 file deleted")

    audit = await counter.run("/ai audit")

    assert f"files delete {file.id}" in audit.text
    assert "ann" in audit.text
    assert "done" in audit.text


async def test_an_act_that_failed_stands_in_the_audit_with_its_reason(counter):
    counter.model.enqueue(status=401, code="invalid_api_key")
    seen = await counter.run("/ai-models test stand-in")
    await seen.press("Ask")
    await seen.becomes("does not accept my key")

    audit = await counter.run("/ai audit --failed")

    assert "models test stand-in" in audit.text
    assert "does not accept my key" in audit.text
    assert "main" in audit.text.splitlines()


async def test_an_act_whose_answer_was_not_shown_stays_done(counter, monkeypatch):
    file = counter.model.files.add("a.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")
    lose_an_answer(counter, monkeypatch)

    await seen.press("Delete")
    await counter.slack.wait(lambda _: "was done already" in counter.last().text)

    assert "failed" not in (await counter.run("/ai audit")).text


async def test_an_act_whose_failure_was_not_shown_is_told_with_its_reason(counter, monkeypatch):
    counter.model.enqueue(status=401, code="invalid_api_key")
    seen = await counter.run("/ai-models test stand-in")
    lose_an_answer(counter, monkeypatch)

    await seen.press("Ask")
    await counter.slack.wait(lambda _: "does not accept my key" in counter.last().text)

    assert "interrupted" not in (await counter.run("/ai audit --failed")).text


def lose_an_answer(counter, monkeypatch):
    """Let Slack take the next answer in no way: by no response_url, and as no message."""
    monkeypatch.setattr(respond, "_USES", 0)
    counter.slack.fail("chat.postEphemeral", status=502, times=2)
    counter.slack.fail("chat.postMessage", status=502)


async def test_the_audit_shows_whole_effects_as_they_read(counter):
    file = counter.model.files.add("a<b>&c.jsonl", "fine-tune", b"{}\n")
    seen = await counter.run(f"/ai-files delete {file.id}")
    await seen.press("Delete")
    await seen.becomes("1 file deleted")

    audit = await counter.run("/ai audit")

    told = "Delete 1 file from the server. It cannot be undone. • a<b>&c.jsonl"
    assert any(line.startswith(told) for line in audit.text.splitlines())
    assert f"{file.id}, fine-tune, 3 B" in audit.text


async def test_what_was_declined_is_not_in_the_audit(counter):
    seen = await counter.run("/ai-models test stand-in")
    await seen.press("Cancel")
    await seen.becomes("Nothing was done")

    audit = await counter.run("/ai audit")

    assert "Nothing was done so far" in audit.text


async def test_a_message_command_is_confirmed_in_its_thread(counter):
    ts = await counter.slack.say(HELP, ANN, "hello")
    seen = await counter.write("<@U0BOT> !models test stand-in", ts)

    await seen.press("Ask")
    await seen.becomes("First words after")

    assert seen.message["thread_ts"] == ts
