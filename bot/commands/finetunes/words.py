"""Words and buttons that the commands and the card of a fine-tuning job share. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.desk.values import Button, code, escape, money
from bot.desk.words import quoted
from bot.openai.fine_tuning_objects import FineTuningJob, JobHyperparameters

_PAUSABLE = ("queued", "running")
_FILES = ("training_file", "validation_file")


def number(value: float | None) -> str:
    """Return a loss as people read it."""
    return "" if value is None else f"{value:.4f}" if value < 1 else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Return a share as people read it."""
    return "" if value is None else f"{value:.1%}"


def dollars_of(job: FineTuningJob, prices: Mapping[str, float]) -> str:
    """Return what the training cost, if that goes by tokens, they are known and have a price."""
    price = prices.get(base_of(job.model))
    if price is None or not job.trained_tokens or method_of(job) == "reinforcement":
        return ""
    return f"about {money(job.trained_tokens * price / 1_000_000)}"


def base_of(model: str) -> str:
    """Return the base of a tuned model's name, or the name itself."""
    return model.split(":")[1] if model.startswith("ft:") and ":" in model[3:] else model


def suffix_of(job: FineTuningJob) -> str:
    """Return the suffix that was asked for; OpenAI gives it back under another name."""
    given = job.suffix or (job.model_extra or {}).get("user_provided_suffix")
    return given if isinstance(given, str) else ""


def method_of(job: FineTuningJob) -> str:
    """Return the job's method."""
    return job.method.type if job.method and job.method.type else "supervised"


def metadata_typed(metadata: Mapping[str, str] | None) -> str:
    """Return a job's metadata as people type it."""
    return ", ".join(f"{name}={value}" for name, value in sorted((metadata or {}).items()))


def hyperparameters_of(job: FineTuningJob) -> str:
    """Return the job's hyperparameters in a line."""
    return ", ".join(f"{name} {value}" for name, value in _hyperparameters(job).items())


def epochs_of(job: FineTuningJob) -> int | None:
    """Return how often each example is seen; nothing while the server still chooses."""
    epochs = _hyperparameters(job).get("n_epochs")
    return epochs if isinstance(epochs, int) and epochs > 0 else None


def _hyperparameters(job: FineTuningJob) -> dict[str, Any]:
    held: JobHyperparameters | None = job.hyperparameters
    if job.method:
        settings = getattr(job.method, job.method.type or "supervised", None)
        held = settings.hyperparameters if settings and settings.hyperparameters else held
    return held.model_dump(exclude_none=True) if held else {}


def buttons_of(job: FineTuningJob) -> tuple[Button, ...]:
    """Return what can be done with a job in its state."""
    made = [
        Button("Details", f"finetunes info {job.id}"),
        Button("Events", f"finetunes events {job.id}"),
    ]
    if job.status in _PAUSABLE:
        made.append(Button("Pause …", f"finetunes pause {job.id}"))
    if job.status == "paused":
        made.append(Button("Resume …", f"finetunes resume {job.id}"))
    if not job.is_final:
        made.append(Button("Cancel …", f"finetunes cancel {job.id}"))
    return tuple(made)


def using(model: str) -> tuple[Button, ...]:
    """Return what can be done with a model that a job has made."""
    name = quoted(model)
    return (
        Button("Try it …", f"models test {name} --form"),
        Button("Use it in this channel …", f"models use {name} --here"),
    )


def failure_of(job: FineTuningJob) -> str:
    """Return why a job failed, in the server's own words, and what to do."""
    error = job.error
    if error is None or not (error.code or error.message):
        return "The server does not say why; its events may."
    parts = [code(error.code)] if error.code else []
    parts += [f"in {code(error.param)}"] if error.param else []
    said = " ".join(parts)
    text = f"{said}: " if said else ""
    text += escape(error.message or "").strip()
    return f"{text}\n{_advice(error.code or '', error.param or '')}"


def _advice(word: str, param: str) -> str:
    if param in _FILES or "file" in word:
        return (
            "Check the file with `!finetunes prepare`: it names line, field and fix. Then create "
            "the job anew with the mended file."
        )
    if "quota" in word or "billing" in word or "limit" in word:
        return "The account has no credit or a limit: mend that, then create the job anew."
    if "model" in word or param == "model":
        return "Choose another base model, and create the job anew."
    return "The events tell more. If it looks like the server's own trouble, create the job anew."
