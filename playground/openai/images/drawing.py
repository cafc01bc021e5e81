"""Draw what was asked for: the answer as one object, or as events with partial pictures."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.openai.images.gif import FRAMES, MILLISECONDS, gif
from playground.openai.images.jpeg import jpeg
from playground.openai.images.picture import Picture
from playground.openai.images.png import png
from playground.openai.images.requests import dimensions
from playground.openai.images.svg import svg
from playground.openai.images.webp import webp
from playground.openai.tokens import count

WRITERS = {"png": png, "jpeg": jpeg, "webp": webp, "svg": svg}
TOKENS = {"low": 272, "medium": 1_056, "high": 4_160, "xhigh": 6_208, "max": 8_320}
TOKENS_OF_INPUT = 323
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One request to draw; `given` is what the pictures depend on beside the prompt."""

    body: Json
    created: int
    given: str = ""
    images: int = 0

    @property
    def form(self) -> str:
        """Give the file format."""
        return self.body.get("output_format") or "png"

    @property
    def quality(self) -> str:
        """Give the quality that is used in the end."""
        asked = self.body.get("quality") or "auto"
        return "medium" if asked == "auto" else str(asked)

    @property
    def size(self) -> str:
        """Give the size that is used in the end."""
        width, height = dimensions(self.body.get("size"))
        return f"{width}x{height}"

    @property
    def clear(self) -> bool:
        """Say whether the background is transparent."""
        return self.body.get("background") == "transparent"

    def settings(self) -> Json:
        """Give what is told beside the pictures."""
        return {
            "background": "transparent" if self.clear else "opaque",
            "output_format": self.form,
            "quality": self.quality,
            "size": self.size,
        }

    def picture(self, number: int = 0, done: float = 1.0) -> str:
        """Draw one picture and give it in base64."""
        width, height = dimensions(self.body.get("size"))
        words = f"{self.body.get('prompt', '')}\n{self.given}\n{number}"
        made = Picture(words, width, height, done, self.clear)
        return base64.b64encode(self.written(made)).decode()

    def written(self, picture: Picture) -> bytes:
        """Give a picture as the file that was asked for."""
        if self.form != "gif":
            return WRITERS[self.form](picture)
        frames, pause = (self.body.get(name) for name in ("frame_count", "frame_duration_ms"))
        return gif(picture, frames or FRAMES, pause or MILLISECONDS)

    def usage(self, number: int) -> Json:
        """Count what so many pictures cost."""
        words, seen = count(self.body.get("prompt", "")), TOKENS_OF_INPUT * self.images
        drawn = TOKENS[self.quality] * number
        return {
            "input_tokens": words + seen,
            "input_tokens_details": {"text_tokens": words, "image_tokens": seen},
            "output_tokens": drawn,
            "output_tokens_details": {"text_tokens": 0, "image_tokens": drawn},
            "total_tokens": words + seen + drawn,
        }

    def whole(self) -> Json:
        """Give all pictures as one object."""
        number = self.body.get("n") or 1
        return {
            "created": self.created,
            **self.settings(),
            "data": [{"b64_json": self.picture(place)} for place in range(number)],
            "usage": self.usage(number),
            **self.authoring(),
        }

    def authoring(self) -> Json:
        """Give what the model cost that wrote an SVG, where one was named."""
        author = self.body.get("svg") or {}
        if not author:
            return {}
        words = count(self.body.get("prompt", ""))
        cost = {"input_tokens": words, "output_tokens": words, "reasoning_tokens": 0}
        return {"svg_usage": {"model": author["model"], **cost, "total_tokens": 2 * words}}

    def events(self, operation: str) -> Iterator[Json]:
        """Give the events of a stream: the partial pictures, then the whole one."""
        partial = self.body.get("partial_images") or 0
        shared = {"created_at": self.created, **self.settings()}
        for place in range(partial):
            yield {
                "type": f"{operation}.partial_image",
                "partial_image_index": place,
                "b64_json": self.picture(done=(place + 1) / (partial + 1)),
                **shared,
            }
        for place in range(self.body.get("n") or 1):
            yield {
                "type": f"{operation}.completed",
                "b64_json": self.picture(place),
                "usage": self.usage(1),
                **shared,
            }
