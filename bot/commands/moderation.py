"""Judge whether texts and pictures are harmful, and how."""

from typing import Annotated, Any

from bot.commands.material import material
from bot.desk.command import Command
from bot.desk.errors import NeedsForm
from bot.desk.parameters import FromFiles, Rest, Shown
from bot.desk.request import Request
from bot.desk.values import Table, Value, Values, code
from bot.openai.moderations import Moderation
from bot.slack.text.mrkdwn import bare
from bot.slack.text.shown import data_url
from bot.slack.workspace.files import SharedFile

command = Command("ai")

_LARGEST = 20_000_000


@command.sub(
    examples=("moderate I will find you and you will pay", "moderate --all"),
    words=("moderation", "harmful", "safety", "flag", "toxic", "picture", "abuse", "scores"),
)
async def moderate(
    request: Request,
    text: Annotated[Rest, Shown(hint="What is to be judged.")] = "",
    pictures: Annotated[tuple[SharedFile, ...], FromFiles(("image",), most=1)] = (),
    *,
    all: bool = False,
    model: str = "",
) -> Values:
    """Judge a text, a message, or a picture: the scores of each category. It is free at OpenAI.

    Args:
        text: The text; else the message, its picture, or the newest message of the thread.
        pictures: A picture, judged together with the text if there is one.
        all: Every category, also those with next to no score.
        model: The model's name; else that of OPENAI_MODELS.
    """
    said = text or request.order.message_text
    if said and not (request.order.files or request.order.values.get("pictures")):
        pictures = ()  # those of the thread are not meant
    worded = said or not pictures
    found = await material(request, text, ()) if worded else None
    if found is None and not pictures:
        raise NeedsForm("Moderate", fields=("text",), required=("text",))
    parts: list[Any] = [{"type": "text", "text": found.text}] if found else []
    for picture in pictures:
        content = await request.files.read(picture, _LARGEST)
        url = data_url(picture.mimetype or "image/png", content)
        parts.append({"type": "image_url", "image_url": {"url": url}})
    model = model or request.equipment.house.models["moderation"]
    made = await request.openai("moderation").moderations.create(
        model=model, input=parts if pictures else parts[0]["text"]
    )
    names = [*([found.name] if found else []), *(code(one.name) for one in pictures)]
    return [judged(one, names, made.model or model, everything=all) for one in made.results]


def judged(found: Moderation, names: list[str], model: str, *, everything: bool) -> Value:
    """Return the categories by score, the flagged ones first."""
    given = {**dict.fromkeys(found.categories), **found.category_scores}
    scores = sorted(
        ((name, score or 0.0) for name, score in given.items()),
        key=lambda one: (not found.categories.get(one[0]), -one[1]),
    )
    flagged = [name for name, _ in scores if found.categories.get(name)]
    shown = [one for one in scores if everything or one[0] in flagged or one[1] >= 0.01]
    shown = shown or scores[:3]
    by = found.category_applied_input_types or {}
    about = " and ".join(map(bare, names))
    verdict = f"Harmful: {', '.join(flagged)}" if flagged else "Nothing harmful"
    if found.flagged and not flagged:
        verdict = "Something harmful, of no category that is told,"
    left = len(scores) - len(shown)
    note = f"{left:,} more {'category' if left == 1 else 'categories'} near 0 (`--all`)"
    return Table(
        title=f"{verdict} in {about}",
        columns=("Category", "Score", "Flagged", "Judged by"),
        rows=[
            (name, f"{score:.4f}", "yes" if name in flagged else "", ", ".join(by.get(name) or ()))
            for name, score in shown
        ],
        note=f"{code(model)}{' · ' + note if left else ''}",
        page_size=20,
    )
