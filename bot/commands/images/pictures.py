"""Pictures that a server made: what they are called, and how they are told of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands.pricing import figures
from bot.desk.errors import Missing
from bot.desk.request import Request
from bot.desk.values import Fields, Shared, Text, Value, escape, plural
from bot.openai.images import Image, ImageEvent, ImagesResponse, ImageUsage

_STARTS = (
    *((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"RIFF", "webp"), (b"GIF8", "gif")),
    *((b"<svg", "svg"), (b"<?xml", "svg")),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, and how its results are to be called."""

    model: str
    name: str
    about: str


@dataclass(slots=True)
class Made:
    """The pictures so far, finished or not, and what is known of them."""

    pictures: list[Image]
    partial: list[tuple[int, bytes]]
    usage: ImageUsage | None = None
    size: str | None = None
    quality: str | None = None
    background: str | None = None

    def take(self, event: ImageEvent) -> None:
        """Add a picture of a stream."""
        if not event.is_final:
            self.partial.append(((event.partial_image_index or 0) + 1, event.content))
            return
        self.pictures.append(Image(b64_json=event.b64_json))
        self.usage = event.usage or self.usage
        self.size, self.quality = event.size or self.size, event.quality or self.quality
        self.background = event.background or self.background


def whole(response: ImagesResponse) -> Made:
    """Return what came in one answer."""
    return Made(
        response.data, [], response.usage, response.size, response.quality, response.background
    )


def dimensions(value: Any) -> Any:
    """Read `1024x1536` or `auto`."""
    if isinstance(value, str) and not re.fullmatch(r"auto|[1-9]\d{0,4}x[1-9]\d{0,4}", value):
        raise ValueError("it must be auto or WIDTHxHEIGHT such as 1536x1024")
    return value


def ending(content: bytes) -> str:
    """Return the ending of a picture's name by its first bytes."""
    return next((name for start, name in _STARTS if content.startswith(start)), "png")


def shown(request: Request, made: Made, wanted: Wanted) -> list[Value]:
    """Return the pictures for the conversation, and the figures for who asked."""
    files = _files(made, wanted.name)
    links = [one.url for one in made.pictures if one.url and not one.content]
    if not files and not links:
        raise Missing("The server answered without a picture, and does not say why.")
    values: list[Value] = []
    if files:
        values.append(Shared(files, f"{wanted.about} (`{wanted.model}`)"))
    if links:
        named = (f"{number}. {escape(link)}" for number, link in enumerate(links, 1))
        values.append(Text("*Pictures* (the addresses soon end)\n" + "\n".join(named)))
    return [*values, _told(request, made, wanted.model)]


def _files(made: Made, name: str) -> tuple[tuple[str, bytes], ...]:
    """Return the files, numbered when there are several."""
    contents = [one.content for one in made.pictures if one.content]
    several = len(contents) > 1
    partial = [
        (f"{name}-unfinished-{place}-of-{len(made.partial)}.{ending(content)}", content)
        for place, (_, content) in enumerate(made.partial, 1)
    ]
    finished = [
        (f"{name}-{place}.{ending(content)}" if several else f"{name}.{ending(content)}", content)
        for place, content in enumerate(contents, 1)
    ]
    return (*partial, *finished)


def _told(request: Request, made: Made, model: str) -> Fields:
    pairs = [("Model", model)]
    known = (("Size", made.size), ("Quality", made.quality), ("Background", made.background))
    pairs += [(name, value) for name, value in known if value]
    pairs += _revised(made.pictures)
    pairs += figures(request, model, made.usage)
    return Fields(plural(len(made.pictures), "picture"), tuple(pairs))


def _revised(pictures: Sequence[Image]) -> list[tuple[str, str]]:
    return [
        (f"Prompt of {number}, as the server changed it", one.revised_prompt)
        for number, one in enumerate(pictures, 1)
        if one.revised_prompt
    ]
