"""The course of a job, planned at once: what happens after how many seconds of work.

Losses fall and accuracies rise along smooth curves with a little noise from the job's seed, and
validation lags behind training, more so with every epoch: enough for a picture that looks like
one. Pure: the same plan gives the same course.
"""

import base64
import csv
import io
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

VALIDATING, QUEUED, EVALUATING = 5.0, 10.0, 3.0
LONGEST = 600.0
VALID_EVERY = 10
CHECKPOINTS = 3
COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
Level = Literal["info", "warn", "error"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens: a message, a change of status, a checkpoint, numbers."""

    at: float
    text: str
    level: Level = "info"
    status: str | None = None
    metrics: Mapping[str, Any] | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a job's course."""

    training_file: str
    validation_file: str | None
    examples: int
    batch: int
    epochs: int
    seed: int
    rewarded: bool = False
    model: str = ""

    @property
    def per_epoch(self) -> int:
        """Count the steps of an epoch."""
        return max(1, math.ceil(self.examples / self.batch))

    @property
    def steps(self) -> int:
        """Count all steps."""
        return self.per_epoch * self.epochs

    @property
    def step_seconds(self) -> float:
        """Say how long a step takes; no job takes longer than ten minutes at speed 1."""
        return min(1.0, LONGEST / self.steps)

    @property
    def seconds(self) -> float:
        """Say how long the whole job takes."""
        return VALIDATING + QUEUED + self.steps * self.step_seconds + EVALUATING

    def name_of(self, step: int) -> str:
        """Give the name of the model as it was after a step."""
        return self.model if step == self.steps else f"{self.model}:ckpt-step-{step}"


@dataclass(slots=True)
class Curve:
    """The numbers of each step."""

    plan: Plan
    noise: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.noise = random.Random(self.plan.seed)

    def at(self, step: int) -> dict[str, Any]:
        """Give the numbers of one step; to be asked step after step."""
        plan = self.plan
        done = step / plan.steps
        train = 0.35 + 1.9 * math.exp(-4 * done) + self.noise.uniform(-0.06, 0.06)
        gap = 0.08 + 0.1 * done**3 * plan.epochs
        numbers: dict[str, Any] = {
            "step": step,
            "train_loss": round(train, 5),
            "train_mean_token_accuracy": accuracy(train),
        }
        if plan.validation_file and (step % VALID_EVERY == 0 or step % plan.per_epoch == 0):
            valid = train + gap + self.noise.uniform(-0.03, 0.03)
            numbers |= {"valid_loss": round(valid, 5), "valid_mean_token_accuracy": accuracy(valid)}
        if plan.validation_file and step % plan.per_epoch == 0:
            full = train + gap
            numbers |= {
                "full_valid_loss": round(full, 5),
                "full_valid_mean_token_accuracy": accuracy(full),
            }
        if plan.rewarded:
            numbers["train_mean_reward"] = round(1 - train / 3, 5)
        return numbers


def accuracy(loss: float) -> float:
    """Give the accuracy that goes with a loss."""
    return round(min(1.0, math.exp(-loss * 0.45)), 5)


def course(plan: Plan) -> Iterator[Moment]:
    """Give all moments of a job that succeeds, in order."""
    yield from opening(plan)
    started = VALIDATING + QUEUED
    yield Moment(VALIDATING, "Files validated, moving job to queued state", status="queued")
    yield Moment(started, "Fine-tuning job started", status="running")
    curve = Curve(plan)
    for step in range(1, plan.steps + 1):
        at = started + step * plan.step_seconds
        metrics = curve.at(step) | {"total_steps": plan.steps}
        yield Moment(at, said(metrics), metrics=metrics)
        if step % plan.per_epoch == 0 and step > plan.steps - CHECKPOINTS * plan.per_epoch:
            text = f"Checkpoint created at step {step}"
            yield Moment(at, text, metrics=metrics, step=step)
    trained = started + plan.steps * plan.step_seconds
    yield Moment(trained, f"New fine-tuned model created: {plan.model}")
    yield Moment(trained, "Evaluating model against our usage policies")
    end = trained + EVALUATING
    yield Moment(end, "Usage policy evaluations completed, model is now enabled for sampling")
    yield Moment(end, "The job has successfully completed", status="succeeded")


def failing(plan: Plan, message: str) -> Iterator[Moment]:
    """Give all moments of a job whose files are refused."""
    yield from opening(plan)
    yield Moment(VALIDATING, message, level="error", status="failed")


def opening(plan: Plan) -> Iterator[Moment]:
    """Give what happens to every job."""
    files = f"training file: {plan.training_file}"
    if plan.validation_file:
        files += f" and validation file: {plan.validation_file}"
    yield Moment(0.0, f"Validating {files}")


def said(metrics: Mapping[str, Any]) -> str:
    """Put the numbers of a step into words."""
    text = f"Step {metrics['step']}/{metrics['total_steps']}"
    text += f": training loss={metrics['train_loss']:.2f}"
    for name, word in (("valid_loss", "validation"), ("full_valid_loss", "full validation")):
        if name in metrics:
            text += f", {word} loss={metrics[name]:.2f}"
    return text


def result_file(plan: Plan) -> bytes:
    """Give the step metrics as OpenAI does: a CSV, and that in base64."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    curve = Curve(plan)
    for step in range(1, plan.steps + 1):
        numbers = curve.at(step)
        names = ("step", "train_loss", "train_mean_token_accuracy", *COLUMNS[3:])
        table.writerow([numbers.get(name, "") for name in names])
    return base64.b64encode(text.getvalue().encode())
