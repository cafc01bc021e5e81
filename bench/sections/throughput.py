"""Many questions open at once, with a model that takes two seconds."""

from pathlib import Path
from statistics import median

from bench.lean_model import Speech
from bench.load import Asker, Load, milliseconds, rate
from bench.subject import BOT, RELAY, Kind, Subject
from bench.table import Row

SPEECH = Speech(first=1.0, gap=0.025, tokens=41)
WINDOW = 6.0
ROUNDS = 2
RAMPS = {50: 2.0, 200: 2.0, 1_000: 4.0}
SHARES = {50: 0.98, 200: 0.95, 1_000: 0.7}
PROCESSOR_LEVEL, MEMORY_LEVEL = 50, 1_000


async def run(folder: Path) -> list[Row]:
    """Load both in turn at each level."""
    rows = []
    for level, ramp in RAMPS.items():
        runs: dict[Kind, list[Load]] = {RELAY: [], BOT: []}
        for _ in range(ROUNDS):
            for kind, kept in runs.items():
                kept.append(await loaded(kind, folder, level, ramp))
        rows += compared(level, ramp, runs[RELAY], runs[BOT])
        if level == MEMORY_LEVEL:
            peak = max(load.peak_mib for load in runs[BOT])
            rows.append(Row(f"resident with {level} open, MiB", peak, at_most=130))
    return rows


def best(loads: list[Load], ramp: float) -> Load:
    """Give the run that other programs disturbed least: the one with the most answers."""
    return max(loads, key=lambda load: rate(load, ramp + SPEECH.seconds, WINDOW))


async def loaded(kind: Kind, folder: Path, level: int, ramp: float) -> Load:
    """Load one of them."""
    async with Subject(kind, folder / f"load{level}.db") as subject:
        subject.model.set(SPEECH)
        return await Asker(subject).closed(level, WINDOW + SPEECH.seconds, ramp)


def compared(level: int, ramp: float, theirs: list[Load], ours: list[Load]) -> list[Row]:
    """Set the best loads of one level side by side, with what was lost in any of them."""
    load, floor = best(ours, ramp), best(theirs, ramp)
    begin = ramp + SPEECH.seconds
    name = f"{level} open"
    rows = [
        Row(
            f"{name}: answers/s",
            rate(load, begin, WINDOW),
            rate(floor, begin, WINDOW),
            ratio_at_least=SHARES[level],
        ),
        Row(f"{name}: median total, ms", total(load), total(floor)),
        Row(f"{name}: lost", lost(ours), lost(theirs), at_most=0),
    ]
    per_answer = processor(load), processor(floor)
    limit = 1.6 if level == PROCESSOR_LEVEL else None
    rows.append(Row(f"{name}: processor ms an answer", *per_answer, ratio_at_most=limit))
    return rows


def total(load: Load) -> float:
    """Give the median time from question to final text."""
    return median(milliseconds(load.questions, "sent", "final"))


def lost(loads: list[Load]) -> int:
    """Count questions without an answer, in all rounds."""
    return sum(len(load.questions) - len(load.answered) for load in loads)


def processor(load: Load) -> float:
    """Give the processor time of one answer."""
    return load.processor_seconds * 1000 / max(1, len(load.answered))
