"""Graders: how reinforcement fine-tuning tells a good answer from a bad one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import anything, choice, number, several, shape, text, whole

METRICS = (
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
)
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


class StringCheckGrader(TypedDict):
    """Compare two texts."""

    type: Annotated[Literal["string_check"], choice("string_check")]
    name: Annotated[str, text(1)]
    input: Annotated[str, text()]
    reference: Annotated[str, text()]
    operation: Annotated[Literal["eq", "ne", "like", "ilike"], choice("eq", "ne", "like", "ilike")]


class TextSimilarityGrader(TypedDict):
    """Measure how alike two texts are."""

    type: Annotated[Literal["text_similarity"], choice("text_similarity")]
    name: Annotated[str, text(1)]
    input: Annotated[str, text()]
    reference: Annotated[str, text()]
    evaluation_metric: Annotated[str, choice(*METRICS)]


class PythonGrader(TypedDict, total=False):
    """Run a program that has a function `grade`."""

    type: Required[Annotated[Literal["python"], choice("python")]]
    name: Required[Annotated[str, text(1)]]
    source: Required[Annotated[str, text(1)]]
    image_tag: Annotated[str, text(1)]


class GraderMessage(TypedDict, total=False):
    """One message to the model that grades; its text may hold `{{item.x}}` and `{{sample.x}}`."""

    role: Required[
        Annotated[
            Literal["user", "assistant", "system", "developer"],
            choice("user", "assistant", "system", "developer"),
        ]
    ]
    content: Required[Annotated[Any, anything]]
    type: Annotated[Literal["message"], choice("message")]


class SamplingParams(TypedDict, total=False):
    """How the model that grades is asked."""

    max_completions_tokens: Annotated[int | None, whole(1)]
    reasoning_effort: Annotated[str | None, choice(*EFFORTS)]
    seed: Annotated[int | None, whole()]
    temperature: Annotated[float | None, number(0, 2)]
    top_p: Annotated[float | None, number(0, 1)]


class ScoreModelGrader(TypedDict, total=False):
    """Have a model give a score."""

    type: Required[Annotated[Literal["score_model"], choice("score_model")]]
    name: Required[Annotated[str, text(1)]]
    model: Required[Annotated[str, text(1)]]
    input: Required[Annotated[Sequence[GraderMessage], several(shape(GraderMessage), 1)]]
    range: Annotated[Sequence[float], several(number(), 2, 2)]
    sampling_params: Annotated[SamplingParams, shape(SamplingParams)]


class LabelModelGrader(TypedDict):
    """Have a model give a label; only as a part of a multi grader."""

    type: Annotated[Literal["label_model"], choice("label_model")]
    name: Annotated[str, text(1)]
    model: Annotated[str, text(1)]
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

    type: Annotated[Literal["multi"], choice("multi")]
    name: Annotated[str, text(1)]
    graders: Annotated[Mapping[str, Any], parts]
    calculate_output: Annotated[str, text(1)]


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
