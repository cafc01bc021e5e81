"""Images: make them, edit them, vary them, and watch them appear."""

import base64
from typing import Any, Unpack

from pydantic import Field

from bot.openai.errors import APIResponseValidationError
from bot.openai.event_stream import EventStream, Reading
from bot.openai.images_request import (
    EditParameters,
    GenerateParameters,
    VariationParameters,
    edit_body,
    generate_body,
    variation_form,
)
from bot.openai.objects import APIObject, APIResult, Seconds
from bot.openai.resource import Resource
from bot.openai.wire.api import Ask
from bot.openai.wire.attempts import STREAM
from bot.openai.wire.multipart import Form


class ImageTokens(APIObject):
    """What tokens were."""

    text_tokens: int | None = None
    image_tokens: int | None = None


class ImageUsage(APIObject):
    """What the request cost, in tokens."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_tokens_details: ImageTokens | None = None
    output_tokens_details: ImageTokens | None = None


class SvgUsage(APIObject):
    """What the writing of an SVG cost, apart from the picture itself."""

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    total_tokens: int = 0


class Image(APIObject):
    """One picture, as base64 or by an address that lives for an hour."""

    b64_json: str | None = None
    url: str | None = None
    revised_prompt: str | None = None

    @property
    def content(self) -> bytes:
        """Return the picture's bytes; empty when there is only an address."""
        return _bytes(self.b64_json)


class ImagesResponse(APIResult):
    """The pictures that were asked for."""

    created: Seconds = 0
    data: list[Image] = Field(default_factory=list)
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None
    safety_identifier: str | None = None
    usage: ImageUsage | None = None
    svg_usage: SvgUsage | None = None


class ImageEvent(APIObject):
    """A picture on its way: `image_generation` or `image_edit`, `.partial_image` or `.completed`.

    `partial_image_index` counts the unfinished ones, `usage` comes with the finished one.
    """

    type: str = ""
    b64_json: str | None = None
    partial_image_index: int | None = None
    created_at: Seconds | None = None
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None
    safety_identifier: str | None = None
    usage: ImageUsage | None = None

    @property
    def content(self) -> bytes:
        """Return the picture's bytes."""
        return _bytes(self.b64_json)

    @property
    def is_final(self) -> bool:
        """Tell whether the picture is finished."""
        return self.type.endswith(".completed")


def _completed(kind: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of an answer that was not streamed after all."""
    common = {name: value for name, value in data.items() if name not in ("data", "created")}
    return [
        {"type": f"{kind}.completed", "created_at": data.get("created")} | common | image
        for image in data.get("data") or []
        if isinstance(image, dict)
    ]


def _reading(kind: str) -> Reading[ImageEvent]:
    return Reading(
        ImageEvent, whole=lambda data: _completed(kind, data), final=lambda event: event.is_final
    )


GENERATION = _reading("image_generation")
EDIT = _reading("image_edit")


class Images(Resource):
    """Images of one server."""

    async def generate(self, **parameters: Unpack[GenerateParameters]) -> ImagesResponse:
        """Make images from a text."""
        return await self._result(ImagesResponse, self._generate_ask(parameters, stream=False))

    def generate_stream(self, **parameters: Unpack[GenerateParameters]) -> EventStream[ImageEvent]:
        """Make images and see them appear: `partial_images` says how many unfinished ones."""
        ask = self._generate_ask(parameters, stream=True)
        return EventStream(self._api, ask, GENERATION, answers=parameters.get("n") or 1)

    async def edit(self, **parameters: Unpack[EditParameters]) -> ImagesResponse:
        """Change or extend pictures by a text, inside the mask when there is one."""
        return await self._result(ImagesResponse, self._edit_ask(parameters, stream=False))

    def edit_stream(self, **parameters: Unpack[EditParameters]) -> EventStream[ImageEvent]:
        """Change pictures and see the result appear."""
        ask = self._edit_ask(parameters, stream=True)
        return EventStream(self._api, ask, EDIT, answers=parameters.get("n") or 1)

    async def create_variation(self, **parameters: Unpack[VariationParameters]) -> ImagesResponse:
        """Make pictures that resemble one."""
        form = variation_form(parameters)
        ask = form.ask("images", "variations", first_byte=self._slow(parameters))
        return await self._result(ImagesResponse, ask)

    def _generate_ask(self, parameters: GenerateParameters, *, stream: bool) -> Ask:
        body, slow = generate_body(parameters, stream=stream), self._slow(parameters)
        headers = STREAM if stream else {}
        return Ask("POST", ("images", "generations"), body=body, headers=headers, first_byte=slow)

    def _edit_ask(self, parameters: EditParameters, *, stream: bool) -> Ask:
        fields, files = edit_body(parameters, stream=stream)
        headers, slow, path = STREAM if stream else {}, self._slow(parameters), ("images", "edits")
        if not files:
            return Ask("POST", path, body=fields, headers=headers, first_byte=slow)
        return Form(fields, *files).ask(*path, first_byte=slow, headers=headers)


def _bytes(data: str | None) -> bytes:
    try:
        return base64.b64decode(data or "")
    except ValueError as error:
        raise APIResponseValidationError("The server's image is no base64.") from error
