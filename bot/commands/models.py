"""See the models, try one, compare two, delete your own, choose the default."""

from datetime import UTC, date, datetime
from typing import Literal

from bot.commands._command import Command
from bot.commands._errors import Missing
from bot.commands._reading import near
from bot.commands._request import Request
from bot.commands._values import Button, Cell, Fields, Table, code
from bot.openai.errors import NotFoundError, OpenAIError
from bot.openai.models import Model

command = Command("models", __doc__)

Order = Literal["name", "newest", "shutdown"]


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
    sort: Order = "name",
) -> Table:
    """List the models that the key may use, with the days until they are shut down.

    Args:
        search: A part of the model's name.
        owner: A part of the owner's name.
        fine_tuned: Only models that were fine-tuned.
        ending: Only models with a shutdown date.
        sort: What comes first.
    """
    models = await request.openai("files").models.list()
    kept = [
        model
        for model in models
        if search.lower() in model.id.lower()
        and owner.lower() in (model.owned_by or "").lower()
        and (not fine_tuned or is_tuned(model))
        and (not ending or model.shutdown_date)
    ]
    today = datetime.fromtimestamp(request.now, UTC).date()
    rows = tuple(_row(model, today) for model in sorted(kept, key=lambda one: _place(one, sort)))
    few = tuple(Button(model.id, f"models info {model.id}") for model in kept[:5])
    return Table(
        title="Models",
        columns=("Model", "Owner", "Created", "Shutdown", "Days left"),
        rows=rows,
        note=f"{len(kept)} of {len(models)} models",
        empty="No model fits." if models else "The server lists no models.",
        buttons=few if len(kept) <= 5 else (),
    )


@command.sub(examples=("info gpt-6-luna",), words=("details",))
async def info(request: Request, model: str) -> Fields:
    """Show everything that the server tells about a model.

    Args:
        model: The model's name.
    """
    found = await _one(request, model)
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
    return Fields(found.id, tuple(pairs))


async def _one(request: Request, name: str) -> Model:
    """Return a model, or say which one was probably meant."""
    client = request.openai("files")
    try:
        return await client.models.retrieve(name)
    except (NotFoundError, ValueError):
        pass
    try:
        names = [model.id for model in await client.models.list()]
    except OpenAIError:
        names = []
    if name in names:  # a server that lists models and does not tell about one
        return next(model for model in await client.models.list() if model.id == name)
    meant = near(name, names)
    hint = f" Did you mean {code(meant)}?" if meant else f" `{request.slash('models list')}` helps."
    raise Missing(f"The server has no model {code(name)}, or this key may not use it.{hint}")


def is_tuned(model: Model) -> bool:
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


def _place(model: Model, sort: Order) -> tuple[str | int, str]:
    if sort == "newest":
        return (-(model.created or 0), model.id)
    if sort == "shutdown":
        return (model.shutdown_date or "9999", model.id)
    return (model.id, "")


def _day(seconds: int | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d") if seconds else ""
