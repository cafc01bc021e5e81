"""What a person wants of a new fine-tuning job, and the request that it makes. Pure.

What is auto is left out of the request, for that is what hosts take it to be.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from bot.desk.errors import UsageError
from bot.desk.parameters import JsonObject, Shown, ToTheEnd
from bot.openai import graders
from bot.openai.errors import InvalidRequestError
from bot.openai.fine_tuning_request import (
    Auto,
    DPOHyperparameters,
    Hyperparameters,
    JobParameters,
    MethodName,
    ReinforcementHyperparameters,
)
from bot.openai.rules import METADATA, rules_of

_KINDS = {
    "supervised": Hyperparameters,
    "dpo": DPOHyperparameters,
    "reinforcement": ReinforcementHyperparameters,
}
OWN = {method: tuple(rules_of(kind)) for method, kind in _KINDS.items()}
HYPERPARAMETERS = {name: rule for kind in _KINDS.values() for name, rule in rules_of(kind).items()}


def hyperparameter(name: str) -> BeforeValidator:
    """Return what reads a hyperparameter: `auto`, or a number that the service takes."""
    rule = HYPERPARAMETERS[name]

    def read(value: Any) -> Any:
        text = str(value).strip().lower()
        try:
            return rule(name, _number(text))
        except InvalidRequestError as error:
            raise ValueError(f"it {error.rule}") from None

    return BeforeValidator(read)


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def grader(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let through a grader of one of the types that there are."""
    if found and found.get("type") not in graders.ALL:
        raise ValueError(f"it must have a type: {', '.join(graders.ALL)}")
    return found


def pairs(value: Any) -> Any:
    """Read `team=support, round=2`."""
    if not isinstance(value, str):
        return value
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in value.replace("\n", ",").split(","))):
        name, sign, text = part.partition("=")
        if not sign or not name.strip():
            raise ValueError("it must be pairs such as team=support, round=2")
        found[name.strip()] = text.strip()
    try:
        METADATA("it", found)
    except InvalidRequestError as error:
        raise ValueError(f"{error.field} {error.rule}") from None
    return found or None


Epochs = Annotated[int | Auto, hyperparameter("n_epochs"), Shown("auto|N", "3", "Epochs")]
BatchSize = Annotated[int | Auto, hyperparameter("batch_size"), Shown("auto|N", "8")]
Multiplier = Annotated[
    float | Auto, hyperparameter("learning_rate_multiplier"), Shown("auto|N", "1.8")
]
Beta = Annotated[float | Auto, hyperparameter("beta"), Shown("auto|N", "0.1")]
Compute = Annotated[float | Auto, hyperparameter("compute_multiplier"), Shown("auto|N", "1")]
Interval = Annotated[int | Auto, hyperparameter("eval_interval"), Shown("auto|N", "5")]
Samples = Annotated[int | Auto, hyperparameter("eval_samples"), Shown("auto|N", "5")]
GraderJson = Annotated[
    JsonObject, ToTheEnd(), AfterValidator(grader), Shown("JSON", label="Grader")
]
Pairs = Annotated[
    dict[str, str] | None, BeforeValidator(pairs), Shown("KEY=VALUE,...", "team=support")
]


@dataclass(frozen=True, slots=True)
class Wish:
    """A job that is wanted; `numbers` are the hyperparameters."""

    method: MethodName
    model: str
    training_file: str
    validation_file: str
    suffix: str
    seed: int | None
    numbers: Mapping[str, Any]
    grader: Mapping[str, Any] | None
    wandb: Mapping[str, Any] | None
    metadata: Mapping[str, str] | None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the hyperparameters that are not left to the server."""
        left = ("", "auto", "default")
        return {name: value for name, value in self.numbers.items() if value not in left}

    @property
    def epochs(self) -> int | None:
        """Return the number of epochs, if it was chosen."""
        return self.chosen.get("n_epochs")

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the names of what the method needs."""
        more = ("validation_file", "grader") if self.method == "reinforcement" else ()
        return ("model", "training_file", *more)

    def lacks(self) -> bool:
        """Tell whether something that is needed is not given."""
        return not all(getattr(self, name) for name in self.needed)

    def parameters(self) -> JobParameters:
        """Return the request.

        Raises:
            UsageError: a hyperparameter is not of this method, or what is named does not do.
        """
        if self.wandb and "project" not in self.wandb:
            raise UsageError("Weights & Biases needs a project beside the other fields.")
        for name in self.chosen:
            if name not in OWN[self.method]:
                option = name.replace("_", "-")
                raise UsageError(f"`{option}` is no setting of the method {self.method}.")
        detail: dict[str, Any] = {"hyperparameters": self.chosen} if self.chosen else {}
        if self.method == "reinforcement":
            detail["grader"] = self.grader
        method: Any = {"type": self.method, self.method: detail or None}
        integration: Any = {"type": "wandb", "wandb": self.wandb}
        return {
            "model": self.model,
            "training_file": self.training_file,
            "validation_file": self.validation_file or None,
            "method": method,
            "suffix": self.suffix or None,
            "seed": self.seed,
            "integrations": [integration] if self.wandb else None,
            "metadata": self.metadata,
        }
