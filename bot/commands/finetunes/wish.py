"""What a person wants of a new fine-tuning job, and the request that it makes. Pure.

Hyperparameters are `auto` or a number within the service's bounds; what is auto is left out of the
request, for that is what hosts take it to be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from bot.desk.errors import UsageError
from bot.desk.parameters import JsonObject, Shown, ToTheEnd
from bot.openai import graders
from bot.openai.fine_tuning_request import JobParameters

MethodName = Literal["supervised", "dpo", "reinforcement"]
AUTO = "auto"
_PAIRS, _KEY, _VALUE = 16, 64, 512  # what OpenAI takes as metadata

COMMON = ("n_epochs", "batch_size", "learning_rate_multiplier")
OWN: Mapping[str, tuple[str, ...]] = {
    "supervised": COMMON,
    "dpo": (*COMMON, "beta"),
    "reinforcement": (
        *COMMON,
        "reasoning_effort",
        "compute_multiplier",
        "eval_interval",
        "eval_samples",
    ),
}


def bounded(
    kind: type[int] | type[float], low: float, high: float = float("inf"), *, above: bool = False
) -> Callable[[Any], str]:
    """Return what checks a hyperparameter: `auto`, or a number within these bounds."""
    noun = "a whole number" if kind is int else "a number"
    edge = f"above {low:g}" if above else f"of at least {low:g}"
    span = edge if high == float("inf") else f"from {low:g} to {high:g}"

    def check(value: Any) -> str:
        text = str(value).strip().lower()
        if text == AUTO:
            return text
        try:
            number = kind(text)
        except ValueError:
            number = kind(-1)
        if not (low <= number <= high and isfinite(number)) or (above and number == low):
            raise ValueError(f"it must be auto or {noun} {span}")
        return text

    return check


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
    if len(found) > _PAIRS or any(len(k) > _KEY or len(v) > _VALUE for k, v in found.items()):
        raise ValueError(
            f"it must be up to {_PAIRS} pairs, names of up to {_KEY} characters, values of {_VALUE}"
        )
    return found or None


Epochs = Annotated[str, BeforeValidator(bounded(int, 1, 50)), Shown("auto|N", "3", "Epochs")]
BatchSize = Annotated[str, BeforeValidator(bounded(int, 1, 256)), Shown("auto|N", "8")]
Multiplier = Annotated[str, BeforeValidator(bounded(float, 0, above=True)), Shown("auto|N", "1.8")]
Beta = Annotated[str, BeforeValidator(bounded(float, 0, 2, above=True)), Shown("auto|N", "0.1")]
Compute = Annotated[str, BeforeValidator(bounded(float, 0.00001, 10)), Shown("auto|N", "1")]
Whole = Annotated[str, BeforeValidator(bounded(int, 1)), Shown("auto|N", "5")]
GraderJson = Annotated[
    JsonObject, ToTheEnd(), AfterValidator(grader), Shown("JSON", label="Grader")
]
Pairs = Annotated[
    dict[str, str] | None, BeforeValidator(pairs), Shown("KEY=VALUE,...", "team=support")
]


@dataclass(frozen=True, slots=True)
class Wish:
    """A job that is wanted; `numbers` are the hyperparameters as text."""

    method: MethodName
    model: str
    training_file: str
    validation_file: str = ""
    suffix: str = ""
    seed: int | None = None
    numbers: Mapping[str, str] | None = None
    grader: Mapping[str, Any] | None = None
    wandb: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """Return the hyperparameters that are not left to the server."""
        unchosen = ("", AUTO, "default")
        return {name: text for name, text in (self.numbers or {}).items() if text not in unchosen}

    @property
    def epochs(self) -> int | None:
        """Return the number of epochs, if it was chosen."""
        text = self.chosen.get("n_epochs")
        return int(text) if text else None

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the names of what the method needs."""
        more = ("validation_file", "grader") if self.method == "reinforcement" else ()
        return ("model", "training_file", *more)

    def lacks(self) -> bool:
        """Tell whether something that is needed is not given."""
        return not all(getattr(self, name) for name in self.needed)

    def strange(self) -> tuple[str, ...]:
        """Return the hyperparameters that the method does not have."""
        return tuple(name for name in self.chosen if name not in OWN[self.method])

    def parameters(self) -> JobParameters:
        """Return the request.

        Raises:
            UsageError: a hyperparameter is not of this method, or what is named does not do.
        """
        if self.wandb and "project" not in self.wandb:
            raise UsageError("Weights & Biases needs a project beside the other fields.")
        if strange := self.strange():
            name = strange[0].replace("_", "-")
            raise UsageError(f"`{name}` is no setting of the method {self.method}.")
        made: JobParameters = {
            "model": self.model,
            "training_file": self.training_file,
            "method": self._method(),
        }
        if self.validation_file:
            made["validation_file"] = self.validation_file
        if self.suffix:
            made["suffix"] = self.suffix
        if self.seed is not None:
            made["seed"] = self.seed
        if self.metadata:
            made["metadata"] = self.metadata
        if self.wandb:
            integration: Any = {"type": "wandb", "wandb": dict(self.wandb)}
            made["integrations"] = [integration]
        return made

    def _method(self) -> Any:
        detail: dict[str, Any] = {}
        if self.chosen:
            detail["hyperparameters"] = {n: _value(n, text) for n, text in self.chosen.items()}
        if self.method == "reinforcement":
            detail["grader"] = self.grader
        return {"type": self.method, **({self.method: detail} if detail else {})}


def _value(name: str, text: str) -> int | float | str:
    if name == "reasoning_effort":
        return text
    number = float(text)
    whole = name in ("n_epochs", "batch_size", "eval_interval", "eval_samples")
    return int(number) if whole else number
