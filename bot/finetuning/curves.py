"""How a job's losses and accuracies went, step by step: from its events and its result file. Pure.

Hosts call the same thing by several names; here they have one each. The result file is a CSV,
which OpenAI hands out in base64.
"""

import base64
import csv
import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.openai.fine_tuning_objects import FineTuningJobEvent

_CURVES = {
    f"{data}_{what}"
    for data in ("train", "valid", "full_valid")
    for what in ("loss", "accuracy", "reward")
}
_CALLED = (  # by hosts, and by us
    *(("training_", "train_"), ("validation_", "valid_"), ("eval_", "valid_")),
    *(("mean_token_", ""), ("mean_", ""), ("_mean", "")),
)
_STEP = re.compile(r"\bstep (\d+)(?:\s*/\s*(\d+))?", re.IGNORECASE)
_SAID = re.compile(
    r"(?<!full )\b(training|validation|full validation) loss\s*[=:]\s*(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Curves:
    """The numbers by name and step, the newest step, and how many steps the job has."""

    numbers: dict[str, dict[int, float]] = field(default_factory=dict)
    step: int | None = None
    total: int | None = None

    def add(self, step: int, values: Mapping[str, Any]) -> None:
        """Take in what is known of a step; what is no number is left out."""
        self.step = max(step, self.step or 0)
        for name, value in values.items():
            number, ours = _number(value), _ours(name.strip().lower())
            if ours in _CURVES and number is not None:
                self.numbers.setdefault(ours, {})[step] = number

    def points(self, name: str) -> list[tuple[int, float]]:
        """Return a curve in the order of the steps."""
        return sorted(self.numbers.get(name, {}).items())

    def last(self, name: str) -> float | None:
        """Return the newest number of a curve."""
        points = self.points(name)
        return points[-1][1] if points else None

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.numbers)


def _ours(name: str) -> str:
    for called, ours in _CALLED:
        name = name.replace(called, ours)
    return "train_loss" if name == "loss" else name


def of_events(events: Iterable[FineTuningJobEvent]) -> Curves:
    """Return what the events of a job tell; metrics stand in their data or in their words."""
    curves = Curves()
    for event in events:
        data = event.data or {}
        found = _STEP.search(event.message)
        step = _whole(data.get("step")) or (int(found[1]) if found else None)
        if step is None:
            continue
        total = _whole(data.get("total_steps")) or (int(found[2]) if found and found[2] else None)
        curves.total = total or curves.total
        curves.add(step, {**_said(event.message), **data})
    return curves


def _said(text: str) -> dict[str, float]:
    kinds = {"training": "train", "validation": "valid", "full validation": "full_valid"}
    return {f"{kinds[kind.lower()]}_loss": float(n) for kind, n in _SAID.findall(text)}


def add_results(curves: Curves, content: bytes) -> None:
    """Take in a result file; what cannot be read is left out."""
    with suppress(csv.Error):
        for row in csv.DictReader(_decoded(content).splitlines()):
            step = _whole(row.get("step"))
            if step is not None:
                curves.add(step, {name: value for name, value in row.items() if name})


def _decoded(content: bytes) -> str:
    if b"," not in content[:1000]:
        try:
            content = base64.b64decode(content, validate=False)
        except ValueError:
            return ""
    return content.decode("utf-8-sig", "replace").replace("\0", "")


def _number(value: Any) -> float | None:
    """Return a number; the service writes -1 or nothing where it has none."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number != -1 else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None else None
