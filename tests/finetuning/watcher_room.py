"""What the tests of the watcher stand in: a server, a database, a clock, a board."""

import asyncio
from dataclasses import dataclass, field, replace

from bot.finetuning.follower import Follower
from bot.finetuning.watcher import Watcher
from storage import open_storage
from storage.records import Watch

LINES = b"".join(
    b'{"messages": [{"role": "user", "content": "q%d"}, '
    b'{"role": "assistant", "content": "a%d"}]}\n' % (n, n)
    for n in range(12)
)
WATCH = Watch("w1", "T1", "C1", None, "U1", "main", "")


@dataclass
class Time:
    """A clock that only moves when it is told to."""

    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def milliseconds(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Seen:
    """A board that keeps what it is told; `trouble` is raised in place of showing."""

    told: list[str] = field(default_factory=list)
    trouble: Exception | None = None
    trouble_telling: list[Exception] = field(default_factory=list)
    trouble_at_the_end: list[Exception] = field(default_factory=list)
    broken: bool = False
    posted: int = 0
    hung: asyncio.Event | None = None

    async def show(self, watch, progress):
        if self.hung:
            await self.hung.wait()
        if self.trouble:
            raise self.trouble
        self.posted += watch.message_ts is None
        self.told.append(f"{progress.job.status} {progress.step or 0}")
        return replace(watch, message_ts="1.0")

    async def ended(self, watch, progress):
        if self.trouble_at_the_end:
            raise self.trouble_at_the_end.pop()
        self.told.append(f"ended {progress.job.status}")

    async def figures(self, watch, job):
        if self.broken:
            raise RuntimeError("a picture that cannot be drawn")
        self.told.append("figures")

    async def lost(self, watch, error):
        if self.trouble_telling:
            raise self.trouble_telling.pop()
        self.told.append(f"lost {error.status}")

    async def answers(self, watch, *, good):
        self.told.append("answers" if good else "silent")

    async def unfollowed(self, watch, progress):
        self.told.append(f"unfollowed {progress and progress.job.status}")

    async def unpaid(self, watch, error):
        self.told.append(f"unpaid {error.code}")


class Room:
    """A server, a database, a clock, and watchers that come and go."""

    def __init__(self, model, client, path) -> None:
        self.model, self.client, self.path = model, client, path
        self.time: Time = model.files.clock
        self.board = Seen()

    async def open(self, owner: str = "one") -> None:
        self.storage = await open_storage(
            f"sqlite:///{self.path}/w.db", owner, self.time.milliseconds
        )
        watches, clock = self.storage.watches, self.time.milliseconds
        self.watcher = Watcher(Follower(watches, lambda _: self.client, self.board, clock))

    async def close(self) -> None:
        await self.watcher.leave()
        await self.storage.close()

    async def job(self, content: bytes = LINES) -> str:
        file = self.model.files.add("train.jsonl", "fine-tune", content)
        self.time.seconds += 60  # until the server has processed it
        job = await self.client.fine_tuning.jobs.create(
            model="gpt-4.1-mini-2025-04-14", training_file=file.id
        )
        await self.storage.watches.add(replace(WATCH, job=job.id))
        return job.id

    async def after(self, seconds: float) -> list[str]:
        """Let time pass, look at what is due, and return what the board was told since."""
        self.time.seconds += seconds
        before = len(self.board.told)
        while (due := await self.due_in()) is not None and due <= 0:
            await self.watcher.look_at_due()
            await self.watcher.settled()
        return self.board.told[before:]

    async def due_in(self) -> float | None:
        due = await self.storage.watches.next_due()
        return None if due is None else due / 1000 - self.time.seconds
