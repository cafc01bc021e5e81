"""Embeddings: what texts mean, as vectors."""

import base64
import sys
from array import array
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Required, Unpack

from pydantic import field_validator

from bot.openai.objects import APIObject, APIResult
from bot.openai.resource import Resource, refuse_fewer
from bot.openai.rules import Filled, Options, checked, either, several, text, whole
from bot.openai.wire.api import Ask

MOST_INPUTS = 2048
INPUT = either(
    f"must be a text that is not empty, at most {MOST_INPUTS:,} of them, tokens or lists of tokens",
    text(1),
    several(text(1), 1, MOST_INPUTS),
    several(whole(0), 1, MOST_INPUTS),
    several(several(whole(0), 1), 1, MOST_INPUTS),
)


class EmbeddingParameters(Options, total=False):
    """The fields of a request for embeddings; None leaves a field out."""

    model: Required[Filled]
    input: Required[Annotated[str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]], INPUT]]
    dimensions: Annotated[int | None, whole(1)]
    encoding_format: Literal["float", "base64"] | None
    user: str | None


class Embedding(APIObject):
    """The vector of one input; the answer's base64 is numbers already."""

    embedding: list[float]
    index: int = 0
    object: str = "embedding"

    @field_validator("embedding", mode="before")
    @classmethod
    def _decoded(cls, value: Any) -> Any:
        return decoded(value) if isinstance(value, str) else value


class EmbeddingUsage(APIObject):
    """What the request cost, in tokens."""

    prompt_tokens: int = 0
    total_tokens: int = 0


class CreateEmbeddingResponse(APIResult):
    """The vectors of all inputs, in their order."""

    data: list[Embedding]
    model: str = ""
    object: str = "list"
    usage: EmbeddingUsage | None = None


class Embeddings(Resource):
    """Embeddings of one server."""

    async def create(self, **parameters: Unpack[EmbeddingParameters]) -> CreateEmbeddingResponse:
        """Return the vectors of one text or several."""
        body = checked(EmbeddingParameters, parameters)
        ask = Ask("POST", ("embeddings",), body=body, first_byte=parameters.get("timeout"))
        result = await self._result(CreateEmbeddingResponse, ask)
        refuse_fewer(result.data, body["input"], result.request_id)
        result.data.sort(key=lambda one: one.index)
        return result


def decoded(data: str) -> list[float]:
    """Return the numbers in a base64 text of 32-bit floats, least byte first."""
    numbers = array("f", base64.b64decode(data, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()
