"""Have training examples judged by the free moderation before they are uploaded.

OpenAI refuses a whole file for some bad examples and names only the category; here each is named,
and can be left out. Every text is judged whole, in pieces where it is long, and every picture.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from bot.desk.advice import advice
from bot.desk.request import Request
from bot.desk.values import Button, Table, Text, Value, plural
from bot.finetuning import dataset
from bot.finetuning.findings import Place
from bot.finetuning.options import Options
from bot.finetuning.source import Source
from bot.openai.errors import OpenAIError, OperationNotFoundError

_TOGETHER = 20
_AT_ONCE = 4
_CHARACTERS = 10_000
_MOST_NAMED = 150

Piece = tuple[Place, Any]  # where an example stands, and a text or a picture of it


@dataclass(slots=True)
class Judgement:
    """How many examples were judged, what was flagged (by row), and what stopped it."""

    judged: int = 0
    flagged: dict[int, tuple[Place, set[str]]] = field(default_factory=dict)
    error: OpenAIError | None = None


async def flagged(request: Request, source: Source, options: Options, again: str) -> list[Value]:
    """Return the examples that moderation flags; `again` is the line that prepared them."""
    found = await _judge(request, source, options)
    if isinstance(found.error, OperationNotFoundError):
        return [Text(":warning: This server has no moderation, so nothing was judged.")]
    rows = found.flagged
    note = f"{plural(found.judged, 'example')} judged"
    table = Table(
        title="Flagged by moderation",
        columns=("Line", "Row", "Categories"),
        rows=[(place.line, place.row, ", ".join(sorted(names))) for place, names in rows.values()],
        note=f"{note}; a file with flagged examples may be refused as a whole",
        empty=f":white_check_mark: Moderation flags nothing ({note}).",
    )
    values: list[Value] = [table]
    if found.error:
        why = advice(found.error, "ai", "moderate", request.used)
        values.append(
            Text(f":warning: Moderation stopped there. {why} Then press *Moderate* once more.")
        )
    left_out = sorted(rows.keys() | options.without)
    if rows and len(left_out) <= _MOST_NAMED:
        listed = ",".join(map(str, left_out))
        button = Button("Leave the flagged ones out", f"{again} --without {listed}")
        values.append(Text(f"{note}, {len(rows):,} flagged.", (button,)))
    return values


async def _judge(request: Request, source: Source, options: Options) -> Judgement:
    """Judge all examples, some requests at a time, until the server fails."""
    found = Judgement()
    groups = _groups(_pieces(source, options))
    judged: set[int] = set()
    while batch := await asyncio.to_thread(lambda: list(islice(groups, _AT_ONCE))):
        answers = await asyncio.gather(
            *(_judged(request, group) for group in batch), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, OpenAIError):
                found.error = found.error or answer
            elif isinstance(answer, BaseException):
                raise answer
            else:
                for place, names in answer:
                    found.flagged.setdefault(place.row, (place, set()))[1].update(names)
        if found.error:
            break
        judged.update(place.row for group in batch for place, _ in group)
        found.judged = len(judged)
        await request.progress(f"Moderating: {plural(found.judged, 'example')} judged …")
    return found


def _pieces(source: Source, options: Options) -> Iterator[Piece]:
    for place, text, pictures in dataset.said(source, options):
        for at in range(0, len(text), _CHARACTERS):
            yield place, text[at : at + _CHARACTERS]
        for url in pictures:
            yield place, [{"type": "image_url", "image_url": {"url": url}}]


def _groups(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Put together what one request takes: some texts, or a single picture."""
    for is_text, run in groupby(pieces, key=lambda piece: isinstance(piece[1], str)):
        while group := list(islice(run, _TOGETHER if is_text else 1)):
            yield group


async def _judged(request: Request, group: Sequence[Piece]) -> list[tuple[Place, set[str]]]:
    said = [what for _, what in group]
    model = request.equipment.house.models["moderation"]
    answer = await request.openai("moderation").moderations.create(
        model=model, input=said if isinstance(said[0], str) else said[0]
    )
    return [
        (place, {name for name, hit in one.categories.items() if hit})
        for (place, _), one in zip(group, answer.results, strict=False)
        if one.flagged
    ]
