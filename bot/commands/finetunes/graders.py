"""Look at graders for reinforcement fine-tuning, and try them, before a job pays for them."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from bot.commands.finetunes.wish import GraderJson
from bot.desk.command import Command
from bot.desk.errors import NeedsForm
from bot.desk.parameters import JsonObject, Shown
from bot.desk.request import Request
from bot.desk.values import Fields, Text, Values, Verbatim, code, excerpt
from bot.openai.fine_tuning_objects import GraderRun
from bot.openai.graders import grader as checked

command = Command("finetunes")

Sample = Annotated[str, Shown("TEXT", "Paris", "The answer to grade")]
Item = Annotated[JsonObject, Shown("JSON", '{"answer": "Paris"}')]
_EXAMPLE = {
    "type": "string_check",
    "name": "same",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}
_WRITTEN = json.dumps(_EXAMPLE)


@command.sub(
    name="grader check",
    also=("grader validate", "graders validate", "graders check"),
    examples=(f"grader check {_WRITTEN}",),
    words=("grader", "validate", "reinforcement", "reward", "grade"),
)
async def check(request: Request, grader: GraderJson = None) -> Values:
    """Have the server look at a grader; free.

    Args:
        grader: The grader as JSON, with a type.
    """
    if grader is None:
        raise NeedsForm(
            "Check a grader", submit="Check it", required=("grader",), initial={"grader": _EXAMPLE}
        )
    client = request.openai("files")
    answer = await client.fine_tuning.alpha.graders.validate(grader=checked("grader", grader))
    understood = json.dumps(answer.grader or grader, ensure_ascii=False, indent=2)
    return [
        Text(f":white_check_mark: The server can use {_named(grader)}."),
        Verbatim("As the server understood it", understood),
    ]


@command.sub(
    name="grader run",
    effect="costs",
    also=("grader try", "graders run", "grader test"),
    examples=(f'grader run --sample Paris --item \'{{"answer": "Paris"}}\' {_WRITTEN}',),
    words=("grader", "try", "reinforcement", "reward", "grade"),
    form=True,
)
async def run(
    request: Request, grader: GraderJson = None, *, sample: Sample = "", item: Item = None
) -> Values:
    """Have an answer graded, to see what a grader gives it.

    Args:
        grader: The grader as JSON, with a type.
        sample: The answer, which the grader reads as `{{sample.output_text}}`.
        item: The example's own data as JSON, which it reads as `{{item.NAME}}`.
    """
    if grader is None or not sample or request.reopened:
        initial = {} if grader else {"grader": _EXAMPLE}
        raise NeedsForm("Try a grader", required=("grader", "sample"), initial=initial)
    client = request.openai("files")
    ready = checked("grader", grader)
    judge = grader.get("model")
    asked = f"\nThe model {code(str(judge))} is asked for it." if judge else ""
    await request.confirm(
        f"*Have {_named(grader)} grade an answer?* {excerpt(sample)}{asked}",
        button="Grade it",
        change=True,
    )
    graders = client.fine_tuning.alpha.graders
    return _shown(await graders.run(grader=ready, model_sample=sample, item=item), grader)


def _named(grader: Mapping[str, Any]) -> str:
    return f"the grader {code(str(grader.get('name')))} ({grader['type']})"


def _shown(result: GraderRun, grader: Mapping[str, Any]) -> Values:
    about = result.metadata or {}
    took = about.get("execution_time")
    pairs = [
        ("Grade", "none" if result.reward is None else f"{result.reward:g}"),
        *((f"Part {name}", str(value)) for name, value in (result.sub_rewards or {}).items()),
        ("Took", f"{took:.2f} s" if isinstance(took, int | float) else ""),
        ("Tokens", str(about.get("token_usage") or "")),
        ("Model", str(about.get("sampled_model_name") or "")),
        *(("Went wrong", text) for text in _troubles(about.get("errors"))),
    ]
    title = f"Graded by {grader.get('name')}"
    return Fields(title, [(name, value) for name, value in pairs if value])


def _troubles(errors: Any) -> Iterator[str]:
    """Return what the server says went wrong: its flags in words, its details as they are."""
    for name, value in errors.items() if isinstance(errors, Mapping) else ():
        if value is True:
            yield name.replace("_", " ")
        elif value and isinstance(value, str):
            yield value[:500]
