"""Asking models from a command: which one is meant, one prompt, many side by side, completions."""

import asyncio
import csv
import io
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands.material import content_of
from bot.commands.pricing import at_most, cost, dollars, spent, tokens
from bot.desk.advice import advice
from bot.desk.errors import CommandError, NeedsForm, UsageError
from bot.desk.reading import near
from bot.desk.request import Request
from bot.desk.values import Fields, File, Table, Value, Verbatim, code, escape, excerpt, plural
from bot.openai.accounts import Purpose
from bot.openai.chat.completion import CompletionUsage
from bot.openai.client import OpenAI
from bot.openai.completions import Completion, CompletionLogprobs
from bot.openai.errors import NotFoundError, OpenAIError, OperationNotFoundError
from bot.openai.models import Model
from bot.slack.text.mrkdwn import bare
from bot.slack.text.payload import parts
from bot.slack.workspace.files import SharedFile

_MOST_PROMPTS = 50
_AT_ONCE = 4
_SETS = (
    "Both models are asked each prompt; JSON Lines with `prompt` or `messages` do as well. For a "
    "set in a file, share a text file with a prompt on each line, and with it (or in its thread) "
    "the message `!models compare FIRST SECOND`."
)

_SHOWN = 5
_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model answered, and its figures; times in milliseconds."""

    model: str
    prompt: str
    text: str = ""
    first: int = 0
    total: int = 0
    by: str = ""
    finish: str = ""
    usage: CompletionUsage | None = None
    dollars: float | None = None
    failure: str = ""

    def fields(self) -> Fields:
        """Return the figures as they are shown."""
        pairs = [
            ("First words after", f"{self.first:,} ms"),
            ("Whole answer after", f"{self.total:,} ms"),
        ]
        if self.usage:
            pairs.append(tokens(self.usage.prompt_tokens, self.usage.completion_tokens))
        pairs.append(("Cost", cost(self.dollars)))
        if self.by not in ("", self.model):
            pairs.append(("Answered by", self.by))
        if self.finish not in ("", "stop"):
            pairs.append(("Ended by", self.finish))
        return Fields(self.model, pairs)


async def ask(request: Request, model: str, prompt: str, system: str, max_tokens: int) -> Tried:
    """Ask a model one prompt and measure it."""
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": prompt})
    began = time.monotonic()
    first: int | None = None
    parts: list[str] = []
    async with request.openai().chat.stream(
        model=model, messages=messages, max_completion_tokens=max_tokens
    ) as stream:
        async for text in stream:
            first = first if first is not None else _since(began)
            parts.append(text)
        completion = stream.completion
    total, usage = _since(began), completion.usage
    counted = (usage.prompt_tokens, usage.completion_tokens) if usage else None
    return Tried(
        model,
        prompt,
        text="".join(parts),
        first=first if first is not None else total,
        total=total,
        by=completion.model,
        finish=completion.finish_reason,
        usage=usage,
        dollars=dollars(request, model, *counted) if counted else None,
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


async def prompts_of(
    request: Request, prompt: str, each: str, files: Sequence[SharedFile]
) -> list[str]:
    """Return what is asked: one prompt, or the lines of a text or of a text file."""
    if prompt:
        return [prompt]
    if each:
        return _lines(each, "This")
    if files:
        return _lines(await content_of(request, files[0]), escape(files[0].name))
    raise NeedsForm(
        "Compare two models",
        fields=("each", "system", "max_tokens"),
        required=("each",),
        intro=_SETS,
    )


def _lines(text: str, name: str) -> list[str]:
    prompts = [_prompt(line.strip()) for line in text.splitlines() if line.strip()]
    if not prompts:
        raise CommandError(f"{name} holds no prompt.")
    if len(prompts) > _MOST_PROMPTS:
        raise CommandError(
            f"{len(prompts):,} prompts are more than the {_MOST_PROMPTS} that I compare."
        )
    return prompts


def comparing(
    request: Request, models: tuple[str, str], prompts: list[str], max_tokens: int
) -> str:
    """Return what is confirmed: who is asked what, and what that costs at most."""
    first = excerpt(prompts[0])
    shown = first if len(prompts) == 1 else f"The first is {first}"
    most = max_tokens * len(prompts)
    costs = "\n".join(f"{code(name)}: {at_most(request, name, most)}" for name in models)
    both = " and ".join(code(name) for name in models)
    return f"*Ask {both} {plural(len(prompts), 'prompt')} each?* {shown}\n{costs}"


def _prompt(line: str) -> str:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(row, dict):
        return line
    said = [m.get("content") for m in parts(row, "messages") if m.get("role") == "user"]
    return str(row.get("prompt") or (said[-1] if said else "") or line)


async def side_by_side(
    request: Request, models: tuple[str, str], prompts: list[str], system: str, max_tokens: int
) -> list[Value]:
    """Ask both models everything and lay their answers beside each other."""
    gate = asyncio.Semaphore(_AT_ONCE)
    done = 0

    async def one(model: str, prompt: str) -> Tried:
        nonlocal done
        async with gate:
            tried = await _tried(request, model, prompt, system, max_tokens)
        done += 1
        await request.progress(f"{done} of {plural(2 * len(prompts), 'answer')} …")
        return tried

    async with asyncio.TaskGroup() as group:
        pairs = [
            tuple(group.create_task(one(model, prompt), name="compare") for model in models)
            for prompt in prompts
        ]
    tried = [(first.result(), second.result()) for first, second in pairs]
    return [_answers(tried), _figures(tried), *_file(tried)]


async def _tried(request: Request, model: str, prompt: str, *how: Any) -> Tried:
    try:
        return await ask(request, model, prompt, *how)
    except OpenAIError as error:
        failure = bare(advice(error, "models", "compare", request.used))
        return Tried(model, prompt, failure=failure)


def _answers(tried: list[tuple[Tried, Tried]]) -> Table:
    first, second = tried[0]
    rows = [(a.prompt, *(one.text or one.failure for one in (a, b))) for a, b in tried]
    columns = ("Prompt", first.model, second.model)
    return Table("Side by side", columns, rows, wrap=True, page_size=_MOST_PROMPTS)


def _figures(tried: list[tuple[Tried, Tried]]) -> Fields:
    pairs = []
    for place in (0, 1):
        answers = [pair[place] for pair in tried if not pair[place].failure]
        name = tried[0][place].model
        if not answers:
            pairs.append((name, "no answer"))
            continue
        total = sum(one.total for one in answers) // len(answers)
        tokens = sum(one.usage.completion_tokens for one in answers if one.usage)
        known = [one.dollars for one in answers if one.dollars is not None]
        paid = cost(sum(known)) if known else f"cost {cost(None)}"
        pairs.append((name, f"{total:,} ms an answer, {tokens:,} tokens out, {paid}"))
    return Fields("", pairs)


def _file(tried: list[tuple[Tried, Tried]]) -> list[Value]:
    """Return everything as a table file, when there is more than a message shows well."""
    if len(tried) < 2 and all(len(one.text) < 400 for one in tried[0]):
        return []
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["prompt", tried[0][0].model, tried[0][1].model])
    for first, second in tried:
        row = (first.prompt, first.text or first.failure, second.text or second.failure)
        table.writerow([_safe(cell) for cell in row])
    return [File("compare.csv", out.getvalue().encode("utf-8-sig"), "All answers in full.")]


def _safe(cell: str) -> str:
    """Keep a spreadsheet from taking a model's words for a formula."""
    return "'" + cell if cell[:1] in "=+-@\t\r" else cell


def completed(request: Request, model: str, made: Completion) -> list[Value]:
    """Return the texts, numbered when there are several, and the figures."""
    values: list[Value] = []
    for number, choice in enumerate(made.choices[:_SHOWN], 1):
        title = f"Text {number} of {len(made.choices)}" if len(made.choices) > 1 else ""
        if choice.finish_reason not in (None, "stop"):
            title = f"{title} (ended by {choice.finish_reason})".strip()
        name = f"text-{number}.txt" if len(made.choices) > 1 else "text.txt"
        values.append(Verbatim(title, choice.text or "(nothing)", file=name))
    if len(made.choices) > _SHOWN:
        texts = [f"--- Text {n} ---\n{one.text}\n" for n, one in enumerate(made.choices, 1)]
        values.append(File("texts.txt", "\n".join(texts).encode(), "All texts."))
    if made.choices and (likely := made.choices[0].logprobs):
        values.append(_likely(likely))
    return [*values, Fields("", spent(request, model, [made.usage]))]


def _likely(found: CompletionLogprobs) -> Table:
    """Return the words of the first text, how likely each was, and what else was likely."""
    tokens, chances = found.tokens or [], found.token_logprobs or []
    others = found.top_logprobs or [None] * len(tokens)
    rows = []
    for token, chance, other in list(zip(tokens, chances, others, strict=False))[:_TOKENS]:
        named = ", ".join(
            f"{json.dumps(name)} {value:.2f}" for name, value in (other or {}).items()
        )
        rows.append((json.dumps(token), f"{chance:.2f}" if chance is not None else "", named))
    return Table(
        "Log probabilities",
        ("Token", "Chance", "Others"),
        rows,
        note=f"The first {_TOKENS} of {len(tokens):,} tokens" if len(tokens) > _TOKENS else "",
        page_size=_TOKENS,
    )


async def model_of(request: Request, name: str, purpose: Purpose = "chat") -> Model:
    """Return a model by its name.

    Raises:
        CommandError: the server has none of this name.
    """
    client = request.openai(purpose)
    try:
        return await client.models.retrieve(name)
    except NotFoundError:
        pass
    except ValueError:
        raise UsageError(f"{code(name)} cannot be a model's name.") from None
    listed = await _listed(client)
    if name in listed:  # a server that lists models and does not tell about one
        return listed[name]
    meant = near(name, listed)
    hint = f" Did you mean {code(meant)}?" if meant else f" `{request.slash('models list')}` helps."
    raise CommandError(f"The server has no model {code(name)}, or this key may not use it.{hint}")


async def _listed(client: OpenAI) -> dict[str, Model]:
    try:
        return {model.id: model for model in await client.models.list()}
    except OperationNotFoundError:
        raise
    except OpenAIError:
        return {}


async def name_of(request: Request, name: str) -> tuple[str, str]:
    """Return a model's name, and the doubt about it where a server does not tell its models."""
    try:
        return (await model_of(request, name)).id, ""
    except OperationNotFoundError:
        return name, " :warning: The server does not tell which models it has; try it first."
