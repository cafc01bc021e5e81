"""What a long memory costs: long threads, and a database of a million messages."""

import asyncio
import shutil
from pathlib import Path
from statistics import median

from bench.histories import fill, write
from bench.lean_model import Speech
from bench.load import BREATH, Asker, milliseconds
from bench.subject import BOT, RELAY, Subject
from bench.table import Row

SPEECH = Speech(first=0.0, gap=0.0, tokens=5)
WARM_UP, ROUNDS = 4, 40
MANY = 1_000_000
TS = "1700000000.000000"
WHOLE = {"CHAT_CONTEXT_TOKENS": "1000000"}
THREADS = (("D000050", TS, 50), ("D001000", TS, 1_000))


async def run(folder: Path) -> list[Row]:
    """Ask in threads of several lengths, in a small database and in a large one."""
    small, large, whole = folder / "small.db", folder / "large.db", folder / "whole.db"
    stored = await fill(MANY)
    shutil.copy(stored, large)
    for database in (small, large, whole):
        await write(database, THREADS)
    async with (
        Subject(RELAY, folder / "relay.db") as relay,
        Subject(BOT, small) as bot,
        Subject(BOT, large) as full,
        Subject(BOT, whole, settings=WHOLE) as generous,
    ):
        subjects = (relay, bot, full, generous)
        floor, short, short_in_many, _ = await asked(subjects, "D000050")
        _, long, long_in_many, all_sent = await asked(subjects, "D001000")
        sizes = [request_kb(bot), request_kb(generous)]
    return [
        Row("event to request, 50 turns, ms", short, floor, at_most=3, ratio_at_most=2),
        Row("event to request, 1,000 turns, ms", long, floor, at_most=8),
        Row("1,000,000 stored (beside: empty), 50 turns", short_in_many, short, ratio_at_most=1.1),
        Row("1,000,000 stored, 1,000 turns", long_in_many, long, ratio_at_most=1.1),
        Row("request with 1,000 turns, kB", sizes[0]),
        Row("event to request, all 1,000 turns sent, ms", all_sent, floor),
        Row("request with all 1,000 turns, kB", sizes[1]),
    ]


def request_kb(subject: Subject) -> float:
    """Give the size of the last request to the model."""
    return subject.slack.questions[len(subject.slack.questions)].request_bytes / 1000


async def asked(subjects: tuple[Subject, ...], channel: str) -> list[float]:
    """Ask all in turn in one thread; give each one's median from event to model request."""
    askers = [Asker(subject) for subject in subjects]
    times: list[list[float]] = [[] for _ in subjects]
    for number in range(WARM_UP + ROUNDS):
        for subject, asker, kept in zip(subjects, askers, times, strict=True):
            subject.model.set(SPEECH)
            question = await asker.ask(channel, TS)
            if number >= WARM_UP:
                kept += milliseconds([question], "sent", "asked")
            await asyncio.sleep(BREATH)
    return [median(kept) for kept in times]
