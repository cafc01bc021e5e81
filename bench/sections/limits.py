"""A question every two seconds while Slack's documented limits are enforced."""

import asyncio
from pathlib import Path
from statistics import median

from bench.lean_model import Speech
from bench.load import Asker, milliseconds
from bench.questions import Question
from bench.subject import BOT, RELAY, Subject
from bench.table import Row

SPEECH = Speech(first=0.2, gap=0.01, tokens=60)
COUNT, EVERY, PATIENCE = 40, 2.0, 45.0


async def run(folder: Path) -> list[Row]:
    """Ask three at the same time; at this pace they do not get into each other's way."""
    async with (
        Subject(RELAY, folder / "limits.db", limits=True) as relay,
        Subject(BOT, folder / "limits.db", limits=True) as bot,
        Subject(BOT, folder / "free.db") as free,
    ):
        subjects = (relay, bot, free)
        for subject in subjects:
            subject.model.set(SPEECH)
        drips = [Asker(subject).drip(COUNT, EVERY, PATIENCE) for subject in subjects]
        floor, ours, unlimited = await asyncio.gather(*drips)
    return [
        Row(f"limits: lost of {COUNT}", lost(ours), lost(floor), at_most=0),
        Row("limits: median total, ms (beside: no limits)", total(ours), total(unlimited),
            ratio_at_most=1.3),
        Row("limits: slowest, ms (beside: no limits)", slowest(ours), slowest(unlimited)),
    ]  # fmt: skip


def lost(questions: list[Question]) -> int:
    """Count questions without a whole answer."""
    return sum(not question.is_answered for question in questions)


def total(questions: list[Question]) -> float:
    """Give the median time from question to final text."""
    return median(milliseconds(questions, "sent", "final"))


def slowest(questions: list[Question]) -> float:
    """Give the longest time from question to final text."""
    return max(milliseconds(questions, "sent", "final"))
