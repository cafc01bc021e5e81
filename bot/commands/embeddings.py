"""Turn texts into vectors, and tell how alike two texts are."""

import asyncio
import json
import math
from collections.abc import Sequence
from itertools import combinations
from operator import mul
from typing import Annotated, Literal

from pydantic import Field

from bot.commands.material import called, material
from bot.commands.pricing import cost, dollars, rate
from bot.desk.command import Command
from bot.desk.errors import CommandError, NeedsForm
from bot.desk.parameters import FromFiles, Rest, Shown
from bot.desk.request import Request
from bot.desk.values import Fields, Shared, Table, Value, Values, code, excerpt, plural
from bot.openai.embeddings import MOST_INPUTS, CreateEmbeddingResponse
from bot.slack.workspace.files import SharedFile

command = Command("ai")

_COMPARED = 200
Other = Annotated[
    str, Shown("OTHER", label="Compare with", hint="Another text: how alike the two are is shown.")
]
_PAIRS = 10

Vector = Sequence[float]


@command.sub(
    effect="costs",
    examples=(
        "embed How do I reset my password?",
        'embed "reset my password" "change the login"',
        'embed --with "change the login"',
        "embed --lines --dimensions 256",
    ),
    words=("embedding", "embeddings", "vector", "similarity", "alike", "compare", "meaning"),
)
async def embed(
    request: Request,
    text: Annotated[Rest, Shown(hint="What becomes a vector.")] = "",
    with_: Other = "",
    file: Annotated[tuple[SharedFile, ...], FromFiles(("text",), most=1)] = (),
    *,
    lines: bool = False,
    dimensions: Annotated[int | None, Field(ge=1)] = None,
    encoding_format: Literal["float", "base64"] | None = None,
    user: str | None = None,
    name: str = "",
    model: str = "",
) -> Values:
    """Turn a text into a vector, as a file for everybody; or tell how alike two texts are.

    Args:
        text: The text; else a text file, or the newest message of the thread.
        with_: Another text, both in quotes or with `--with`: how alike the two are is shown.
        file: A text file.
        lines: Each line is a text of its own; the most alike are shown as well.
        dimensions: How long the vector is, for models that can shorten it.
        encoding_format: How the numbers travel; the file is the same.
        user: A name for the person for whom this is, for the server.
        name: What the file is called; else by the text.
        model: The model's name; else that of OPENAI_MODELS.
    """
    texts = await _texts(request, text, file, lines=lines)
    if with_:
        texts = [*texts[:1], with_]
    model = model or request.equipment.house.models["embeddings"]
    await request.confirm(
        f"*Turn {plural(len(texts), 'text')} into {'vectors' if len(texts) > 1 else 'a vector'} "
        f"with {code(model)}?* {excerpt(texts[0])}\n{rate(request, model)}",
        button="Compare" if with_ else "Embed",
    )
    made = await request.openai("embeddings").embeddings.create(
        model=model, input=texts, dimensions=dimensions, encoding_format=encoding_format, user=user
    )
    vectors = [one.embedding for one in made.data]
    if with_:
        alike = ("Similarity", f"{similarity(*vectors):.4f} of 1")
        pairs = [alike, ("One", texts[0]), ("Other", texts[1]), *_figures(request, model, made)]
        return Fields("How alike they are", pairs)
    content = await asyncio.to_thread(written, model, texts, vectors)
    file_name = f"{called(name or texts[0], 'vectors')}.jsonl"
    comment = f"{plural(len(vectors), 'vector')} by {code(model)}"
    values: list[Value] = [Shared(((file_name, content),), comment)]
    if 1 < len(texts) <= _COMPARED:
        found = await asyncio.to_thread(nearest, vectors, _PAIRS)
        rows = [(f"{value:.4f}", texts[one], texts[other]) for one, other, value in found]
        values.append(Table("Most alike", ("Similarity", "One", "Other"), rows, wrap=True))
    return [*values, Fields("", _figures(request, model, made))]


async def _texts(
    request: Request, text: str, files: tuple[SharedFile, ...], *, lines: bool
) -> list[str]:
    found = await material(request, text, files)
    if found is None:
        raise NeedsForm("Embed a text", fields=("text", "with_"), required=("text",))
    each = [line.strip() for line in found.text.splitlines()] if lines else [found.text]
    texts = [one for one in each if one or not lines]
    if len(texts) > MOST_INPUTS:
        raise CommandError(
            f"These are {len(texts):,} lines; the server takes {MOST_INPUTS:,} at once."
        )
    return texts


def _figures(request: Request, model: str, made: CreateEmbeddingResponse) -> list[tuple[str, str]]:
    pairs = [("Model", made.model or model)]
    if made.data:
        pairs.append(("Dimensions", f"{len(made.data[0].embedding):,}"))
    if made.usage is None:
        return [*pairs, ("Cost", cost(None))]
    counted = made.usage.prompt_tokens
    paid = cost(dollars(request, model, counted))
    return [*pairs, ("Tokens", f"{counted:,}"), ("Cost", paid)]


def similarity(one: Vector, other: Vector) -> float:
    """Return the cosine of the angle between two vectors: 1 is the same, 0 is unrelated."""
    [(_, _, value)] = nearest((one, other), 1)
    return value


def nearest(vectors: Sequence[Vector], most: int) -> list[tuple[int, int, float]]:
    """Return the pairs that are most alike, with how alike they are, best first.

    200 vectors have 19,900 pairs: that takes seconds, so call it in a thread.
    """
    units = [_unit(vector) for vector in vectors]
    pairs = [
        (first, second, sum(map(mul, units[first], units[second])))
        for first, second in combinations(range(len(units)), 2)
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:most]


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return [value / length for value in vector] if length else vector


def written(model: str, texts: Sequence[str], vectors: Sequence[Vector]) -> bytes:
    """Return vectors as JSON Lines, one text and its vector a line."""
    lines = (
        json.dumps(
            {"text": text, "model": model, "embedding": list(vector)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for text, vector in zip(texts, vectors, strict=True)
    )
    return "\n".join(lines).encode() + b"\n"
