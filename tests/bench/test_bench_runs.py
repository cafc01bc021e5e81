"""The bench measures what it says: the relay answers, limits bite, verdicts follow the targets."""

import math
from pathlib import Path

import pytest

from bench.histories import turns, write
from bench.lean_model import Speech
from bench.load import Asker, Load, milliseconds
from bench.questions import Question
from bench.sections.throughput import compared
from bench.subject import BOT, RELAY, Subject
from bench.table import Row, line
from storage import open_storage


@pytest.mark.parametrize("kind", [RELAY, BOT])
async def test_a_question_is_answered_and_every_time_is_taken(kind, tmp_path: Path):
    async with Subject(kind, tmp_path / "bench.db") as subject:
        subject.model.set(Speech(first=0.01, gap=0.001, tokens=12))
        question = await Asker(subject).ask("D000001")

        assert question.text.strip() == "".join(subject.model.speech.words())
        order = [question.sent, question.asked, question.first_token, question.first_text]
        assert order == sorted(order)
        assert question.first_text <= question.final
        assert question.acked > question.sent
        assert subject.mib > 10
        assert milliseconds([question], "sent", "final")[0] > 10


async def test_limits_refuse_what_slack_would(tmp_path: Path):
    async with Subject(RELAY, tmp_path / "bench.db", limits=True) as subject:
        asker = Asker(subject)
        for number in range(20):
            assert (await asker.ask(f"D{number}")).is_answered
        over = await asker.ask("D20", timeout=0.3)

        assert not over.is_answered
        assert subject.slack.refused["chat.startStream"] >= 1


async def test_written_histories_are_what_the_bot_reads(tmp_path: Path):
    await write(tmp_path / "x.db", [("D1", "1700000000.000000", 3)])

    storage = await open_storage(f"sqlite:///{tmp_path / 'x.db'}", owner="test")
    found = await storage.messages.history("T0BENCH:D1:1700000000.000000", 10_000)
    await storage.close()

    assert [one.content for one in found] == [one.content for one in turns("e", 3)]


def test_what_is_lost_counts_as_an_answer_that_takes_for_ever():
    answered, lost = (Question(n, "D1", "1.0", "1.0", sent=1.0) for n in (1, 2))
    answered.final = 1.5

    assert milliseconds([answered, lost], "sent", "final") == [500.0, math.inf]


def test_what_any_round_lost_is_told_beside_the_best_one():
    answered, late = (Question(n, "D1", "1.0", "1.0", sent=1.0, final=4.0 * n) for n in (1, 0))
    rounds = [Load((answered,), 0.1, 50.0), Load((answered, late), 0.1, 50.0)]

    rows = compared(50, 2.0, rounds[:1], rounds)

    assert [row.ours for row in rows if row.name.endswith("lost")] == [1]


def test_verdict_needs_every_target():
    both = Row("x", ours=2.5, floor=1.0, at_most=3, ratio_at_most=2)

    assert not both.is_met
    assert Row("x", ours=2.5, floor=1.5, at_most=3, ratio_at_most=2).is_met
    assert not Row("x", ours=9.0, floor=10.0, ratio_at_least=0.95).is_met
    assert line(both.cells()).endswith("<= 2x and <= 3           MISSED")
