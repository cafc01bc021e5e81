"""See the models, try one, compare two, delete your own, choose the default."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.commands.models.asking import (
    ask,
    comparing,
    completed,
    model_of,
    name_of,
    prompts_of,
    side_by_side,
)
from bot.commands.pricing import at_most
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm, UsageError
from bot.desk.parameters import FromFiles, Rest, Shown, ToTheEnd, json_object
from bot.desk.request import Request
from bot.desk.values import (
    Button,
    Cell,
    Fields,
    Table,
    Text,
    Values,
    Verbatim,
    code,
    counted,
    excerpt,
    moment,
    plural,
)
from bot.desk.words import quoted
from bot.openai.models import Model
from bot.slack.workspace.files import SharedFile
from storage.choices import MODEL

command = Command("models", __doc__)

Biases = Annotated[dict[str, int] | None, BeforeValidator(json_object), Shown("JSON")]
Sort = Literal["name", "newest", "shutdown"]


@command.sub(
    name="list",
    examples=("list", "list gpt --sort newest", "list --fine-tuned", "list --owner system"),
    words=("search", "deprecated", "shutdown"),
)
async def list_(
    request: Request,
    search: str = "",
    *,
    owner: str = "",
    fine_tuned: bool = False,
    ending: bool = False,
    sort: Sort = "name",
) -> Table:
    """List the models that the key may use, with the days until they are shut down.

    Args:
        search: A part of the model's name.
        owner: A part of the owner's name.
        fine_tuned: Only models that were fine-tuned.
        ending: Only models with a shutdown date.
        sort: What comes first.
    """
    models = await request.openai().models.list()
    kept = [
        model
        for model in models
        if search.lower() in model.id.lower()
        and owner.lower() in (model.owned_by or "").lower()
        and (not fine_tuned or _is_tuned(model))
        and (not ending or model.shutdown_date)
    ]
    today = datetime.fromtimestamp(request.now, UTC).date()
    rows = [_row(model, today) for model in sorted(kept, key=_ORDER[sort])]
    return Table(
        title="Models",
        columns=("Model", "Owner", "Created", "Shutdown", "Days left"),
        rows=rows,
        note=counted(len(kept), len(models), "model"),
        empty="No model fits." if models else "The server lists no models.",
        pick="models info",
    )


@command.sub(examples=("info gpt-6-luna",), words=("details",))
async def info(request: Request, model: str) -> Fields:
    """Show everything that the server tells about a model.

    Args:
        model: The model's name.
    """
    found = await model_of(request, model)
    today = datetime.fromtimestamp(request.now, UTC).date()
    pairs = [("Owner", found.owned_by or ""), ("Created", _day(found.created))]
    left = found.days_left(today)
    if left is not None:
        pairs.append(("Shutdown", f"{found.shutdown_date} ({_left(left)})"))
    known = await request.storage.learned.load()
    if (learned := known.get(found.id)) and learned.context:
        pairs.append(("Context (learned)", f"{learned.context:,} tokens"))
    extra = found.model_extra or {}
    pairs += [(name, str(value)) for name, value in extra.items() if value not in (None, "")]
    return Fields(found.id, pairs, _next(found))


def _next(model: Model) -> tuple[Button, ...]:
    """Return what can be done with a model; whether it chats is found out by trying."""
    buttons = (
        Button("Try it …", f"models test {quoted(model.id)} --form"),
        Button("Use it in this channel …", f"models use {quoted(model.id)} --here"),
    )
    delete_it = Button("Delete …", f"models delete {quoted(model.id)}")
    return (*buttons, delete_it) if _is_tuned(model) else buttons


@command.sub(
    name="test",
    effect="costs",
    examples=("test gpt-6-luna", 'test gpt-6-luna "Name three rivers." --max-tokens 50'),
    words=("latency", "tokens", "cost", "try", "speed"),
)
async def try_out(
    request: Request,
    model: str,
    prompt: Rest = "Say ok.",
    *,
    form: bool = False,
    system: str = "",
    max_tokens: Annotated[int, Field(ge=16, le=32_000)] = 256,
) -> Values:
    """Ask a model one prompt; show its answer, how fast it was, its tokens and what it cost.

    Args:
        model: The model's name.
        prompt: What to ask.
        form: Open a form for the prompt.
        system: Instructions before the prompt.
        max_tokens: The most tokens of the answer.
    """
    if form:
        raise NeedsForm(
            "Try a model",
            fields=("prompt", "system", "max_tokens"),
            required=("prompt",),
            intro="The answer comes with its times, its tokens and what it cost.",
            keep={"form": False},
        )
    await request.confirm(
        f"*Ask {code(model)} one prompt?* {excerpt(prompt)}\n"
        f"It takes {at_most(request, model, max_tokens)}",
        button="Ask",
    )
    tried = await ask(request, model, prompt, system, max_tokens)
    text = tried.text or "(an empty answer)"
    return [tried.fields(), Verbatim("", text, prose=True, file="answer.md")]


@command.sub(
    effect="costs",
    examples=(
        'complete ft:babbage-002:acme::a1 "Item: brass lamp\\nLabel:" --stop END --max-tokens 20',
        "complete davinci-002 Once upon a time --temperature 0.7 --n 2",
    ),
    words=("completions", "prompt", "continue", "legacy"),
)
async def complete(
    request: Request,
    model: str,
    prompt: Rest,
    *,
    suffix: str | None = None,
    max_tokens: Annotated[int, Field(ge=0)] = 256,
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None,
    top_p: Annotated[float | None, Field(ge=0, le=1)] = None,
    n: Annotated[int, Field(ge=1, le=128)] = 1,
    best_of: Annotated[int | None, Field(ge=0, le=20)] = None,
    echo: bool = False,
    stop: list[str] | None = None,
    logit_bias: Biases = None,
    logprobs: Annotated[int | None, Field(ge=0, le=5)] = None,
    presence_penalty: Annotated[float | None, Field(ge=-2, le=2)] = None,
    frequency_penalty: Annotated[float | None, Field(ge=-2, le=2)] = None,
    seed: int | None = None,
    user: str | None = None,
) -> Values:
    r"""Let a completion model go on from a prompt, as fine-tuned ones of the past do.

    Args:
        model: The model's name.
        prompt: The text to go on from; \n in it is a new line.
        suffix: Text that comes after what is written.
        max_tokens: The most tokens to write.
        temperature: 0 is sober, 2 is wild.
        top_p: Only the likeliest words that make up this share, from 0 to 1.
        n: How many texts.
        best_of: Of how many texts the best are shown; at least n.
        echo: Repeat the prompt before the text.
        stop: Texts at which it ends, up to 4, with commas between.
        logit_bias: Tokens made likelier or not, as JSON such as {"50256": -100}.
        logprobs: Show how likely the words were, with up to 5 others.
        presence_penalty: From -2 to 2; above 0 speaks of new things.
        frequency_penalty: From -2 to 2; above 0 repeats less.
        seed: The same seed gives the same text, mostly.
        user: A name for the person for whom this is, for the server.
    """
    await request.confirm(
        f"*Let {code(model)} go on from this prompt?* {excerpt(prompt)}\n"
        f"{plural(n, 'text')}, {at_most(request, model, max_tokens * max(n, best_of or 0))}",
        button="Complete",
    )
    fields: Any = {
        **request.given,
        "prompt": prompt.replace("\\n", "\n"),
        "echo": echo or None,
        "stop": [one.replace("\\n", "\n") for one in stop] if stop else None,
    }
    made = await request.openai().completions.create(**fields)
    return completed(request, model, made)


@command.sub(
    effect="costs",
    examples=(
        "compare gpt-6-luna ft:gpt-4.1:acme::a1 Name three rivers.",
        "compare gpt-6-luna stand-in",
    ),
    words=("side by side", "versus", "difference", "replacement"),
)
async def compare(
    request: Request,
    first: str,
    second: str,
    prompt: Rest = "",
    *,
    each: Annotated[str, ToTheEnd(), Shown("LINES", label="Prompts, one a line")] = "",
    prompts: Annotated[tuple[SharedFile, ...], FromFiles(most=1)] = (),
    system: str = "",
    max_tokens: Annotated[int, Field(ge=16, le=32_000)] = 256,
) -> Values:
    """Ask two models the same, one prompt or a set of prompts, and show both side by side.

    Args:
        first: One model.
        second: The other model.
        prompt: What to ask; without it a form opens for a set of prompts.
        each: A set of prompts, one a line, or JSON Lines with `prompt` or `messages`.
        prompts: The same as a file: share it with the message `!models compare FIRST SECOND`.
        system: Instructions before each prompt.
        max_tokens: The most tokens of each answer.
    """
    asked = await prompts_of(request, prompt, each, prompts)
    effect = comparing(request, (first, second), asked, max_tokens)
    await request.confirm(effect, button="Ask both")
    return await side_by_side(request, (first, second), asked, system, max_tokens)


@command.sub(
    effect="deletes",
    examples=("delete ft:gpt-4.1-mini:acme::a1b2",),
    words=("remove", "fine-tuned"),
)
async def delete(request: Request, model: str) -> Text:
    """Delete a fine-tuned model of your own; its name must be typed to confirm.

    Args:
        model: The model's name.
    """
    found = await model_of(request, model, "files")
    if not _is_tuned(found) or (found.owned_by or "").startswith(("openai", "system")):
        raise CommandError(f"{code(found.id)} is not a fine-tuned model of yours, so it stays.")
    uses = await request.storage.choices.all(request.invocation.team, MODEL)
    used = [scope for scope, name in uses.items() if name == found.id]
    warning = " :warning: It answers here at the moment." if used else ""
    await request.confirm(
        f"*Delete the model {code(found.id)}?* It cannot be undone: it will answer nobody any "
        f"more, and can only be trained anew.{warning}",
        button="Delete",
        danger=True,
        must_type=found.id,
    )
    deleted = await request.openai("files").models.delete(found.id)
    if not deleted.deleted:
        raise CommandError(f"The server did not delete {code(found.id)}, and does not say why.")
    for scope in used:
        await request.storage.choices.save(scope, MODEL, None, request.asker.id)
    return Text(f":white_check_mark: {code(found.id)} is deleted.")


@command.sub(
    effect="changes",
    examples=("use gpt-6-luna", "use ft:gpt-4.1-mini:acme::a1b2 --here", "use --reset --here"),
    words=("default", "switch", "channel", "choose"),
)
async def use(
    request: Request, model: str = "", *, here: bool = False, reset: bool = False
) -> Text:
    """Choose the model that answers, everywhere or in this channel.

    Args:
        model: The model's name.
        here: Only in this channel.
        reset: Go back to the setting (or, in a channel, to what counts everywhere).
    """
    if bool(model) == reset:
        raise UsageError("Name a model, or `--reset` to go back.")
    to = request.invocation
    scope = f"{to.team}:{to.channel}" if here else to.team
    where = "in this channel" if here else "everywhere (but in channels with a model of their own)"
    chosen = await request.storage.choices.all(to.team, MODEL)
    now = code(chosen.get(scope) or chosen.get(to.team) or request.equipment.house.model)
    if reset and scope not in chosen:
        return Text(f"No model was chosen {where}; it is {now} that answers.")
    if reset:
        effect = f"*Go back {where} from {now} to what counts otherwise?*"
    else:
        model, doubt = await name_of(request, model)
        effect = f"*Let {code(model)} answer {where}?* Until now it is {now}.{doubt}"
    await request.confirm(effect, button="Use it" if model else "Go back")
    await request.storage.choices.save(scope, MODEL, model or None, request.asker.id)
    if reset:
        return Text(f":white_check_mark: Back to what counts otherwise, {where}.")
    return Text(f":white_check_mark: {code(model)} answers {where}, from the next message on.")


def _is_tuned(model: Model) -> bool:
    """Tell whether a model was made by fine-tuning; their names begin so, also at other hosts."""
    return model.id.startswith(("ft:", "ft-")) or ":ft-" in model.id


def _row(model: Model, today: date) -> tuple[Cell, ...]:
    left = model.days_left(today)
    return (
        model.id,
        model.owned_by or "",
        _day(model.created),
        model.shutdown_date or "",
        "" if left is None else _left(left),
    )


def _left(days: int) -> str:
    return "shut down" if days < 0 else "today" if days == 0 else f"{days:,} d"


_ORDER: Mapping[Sort, Callable[[Model], Any]] = {
    "name": lambda model: model.id,
    "newest": lambda model: (-(model.created or 0), model.id),
    "shutdown": lambda model: (model.shutdown_date or "9999", model.id),
}


def _day(seconds: int | None) -> str:
    return moment(seconds, form="%Y-%m-%d")
