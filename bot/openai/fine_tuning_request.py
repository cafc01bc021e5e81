"""What fine-tuning may be asked for: every documented field and its rules."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict, Unpack

from bot.openai.errors import InvalidRequestError
from bot.openai.graders import Grader, grader
from bot.openai.rules import (
    METADATA,
    Options,
    anything,
    auto_or,
    checked,
    choice,
    number,
    several,
    shape,
    text,
    whole,
)

Auto = Literal["auto"]
Effort = Literal["default", "low", "medium", "high"]
METHODS = ("supervised", "dpo", "reinforcement")


class Hyperparameters(TypedDict, total=False):
    """How a model is trained; what is auto or missing is the server's choice."""

    n_epochs: Annotated[Auto | int | None, auto_or(whole(1, 50))]
    batch_size: Annotated[Auto | int | None, auto_or(whole(1, 256))]
    learning_rate_multiplier: Annotated[Auto | float | None, auto_or(number(above=0))]


class DPOHyperparameters(Hyperparameters, total=False):
    """The same for preferences; `beta` weighs the old model against the new one."""

    beta: Annotated[Auto | float | None, auto_or(number(above=0, high=2))]


class ReinforcementHyperparameters(Hyperparameters, total=False):
    """The same for training by grades."""

    reasoning_effort: Annotated[Effort | None, choice("default", "low", "medium", "high")]
    compute_multiplier: Annotated[Auto | float | None, auto_or(number(above=0.00001, high=10))]
    eval_interval: Annotated[Auto | int | None, auto_or(whole(1))]
    eval_samples: Annotated[Auto | int | None, auto_or(whole(1))]


class SupervisedMethod(TypedDict, total=False):
    """Training by examples."""

    hyperparameters: Annotated[Hyperparameters | None, shape(Hyperparameters)]


class DPOMethod(TypedDict, total=False):
    """Training by preferences."""

    hyperparameters: Annotated[DPOHyperparameters | None, shape(DPOHyperparameters)]


class ReinforcementMethod(TypedDict, total=False):
    """Training by grades."""

    grader: Required[Annotated[Grader, grader]]
    hyperparameters: Annotated[
        ReinforcementHyperparameters | None, shape(ReinforcementHyperparameters)
    ]


class Method(TypedDict, total=False):
    """How to train, and its settings under the method's own name."""

    type: Required[Annotated[Literal["supervised", "dpo", "reinforcement"], choice(*METHODS)]]
    supervised: Annotated[SupervisedMethod | None, shape(SupervisedMethod)]
    dpo: Annotated[DPOMethod | None, shape(DPOMethod)]
    reinforcement: Annotated[ReinforcementMethod | None, shape(ReinforcementMethod)]


class Wandb(TypedDict, total=False):
    """Where at Weights and Biases a job's course is shown."""

    project: Required[Annotated[str, text(1)]]
    name: Annotated[str | None, text(1)]
    entity: Annotated[str | None, text(1)]
    tags: Annotated[Sequence[str] | None, several(text(1))]


class Integration(TypedDict):
    """A service that is told of a job's course."""

    type: Annotated[Literal["wandb"], choice("wandb")]
    wandb: Annotated[Wandb, shape(Wandb)]


class JobParameters(Options, total=False):
    """The fields of a fine-tuning job; None leaves a field out."""

    model: Required[Annotated[str, text(1)]]
    training_file: Required[Annotated[str, text(1)]]
    validation_file: Annotated[str | None, text(1)]
    method: Annotated[Method | None, shape(Method)]
    hyperparameters: Annotated[Hyperparameters | None, shape(Hyperparameters)]
    suffix: Annotated[str | None, text(1, 64)]
    seed: Annotated[int | None, whole(0, 2**31 - 1)]
    integrations: Annotated[Sequence[Integration] | None, several(shape(Integration), 0, 5)]
    metadata: Annotated[Mapping[str, str] | None, METADATA]


def metadata_filter(field: str, value: Any) -> Any:
    """Check a filter by metadata: pairs, or the word null for jobs without any."""
    return value if value == "null" else METADATA(field, value)


class JobFilters(Options, total=False):
    """Which jobs a list shows, and how many a page has; metadata "null" means none."""

    after: Annotated[str | None, text(1)]
    limit: Annotated[int | None, whole(1)]
    metadata: Annotated[Mapping[str, str] | Literal["null"] | None, metadata_filter]


class PageFilters(Options, total=False):
    """Which part of a list, and how many a page has."""

    after: Annotated[str | None, text(1)]
    limit: Annotated[int | None, whole(1)]


class PermissionFilters(Options, total=False):
    """Which permissions a list shows, and how many a page has."""

    project_id: Annotated[str | None, text(1)]
    after: Annotated[str | None, text(1)]
    limit: Annotated[int | None, whole(1)]
    order: Annotated[Literal["ascending", "descending"] | None, choice("ascending", "descending")]


class PermissionParameters(Options, total=False):
    """Which projects may use a checkpoint."""

    project_ids: Required[Annotated[Sequence[str], several(text(1), 1)]]


class GraderParameters(Options, total=False):
    """A grader to be looked at."""

    grader: Required[Annotated[Grader, grader]]


class GraderRunParameters(GraderParameters, total=False):
    """A grader to be tried on an answer; `item` is the example's data."""

    model_sample: Required[Annotated[str, text()]]
    item: Annotated[Any, anything]


def job_body(**parameters: Unpack[JobParameters]) -> dict[str, Any]:
    """Return the body of a new job."""
    body = checked(JobParameters, parameters)
    method = body.get("method")
    if method is None:
        return body
    if "hyperparameters" in body:
        raise InvalidRequestError("hyperparameters", "goes inside method when there is one")
    for other in METHODS:
        if other in method and other != method["type"]:
            raise InvalidRequestError(f"method.{other}", f"is not of type {method['type']}")
    if method["type"] == "reinforcement" and "reinforcement" not in method:
        raise InvalidRequestError("method.reinforcement.grader", "is required")
    return body
