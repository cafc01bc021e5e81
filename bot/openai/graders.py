"""Graders: how reinforcement fine-tuning tells a good answer from a bad one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import Effort, Filled, number, several, shape, text, whole

Metric = Literal[
    "cosine",
    "fuzzy_match",
    "bleu",
    "gleu",
    "meteor",
    "rouge_1",
    "rouge_2",
    "rouge_3",
    "rouge_4",
    "rouge_5",
    "rouge_l",
]


class StringCheckGrader(TypedDict):
    """Compare two texts."""

    type: Literal["string_check"]
    name: Filled
    input: str
    reference: str
    operation: Literal["eq", "ne", "like", "ilike"]


class TextSimilarityGrader(TypedDict):
    """Measure how alike two texts are."""

    type: Literal["text_similarity"]
    name: Filled
    input: str
    reference: str
    evaluation_metric: Metric


class PythonGrader(TypedDict, total=False):
    """Run a program that has a function `grade`."""

    type: Required[Literal["python"]]
    name: Required[Filled]
    source: Required[Filled]
    image_tag: Filled


class GraderMessage(TypedDict, total=False):
    """One message to the model that grades; its text may hold `{{item.x}}` and `{{sample.x}}`."""

    role: Required[Literal["user", "assistant", "system", "developer"]]
    content: Required[Any]
    type: Literal["message"]


class SamplingParams(TypedDict, total=False):
    """How the model that grades is asked."""

    max_completions_tokens: Annotated[int | None, whole(1)]
    reasoning_effort: Effort | None
    seed: int | None
    temperature: Annotated[float | None, number(0, 2)]
    top_p: Annotated[float | None, number(0, 1)]


class ScoreModelGrader(TypedDict, total=False):
    """Have a model give a score."""

    type: Required[Literal["score_model"]]
    name: Required[Filled]
    model: Required[Filled]
    input: Required[Annotated[Sequence[GraderMessage], several(shape(GraderMessage), 1)]]
    range: Annotated[Sequence[float], several(number(), 2, 2)]
    sampling_params: SamplingParams


class LabelModelGrader(TypedDict):
    """Have a model give a label; only as a part of a multi grader."""

    type: Literal["label_model"]
    name: Filled
    model: Filled
    input: Annotated[Sequence[GraderMessage], several(shape(GraderMessage), 1)]
    labels: Annotated[Sequence[str], several(text(1), 1)]
    passing_labels: Annotated[Sequence[str], several(text(1), 1)]


SINGLE = {
    "string_check": shape(StringCheckGrader),
    "text_similarity": shape(TextSimilarityGrader),
    "python": shape(PythonGrader),
    "score_model": shape(ScoreModelGrader),
}
PARTS = SINGLE | {"label_model": shape(LabelModelGrader)}


def parts(field: str, value: Any) -> Any:
    """Check the graders in a multi grader: one, or several by name."""
    if isinstance(value, Mapping) and "type" in value:
        return _one_of(PARTS, field, value)
    if not isinstance(value, Mapping) or not value:
        raise InvalidRequestError(field, "must be graders by name")
    return {name: _one_of(PARTS, f"{field}.{name}", part) for name, part in value.items()}


class MultiGrader(TypedDict):
    """Put the results of several graders together by a formula over their names."""

    type: Literal["multi"]
    name: Filled
    graders: Annotated[Mapping[str, Any], parts]
    calculate_output: Filled


Grader = StringCheckGrader | TextSimilarityGrader | PythonGrader | ScoreModelGrader | MultiGrader
ALL = SINGLE | {"multi": shape(MultiGrader)}


def grader(field: str, value: Any) -> Any:
    """Check a grader."""
    return _one_of(ALL, field, value)


def _one_of(kinds: Mapping[str, Any], field: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidRequestError(field, "must be an object")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in kinds:
        raise InvalidRequestError(f"{field}.type", f"must be one of {', '.join(kinds)}")
    checked = kinds[kind](field, value)
    _check_ranges(field, checked)
    return checked


def _check_ranges(field: str, grader: Mapping[str, Any]) -> None:
    low, high = grader.get("range", (0, 1))
    if low >= high:
        raise InvalidRequestError(f"{field}.range", "must go from low to high")
    if set(grader.get("passing_labels", ())) - set(grader.get("labels", ())):
        raise InvalidRequestError(f"{field}.passing_labels", "must be among labels")
