"""Hyperparameters: what may be given for each method, and what `auto` becomes."""

from collections.abc import Mapping
from typing import Any

from playground.openai.checks.shape import Rule, choice, decimal, either, nested, text, whole
from playground.openai.errors import bad_request
from playground.openai.fine_tuning.graders import grader

TINY = 1e-9
SUPERVISED: Mapping[str, Rule] = {
    "n_epochs": either("auto", whole(1, 50)),
    "batch_size": either("auto", whole(1, 256)),
    "learning_rate_multiplier": either("auto", decimal(TINY, 1_000)),
}
DPO = {**SUPERVISED, "beta": either("auto", decimal(TINY, 2))}
REINFORCEMENT = {
    **SUPERVISED,
    "reasoning_effort": choice("default", "low", "medium", "high"),
    "compute_multiplier": either("auto", decimal(0.00001, 10)),
    "eval_interval": either("auto", whole(1, 10_000)),
    "eval_samples": either("auto", whole(1, 10_000)),
}
TABLES = {"supervised": SUPERVISED, "dpo": DPO, "reinforcement": REINFORCEMENT}
AT_START = 3
FEW, MANY = 100, 25_000
MOST_EPOCHS = 25


def method_rule(value: Any, param: str) -> None:
    """Check a method with what belongs to its type."""
    kinds: dict[str, Rule] = {
        name: nested({"hyperparameters": nested(table)}) for name, table in TABLES.items()
    }
    kinds["reinforcement"] = nested(
        {"hyperparameters": nested(REINFORCEMENT), "grader": grader}, required=("grader",)
    )
    nested({"type": choice(*TABLES), **kinds}, required=("type",))(value, param)
    kind = value["type"]
    for name in TABLES:
        if name != kind and value.get(name) is not None:
            raise bad_request(
                f"Invalid value for '{param}.{name}': it is only allowed when '{param}.type' is "
                f"'{name}'.",
                f"{param}.{name}",
            )
    if kind == "reinforcement" and value.get(kind) is None:
        raise bad_request(
            f"Missing required parameter: '{param}.reinforcement.grader'.",
            f"{param}.reinforcement.grader",
            "missing_required_parameter",
        )


def resolved(method: str, given: Mapping[str, Any], examples: int) -> dict[str, Any]:
    """Give all hyperparameters of a method as numbers."""
    epochs = epochs_for(examples)
    automatic: dict[str, Any] = {
        "n_epochs": epochs,
        "batch_size": min(256, max(1, examples // 500)),
        "learning_rate_multiplier": 2.0,
    }
    if method == "dpo":
        automatic["beta"] = 0.1
    if method == "reinforcement":
        automatic |= {
            "compute_multiplier": 1.0,
            "eval_interval": 5,
            "eval_samples": 2,
            "reasoning_effort": "default",
        }
    return automatic | {name: value for name, value in given.items() if value not in (None, "auto")}


def unresolved(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give all hyperparameters of a method as long as nobody has looked at the file."""
    automatic: dict[str, Any] = dict.fromkeys(TABLES[method], "auto")
    if "reasoning_effort" in automatic:
        automatic["reasoning_effort"] = "default"
    return automatic | {name: value for name, value in given.items() if value is not None}


def epochs_for(examples: int) -> int:
    """Choose the number of epochs: few examples are seen more often, many less."""
    if examples * AT_START < FEW:
        return min(MOST_EPOCHS, -(-FEW // max(1, examples)))
    if examples * AT_START > MANY:
        return max(1, MANY // examples)
    return AT_START


deprecated_rule: Rule = nested(SUPERVISED)
suffix_rule: Rule = text(64, least=1)
