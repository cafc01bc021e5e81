"""How far a job is, from what the server tells of it: pure.

States are the server's words. Those that we do not know are not final: the job is looked at on.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.finetuning.curves import Curves, of_events
from bot.openai.fine_tuning_objects import FineTuningJob, FineTuningJobEvent

_MEANINGS = {
    "validating_files": "checking the files",
    "queued": "waiting in the queue",
    "running": "training",
    "pausing": "about to pause",
    "paused": "paused",
    "cancelling": "about to be cancelled",
    "succeeded": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
_QUEUE = re.compile(
    r"(?:queue position|position in (?:the )?queue|number)\D{0,8}(\d+)(?: in (?:the )?queue)?",
    re.IGNORECASE,
)
_QUEUE_FIELDS = ("queue_position", "position_in_queue", "queue_length_ahead")
_FULL, _EMPTY, _WIDTH = "█", "░", 20
_LONGEST_PAUSE_S = 600.0  # after failures


@dataclass(frozen=True, slots=True)
class Progress:
    """A job at one moment; `end` is when it will probably end, `message` its newest word."""

    job: FineTuningJob
    step: int | None = None
    total: int | None = None
    queue: int | None = None
    end: int | None = None
    train_loss: float | None = None
    valid_loss: float | None = None
    accuracy: float | None = None
    message: str = ""

    @property
    def state(self) -> str:
        """Return the state in words for people."""
        status = self.job.status
        return _MEANINGS.get(status) or status.replace("_", " ") or "unknown"

    @property
    def share(self) -> float | None:
        """Return which share of the steps is done."""
        if self.job.status == "succeeded":
            return 1.0
        if not self.step or not self.total:
            return None
        return min(1.0, self.step / self.total)


def progress_of(job: FineTuningJob, events: Sequence[FineTuningJobEvent], now: float) -> Progress:
    """Return how far a job is; `events` are its newest ones, the newest first."""
    curves = of_events(reversed(events))
    return Progress(
        job=job,
        step=curves.step,
        total=curves.total,
        queue=_queue(job, events),
        end=_end(job, events, curves, now),
        train_loss=curves.last("train_loss"),
        valid_loss=first(curves.last("full_valid_loss"), curves.last("valid_loss")),
        accuracy=first(curves.last("valid_accuracy"), curves.last("train_accuracy")),
        message=next((event.message for event in events if event.type != "metrics"), ""),
    )


def bar(share: float) -> str:
    """Draw a share as a bar; it is full only when all is done."""
    filled = math.floor(max(0.0, min(1.0, share)) * _WIDTH)
    return _FULL * filled + _EMPTY * (_WIDTH - filled)


def pause_s(since_change: float, shortest: float, longest: float) -> float:
    """Return how long to wait before looking again: the longer nothing changed, the longer."""
    return min(longest, max(shortest, since_change / 4))


def patience_s(failures: int, told: float | None) -> float:
    """Return how long to wait after failures in a row, or as long as the server asks."""
    return max(told or 0.0, min(_LONGEST_PAUSE_S, 10.0 * 2.0 ** min(failures - 1, 10)))


def first(*values: float | None) -> float | None:
    """Return the first of these that is known."""
    return next((value for value in values if value is not None), None)


def _queue(job: FineTuningJob, events: Sequence[FineTuningJobEvent]) -> int | None:
    """Return the place in the queue, which some hosts tell in a field and some in words."""
    if job.is_final or job.status == "running":
        return None
    extra = job.model_extra or {}
    for name in _QUEUE_FIELDS:
        if isinstance(extra.get(name), int):
            return int(extra[name])
    for event in events:
        found = _QUEUE.search(event.message) if "queue" in event.message.lower() else None
        if found:
            return int(found[1])
    return None


def _end(
    job: FineTuningJob, events: Sequence[FineTuningJobEvent], curves: Curves, now: float
) -> int | None:
    """Return when a job will be finished: as the server says, else as fast as it went so far."""
    if job.is_final:
        return job.finished_at
    if job.estimated_finish:
        return job.estimated_finish
    timed = [(event.created_at, of_events([event]).step) for event in events]
    steps = sorted((at, step) for at, step in timed if step is not None)
    if job.status != "running" or not curves.total or len(steps) < 2:
        return None
    (began, first), (newest, last) = steps[0], steps[-1]
    if last <= first or newest <= began:
        return None
    left = (curves.total - last) * (newest - began) / (last - first)
    return math.ceil(max(now, newest + left))
