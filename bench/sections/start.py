"""From start to connected, and the memory of a process that waits."""

import asyncio
from pathlib import Path
from statistics import median

from bench.subject import BOT, RELAY, Kind, Subject
from bench.table import Row

ROUNDS = 5
SETTLE_SECONDS = 0.5


async def run(folder: Path) -> list[Row]:
    """Start both in turn, on a database that exists after a first start, which makes it."""
    database = folder / "start.db"
    await started(BOT, folder / "compiled.db")  # by which the code is compiled, too
    _, first_mib = await started(BOT, database)
    times: dict[Kind, list[float]] = {RELAY: [], BOT: []}
    memory: dict[Kind, list[float]] = {RELAY: [], BOT: []}
    for _ in range(ROUNDS):
        for kind in (RELAY, BOT):
            seconds, mib = await started(kind, database)
            times[kind].append(seconds)
            memory[kind].append(mib)
    return [
        Row("start to connected, s", median(times[BOT]), median(times[RELAY]), ratio_at_most=2),
        Row("resident when idle, MiB", median(memory[BOT]), median(memory[RELAY]), at_most=70),
        Row("resident after the first start, MiB", first_mib, at_most=70),
    ]


async def started(kind: Kind, database: Path) -> tuple[float, float]:
    """Start once; give the seconds and the memory."""
    async with Subject(kind, database) as subject:
        await asyncio.sleep(SETTLE_SECONDS)
        return subject.start_seconds, subject.mib
