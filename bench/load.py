"""Ask questions: one at a time, in a steady drip, or so many open at once."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from bench.questions import Question
from bench.subject import Subject

BREATH = 0.02  # seconds between an answer and the next question: nobody reads faster


@dataclass(frozen=True, slots=True)
class Load:
    """What a load gave: the questions, and what they cost."""

    questions: tuple[Question, ...]
    processor_seconds: float
    peak_mib: float

    @property
    def answered(self) -> list[Question]:
        """Give the questions whose whole answer was seen."""
        return [question for question in self.questions if question.is_answered]


class Asker:
    """Asks a subject and waits for its answers."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._waiting: dict[int, asyncio.Event] = {}
        subject.slack.changed = self._changed

    def _changed(self, question: Question) -> None:
        waiter = self._waiting.get(question.number)
        if waiter and question.is_answered and question.acked:
            waiter.set()

    async def ask(self, channel: str, thread: str = "", timeout: float = 30.0) -> Question:
        """Ask one question and wait until its whole answer is seen, or not any longer."""
        question = self.subject.slack.ask(channel, thread)
        done = self._waiting[question.number] = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await done.wait()
        del self._waiting[question.number]
        return question

    async def drip(self, count: int, every: float, timeout: float) -> list[Question]:
        """Ask a question every so many seconds, each in a thread of its own."""
        tasks = []
        for number in range(count):
            task = asyncio.create_task(self.ask(f"D{number:06d}", timeout=timeout))
            tasks.append(task)
            await asyncio.sleep(every)
        return list(await asyncio.gather(*tasks))

    async def closed(self, level: int, seconds: float, ramp: float) -> Load:
        """Keep so many questions open for a time; only what ends inside it counts as done."""
        begin = time.monotonic()
        end = begin + ramp + seconds
        before = self.subject.processor_seconds
        lanes = [
            asyncio.create_task(self._lane(lane, begin + ramp * lane / level, end))
            for lane in range(level)
        ]
        memory = [self.subject.mib]
        sampler = asyncio.create_task(self._sample(memory))
        asked = [question for lane in await asyncio.gather(*lanes) for question in lane]
        sampler.cancel()
        used = self.subject.processor_seconds - before
        return Load(tuple(asked), used, max(memory))

    async def _lane(self, lane: int, start: float, end: float) -> list[Question]:
        await asyncio.sleep(max(0.0, start - time.monotonic()))
        asked = []
        while time.monotonic() < end:
            asked.append(await self.ask(f"D{lane:06d}"))
        return asked

    async def _sample(self, memory: list[float]) -> None:
        while True:
            await asyncio.sleep(0.1)
            memory.append(self.subject.mib)


def milliseconds(questions: Iterable[Question], begin: str, end: str) -> list[float]:
    """Give the time between two marks of each question; what did not reach both took for ever."""
    times = ((getattr(one, begin), getattr(one, end)) for one in questions)
    return [(until - since) * 1000 if since and until else inf for since, until in times]


def rate(load: Load, begin: float, seconds: float) -> float:
    """Give answers a second in a window that begins some time after the first question."""
    since = min(question.sent for question in load.questions) + begin
    inside = [one for one in load.answered if since <= one.final < since + seconds]
    return len(inside) / seconds
