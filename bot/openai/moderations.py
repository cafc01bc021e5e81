"""Moderations: whether texts and pictures are harmful, and how. They cost nothing at OpenAI."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict, Unpack

from pydantic import Field

from bot.openai.errors import InvalidRequestError
from bot.openai.objects import APIObject, APIResult
from bot.openai.resource import Resource, refuse_fewer
from bot.openai.rules import Filled, Options, checked, several, shape, text
from bot.openai.wire.api import Ask


class TextPart(TypedDict):
    """A text among the inputs."""

    type: Literal["text"]
    text: str


class ImageUrl(TypedDict):
    """Where a picture is: an address or a data URL."""

    url: Filled


class ImagePart(TypedDict):
    """A picture among the inputs."""

    type: Literal["image_url"]
    image_url: ImageUrl


PARTS = {"text": shape(TextPart), "image_url": shape(ImagePart)}


def part(field: str, value: Any) -> Any:
    """Check one input of several."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    if kind not in PARTS:
        raise InvalidRequestError(field, "must be a part of type text or image_url")
    return PARTS[kind](field, value)


def content(field: str, value: Any) -> Any:
    """Check the input: a text, texts, or parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and value and isinstance(value[0], str):
        return several(text())(field, value)
    return several(part, 1)(field, value)


class ModerationParameters(Options, total=False):
    """The fields of a moderation; None leaves a field out."""

    input: Required[Annotated[str | Sequence[str] | Sequence[TextPart | ImagePart], content]]
    model: Filled | None


class Moderation(APIObject):
    """The judgement on one input; categories carry OpenAI's names, such as `self-harm/intent`."""

    flagged: bool
    categories: dict[str, bool | None] = Field(default_factory=dict)
    category_scores: dict[str, float | None] = Field(default_factory=dict)
    category_applied_input_types: dict[str, list[str] | None] | None = None


class ModerationCreateResponse(APIResult):
    """The judgements, one for each text; several parts together have one."""

    id: str = ""
    model: str = ""
    results: list[Moderation]


class Moderations(Resource):
    """Moderations of one server."""

    async def create(self, **parameters: Unpack[ModerationParameters]) -> ModerationCreateResponse:
        """Return the judgement on a text, on several, or on texts and pictures together."""
        body = checked(ModerationParameters, parameters)
        ask = Ask("POST", ("moderations",), body=body, first_byte=parameters.get("timeout"))
        result = await self._result(ModerationCreateResponse, ask)
        refuse_fewer(result.results, body["input"], result.request_id)
        return result
