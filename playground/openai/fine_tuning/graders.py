"""Graders of reinforcement: which fields each type has, which it needs."""

from typing import Any

from playground.openai.checks.shape import (
    Rule,
    anything,
    array,
    choice,
    decimal,
    holding,
    nested,
    text,
)
from playground.openai.errors import bad_request

METRICS = ("cosine", "fuzzy_match", "bleu", "gleu", "meteor", "rouge_1", "rouge_2", "rouge_3")
MORE_METRICS = ("rouge_4", "rouge_5", "rouge_l")
ROLES = ("user", "assistant", "system", "developer")
NAMED = {"type": text(), "name": text()}
TURN = nested(
    {"role": choice(*ROLES), "content": anything, "type": choice("message")}, ("role", "content")
)
SAMPLING = nested(dict.fromkeys(
    ("max_completions_tokens", "reasoning_effort", "seed", "temperature", "top_p"), anything
))  # fmt: skip
FIELDS: dict[str, dict[str, Rule]] = {
    "string_check": {
        "input": text(), "reference": text(), "operation": choice("eq", "ne", "like", "ilike"),
    },
    "text_similarity": {
        "input": text(), "reference": text(),
        "evaluation_metric": choice(*METRICS, *MORE_METRICS),
    },
    "python": {"source": text(256_000, least=1), "image_tag": text()},
    "score_model": {
        "input": array(TURN), "model": text(), "range": array(decimal(-1e9, 1e9), 2, 2),
        "sampling_params": SAMPLING,
    },
    "label_model": {
        "input": array(TURN), "model": text(), "labels": array(text()),
        "passing_labels": array(text()),
    },
}  # fmt: skip
OPTIONAL = frozenset({"image_tag", "range", "sampling_params"})
TOP = ("string_check", "text_similarity", "python", "score_model", "multi")


def grader(value: Any, param: str) -> None:
    """Check a grader of any type."""
    holding({"type": choice(*TOP)}, ("type",))(value, param)
    if value["type"] != "multi":
        single(value, param)
        return
    fields: dict[str, Rule] = {**NAMED, "graders": anything, "calculate_output": text(least=1)}
    nested(fields, ("name", "graders", "calculate_output"))(value, param)
    inner = value["graders"]
    holding({})(inner, f"{param}.graders")
    if not inner:
        raise bad_request(f"'{param}.graders' must not be empty.", f"{param}.graders")
    parts = {"": inner} if isinstance(inner.get("type"), str) else inner
    for name, part in parts.items():
        place = f"{param}.graders.{name}".rstrip(".")
        holding({"type": choice(*FIELDS)}, ("type",))(part, place)
        single(part, place)


def single(value: dict[str, Any], param: str) -> None:
    """Check a grader that stands alone."""
    fields = FIELDS[value["type"]]
    needed = [name for name in fields if name not in OPTIONAL]
    nested({**NAMED, **fields}, ("name", *needed))(value, param)
