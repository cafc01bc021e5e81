"""One job: what was asked, how far it has come, how it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.openai.fine_tuning.course import Moment, Plan
from playground.openai.fine_tuning.hyperparameters import resolved, unresolved
from playground.openai.ids import new_id

PAUSING_SECONDS = 2.0
ENDED = frozenset({"succeeded", "failed", "cancelled"})
ORGANIZATION = "org-playground"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that the job tells."""

    id: str
    at: float
    moment: Moment

    def shown(self) -> Json:
        """Give the event object."""
        metrics = self.moment.metrics if self.moment.step is None else None
        return {
            "object": "fine_tuning.job.event",
            "id": self.id,
            "created_at": int(self.at),
            "level": self.moment.level,
            "message": self.moment.text,
            "data": dict(metrics) if metrics else {},
            "type": "metrics" if metrics else "message",
        }


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The model as it was after an epoch."""

    id: str
    at: float
    job: str
    model: str
    step: int
    metrics: Json

    def shown(self) -> Json:
        """Give the checkpoint object."""
        metrics = {name: n for name, n in self.metrics.items() if name != "total_steps"}
        return {
            "object": "fine_tuning.job.checkpoint",
            "id": self.id,
            "created_at": int(self.at),
            "fine_tuned_model_checkpoint": self.model,
            "fine_tuning_job_id": self.job,
            "metrics": metrics,
            "step_number": self.step,
        }


@dataclass(slots=True)
class Job:
    """A job on its course; only `advance` moves it on."""

    id: str
    created_at: float
    asked: Json
    method: str
    given: Json
    plan: Plan
    tokens: int
    course: Iterator[Moment]
    speed: float = 1.0
    error: Json | None = None
    state: str = "validating_files"
    next: Moment | None = None
    events: list[JobEvent] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    result_files: list[str] = field(default_factory=list)
    finished_at: float | None = None
    paused_at: float | None = None
    paused_for: float = 0.0

    def __post_init__(self) -> None:
        self.tell(Moment(0.0, f"Created fine-tuning job: {self.id}"), self.created_at)
        self.next = next(self.course, None)

    @property
    def ended(self) -> bool:
        """Say whether nothing more will happen."""
        return self.state in ENDED

    def time_of(self, seconds: float) -> float:
        """Give the time at which so many seconds of work are done."""
        return self.created_at + self.paused_for + seconds / self.speed

    def advance(self, now: float) -> Iterator[tuple[Moment, float]]:
        """Do what is due, and give each moment with its time."""
        until = now if self.paused_at is None else min(now, self.paused_at)
        while self.next and not self.ended and self.time_of(self.next.at) <= until:
            moment, at = self.next, self.time_of(self.next.at)
            self.next = next(self.course, None)
            self.take(moment, at)
            yield moment, at

    def take(self, moment: Moment, at: float) -> None:
        """Let one moment happen."""
        self.tell(moment, at)
        if moment.status:
            self.state = moment.status
            self.finished_at = at if self.ended else None
        if moment.step is not None:
            model = self.plan.name_of(moment.step)
            identifier = new_id("ftckpt_")
            numbers = dict(moment.metrics or {})
            self.checkpoints.append(
                Checkpoint(identifier, at, self.id, model, moment.step, numbers)
            )

    def tell(self, moment: Moment, at: float) -> None:
        """Add an event."""
        self.events.append(JobEvent(new_id("ftevent-"), at, moment))

    def status(self, now: float) -> str:
        """Give the state, with the two that only a pause has."""
        if self.paused_at is None or self.ended:
            return self.state
        done = now >= self.paused_at + PAUSING_SECONDS / self.speed
        return "paused" if done else "pausing"

    def cancel(self, now: float) -> None:
        """End the job."""
        self.paused_at = None
        self.take(Moment(0.0, "Fine-tuning job cancelled", status="cancelled"), now)

    def pause(self, now: float) -> None:
        """Stop the work for a while."""
        self.paused_at = now
        self.tell(Moment(0.0, "Fine-tuning job paused"), now)

    def resume(self, now: float) -> None:
        """Go on where the work stopped."""
        self.paused_for += now - (self.paused_at or now)
        self.paused_at = None
        self.tell(Moment(0.0, "Fine-tuning job resumed"), now)

    def hyperparameters(self) -> Json:
        """Give the hyperparameters: as numbers once the files are validated."""
        if self.state in ("validating_files", "failed"):
            return unresolved(self.method, self.given)
        return resolved(self.method, self.given, self.plan.examples)

    def shown(self, now: float) -> Json:
        """Give the job object."""
        succeeded = self.state == "succeeded"
        running = self.state == "running" and self.paused_at is None
        numbers = self.hyperparameters()
        method = {**((self.asked.get("method") or {}).get(self.method) or {})}
        return {
            "object": "fine_tuning.job",
            "id": self.id,
            "model": self.asked["model"],
            "created_at": int(self.created_at),
            "finished_at": None if self.finished_at is None else int(self.finished_at),
            "fine_tuned_model": self.plan.model if succeeded else None,
            "organization_id": ORGANIZATION,
            "result_files": list(self.result_files),
            "status": self.status(now),
            "validation_file": self.plan.validation_file,
            "training_file": self.plan.training_file,
            "hyperparameters": numbers if self.method == "supervised" else None,
            "trained_tokens": self.tokens if succeeded else None,
            "error": self.error if self.state == "failed" else None,
            "user_provided_suffix": self.asked.get("suffix"),
            "seed": self.plan.seed,
            "estimated_finish": int(self.time_of(self.plan.seconds)) if running else None,
            "integrations": self.asked.get("integrations") or [],
            "metadata": self.asked.get("metadata"),
            "method": {"type": self.method, self.method: method | {"hyperparameters": numbers}},
        }
