"""What fine-tuning may be asked for: every documented field and its rules."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict, Unpack, get_args

from bot.openai.errors import InvalidRequestError
from bot.openai.graders import Grader, grader
from bot.openai.listing import PageFilters
from bot.openai.rules import (
    METADATA,
    Filled,
    Options,
    auto_or,
    checked,
    number,
    several,
    shape,
    text,
    whole,
)

Auto = Literal["auto"]
MethodName = Literal["supervised", "dpo", "reinforcement"]


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

    reasoning_effort: Literal["default", "low", "medium", "high"] | None
    compute_multiplier: Annotated[Auto | float | None, auto_or(number(above=0.00001, high=10))]
    eval_interval: Annotated[Auto | int | None, auto_or(whole(1))]
    eval_samples: Annotated[Auto | int | None, auto_or(whole(1))]


class SupervisedMethod(TypedDict, total=False):
    """Training by examples."""

    hyperparameters: Hyperparameters | None


class DPOMethod(TypedDict, total=False):
    """Training by preferences."""

    hyperparameters: DPOHyperparameters | None


class ReinforcementMethod(TypedDict, total=False):
    """Training by grades."""

    grader: Required[Annotated[Grader, grader]]
    hyperparameters: ReinforcementHyperparameters | None


class Method(TypedDict, total=False):
    """How to train, and its settings under the method's own name."""

    type: Required[MethodName]
    supervised: SupervisedMethod | None
    dpo: DPOMethod | None
    reinforcement: ReinforcementMethod | None


class Wandb(TypedDict, total=False):
    """Where at Weights and Biases a job's course is shown."""

    project: Required[Filled]
    name: Filled | None
    entity: Filled | None
    tags: Sequence[Filled] | None


class Integration(TypedDict):
    """A service that is told of a job's course."""

    type: Literal["wandb"]
    wandb: Wandb


class JobParameters(Options, total=False):
    """The fields of a fine-tuning job; None leaves a field out."""

    model: Required[Filled]
    training_file: Required[Filled]
    validation_file: Filled | None
    method: Method | None
    hyperparameters: Hyperparameters | None
    suffix: Annotated[str | None, text(1, 64)]
    seed: Annotated[int | None, whole(0, 2**31 - 1)]
    integrations: Annotated[Sequence[Integration] | None, several(shape(Integration), 0, 5)]
    metadata: Annotated[Mapping[str, str] | None, METADATA]


def metadata_filter(field: str, value: Any) -> Any:
    """Check a filter by metadata: pairs, or the word null for jobs without any."""
    return value if value == "null" else METADATA(field, value)


class JobFilters(PageFilters, total=False):
    """Which jobs a list shows; metadata "null" means none."""

    metadata: Annotated[Mapping[str, str] | Literal["null"] | None, metadata_filter]


class PermissionFilters(PageFilters, total=False):
    """Which permissions a list shows."""

    project_id: Filled | None
    order: Literal["ascending", "descending"] | None


class PermissionParameters(Options, total=False):
    """Which projects may use a checkpoint."""

    project_ids: Required[Annotated[Sequence[str], several(text(1), 1)]]


class GraderParameters(Options, total=False):
    """A grader to be looked at."""

    grader: Required[Annotated[Grader, grader]]


class GraderRunParameters(GraderParameters, total=False):
    """A grader to be tried on an answer; `item` is the example's data."""

    model_sample: Required[str]
    item: Any


def job_body(**parameters: Unpack[JobParameters]) -> dict[str, Any]:
    """Return the body of a new job."""
    body = checked(JobParameters, parameters)
    method = body.get("method")
    if method is None:
        return body
    if "hyperparameters" in body:
        raise InvalidRequestError("hyperparameters", "goes inside method when there is one")
    for other in get_args(MethodName):
        if other in method and other != method["type"]:
            raise InvalidRequestError(f"method.{other}", f"is not of type {method['type']}")
    if method["type"] == "reinforcement" and "reinforcement" not in method:
        raise InvalidRequestError("method.reinforcement.grader", "is required")
    return body
