"""One question at a time, the relay and the bot in turn."""

import asyncio
import os
import time
from pathlib import Path
from statistics import median

from bench.lean_model import Speech
from bench.load import BREATH, Asker, milliseconds
from bench.questions import Question
from bench.subject import BOT, RELAY, Subject
from bench.table import Row

SPEECH = Speech(first=0.2, gap=0.01, tokens=20)
WARM_UP, ROUNDS = 5, 40
PAGE = 4096
PARTS = (
    ("ack (bot: stored before), ms", "sent", "acked", 1.5),
    ("event to model request, ms", "sent", "asked", 2.0),
    ("first token to first visible text, ms", "first_token", "first_text", 1.5),
    ("last token to final text, ms", "last_token", "final", 2.0),
)


async def run(folder: Path) -> list[Row]:
    """Ask both the same, each question in a new thread."""
    async with (
        Subject(RELAY, folder / "latency.db") as relay,
        Subject(BOT, folder / "latency.db") as bot,
    ):
        await in_turn((relay, bot), WARM_UP)
        opened = [(s.slack.connections, s.model.connections) for s in (relay, bot)]
        floor, ours = asked = await in_turn((relay, bot), ROUNDS)
        rows = [
            Row("one write to this disk, which an ack holds, ms", await disk_milliseconds(folder))
        ]
        rows += [
            Row(name, middle(ours, begin, end), middle(floor, begin, end), ratio_at_most=limit)
            for name, begin, end, limit in PARTS
        ]
        for name, place in (("Slack", 0), ("model", 1)):
            new = [
                (connections(subject)[place] - before[place]) / ROUNDS
                for subject, before in zip((relay, bot), opened, strict=True)
            ]
            rows.append(Row(f"new connections to {name} an answer", new[1], new[0], at_most=0.1))
        calls = [sum(len(one.calls) for one in part) / ROUNDS for part in asked]
        rows.append(Row("calls that show text, an answer", calls[1], calls[0]))
        return rows


async def in_turn(subjects: tuple[Subject, ...], rounds: int) -> list[list[Question]]:
    """Ask each subject in each round, one after the other."""
    askers = [Asker(subject) for subject in subjects]
    for subject in subjects:
        subject.model.set(SPEECH)
    asked: list[list[Question]] = [[] for _ in subjects]
    for number in range(rounds):
        for asker, questions in zip(askers, asked, strict=True):
            questions.append(await asker.ask(f"D{number:06d}"))
            await asyncio.sleep(BREATH)
    return asked


async def disk_milliseconds(folder: Path) -> float:
    """Give the median time of what a commit asks of the disk at least, each after a pause."""
    times = []
    with (folder / "disk").open("wb", buffering=0) as file:
        file.write(bytes(ROUNDS * PAGE))
        os.fsync(file.fileno())
        for number in range(ROUNDS):
            await asyncio.sleep(BREATH)
            page = os.urandom(PAGE)
            started = time.perf_counter()
            os.pwrite(file.fileno(), page, number * PAGE)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    return median(times)


def middle(questions: list[Question], begin: str, end: str) -> float:
    """Give the median time between two marks."""
    return median(milliseconds(questions, begin, end))


def connections(subject: Subject) -> tuple[int, int]:
    """Count the connections so far, to Slack and to the model."""
    return subject.slack.connections, subject.model.connections
