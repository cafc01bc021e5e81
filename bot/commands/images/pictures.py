"""Pictures that a server made: what they are called, and how they are told of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.commands.pricing import figures
from bot.desk.errors import CommandError
from bot.desk.request import Request
from bot.desk.values import Fields, Shared, Text, Value, code, escape, plural
from bot.openai.images import Image, ImageEvent, ImagesResponse

_STARTS = (
    *((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"RIFF", "webp"), (b"GIF8", "gif")),
    *((b"<svg", "svg"), (b"<?xml", "svg")),
)


@dataclass(slots=True)
class Made:
    """The finished pictures so far with what is known of them, and unfinished ones."""

    answer: ImagesResponse
    partial: list[bytes] = field(default_factory=list)

    def take(self, event: ImageEvent) -> None:
        """Add a picture of a stream."""
        if not event.is_final:
            self.partial.append(event.content)
            return
        self.answer.data.append(Image(b64_json=event.b64_json))
        for name in ("usage", "size", "quality", "background"):
            setattr(self.answer, name, getattr(event, name) or getattr(self.answer, name))


def dimensions(value: Any) -> Any:
    """Read `1024x1536` or `auto`."""
    if isinstance(value, str) and not re.fullmatch(r"auto|[1-9]\d{0,4}x[1-9]\d{0,4}", value):
        raise ValueError("it must be auto or WIDTHxHEIGHT such as 1536x1024")
    return value


def ending(content: bytes) -> str:
    """Return the ending of a picture's name by its first bytes."""
    return next((name for start, name in _STARTS if content.startswith(start)), "png")


def shown(request: Request, made: Made, model: str, name: str, about: str) -> list[Value]:
    """Return the pictures for the conversation, and the figures for who asked.

    `name` is what their files are called, `about` what is said of them.
    """
    files = _files(made, name)
    links = [one.url for one in made.answer.data if one.url and not one.content]
    if not files and not links:
        raise CommandError("The server answered without a picture, and does not say why.")
    values: list[Value] = []
    if files:
        values.append(Shared(files, f"{about} ({code(model)})"))
    if links:
        named = (f"{number}. {escape(link)}" for number, link in enumerate(links, 1))
        values.append(Text("*Pictures* (the addresses soon end)\n" + "\n".join(named)))
    return [*values, _told(request, made, model)]


def _files(made: Made, name: str) -> tuple[tuple[str, bytes], ...]:
    """Return the files, numbered when there are several."""
    contents = [one.content for one in made.answer.data if one.content]
    several = len(contents) > 1
    partial = [
        (f"{name}-unfinished-{place}-of-{len(made.partial)}.{ending(content)}", content)
        for place, content in enumerate(made.partial, 1)
    ]
    finished = [
        (f"{name}-{place}.{ending(content)}" if several else f"{name}.{ending(content)}", content)
        for place, content in enumerate(contents, 1)
    ]
    return (*partial, *finished)


def _told(request: Request, made: Made, model: str) -> Fields:
    answer, pairs = made.answer, [("Model", model)]
    known = (("Size", answer.size), ("Quality", answer.quality), ("Background", answer.background))
    pairs += [(name, value) for name, value in known if value]
    pairs += _revised(answer.data)
    pairs += figures(request, model, answer.usage)
    return Fields(plural(len(answer.data), "picture"), pairs)


def _revised(pictures: Sequence[Image]) -> list[tuple[str, str]]:
    return [
        (f"Prompt of {number}, as the server changed it", one.revised_prompt)
        for number, one in enumerate(pictures, 1)
        if one.revised_prompt
    ]
