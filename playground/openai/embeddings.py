"""POST /v1/embeddings: vectors without a model, in which texts with the same words lie near.

Every word adds its own direction, found by hashing it; pieces of words add a weaker one, so that
inflections stay close. Shortened vectors are cut and made unit length again, as OpenAI does.
"""

import base64
import math
import re
import struct
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from aiohttp import web

from playground.openai.cards import ModelCard
from playground.openai.checks.shape import anything, choice, text, whole
from playground.openai.errors import bad_request
from playground.openai.models import Models
from playground.openai.reading import read_object, texts_or_tokens
from playground.openai.tokens import count

MOST_INPUTS, INPUT_TOKENS, ALL_TOKENS = 2_048, 8_192, 300_000
WORD = re.compile(r"\w+")
PIECE = 4
PLACES = struct.Struct("<8I")
FIELDS = {
    "input": anything,
    "model": text(),
    "dimensions": whole(1, 100_000),
    "encoding_format": choice("float", "base64"),
    "user": text(),
}


class Embeddings:
    """Embeddings."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def routes(self) -> list[web.RouteDef]:
        """Give the address of this resource."""
        return [web.post("/v1/embeddings", self.create)]

    async def create(self, request: web.Request) -> web.Response:
        """Give a vector for each input."""
        body = await read_object(request, FIELDS, ("model", "input"))
        card = self.models.answering(body["model"], "embeddings")
        inputs = read_inputs(body["input"])
        size = size_for(body, card)
        tokens = sum(check_lengths(inputs))
        as_base64 = body.get("encoding_format") == "base64"
        vectors = [vector(one, card.dimensions, size) for one in inputs]
        return web.json_response(
            {
                "object": "list",
                "data": [
                    {
                        "object": "embedding",
                        "index": place,
                        "embedding": packed(numbers) if as_base64 else numbers,
                    }
                    for place, numbers in enumerate(vectors)
                ],
                "model": card.id,
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )


def read_inputs(given: Any) -> list[str | list[int]]:
    """Give the inputs as a list: texts or lists of tokens, none of them empty."""
    inputs = texts_or_tokens(given, "input")
    if len(inputs) > MOST_INPUTS:
        raise bad_request(f"'$.input' must have 1 to {MOST_INPUTS} items.", "input")
    if not all(inputs):
        place = [bool(one) for one in inputs].index(False)
        raise bad_request(f"'$.input[{place}]' is invalid: expected text or tokens.", "input")
    return inputs


def size_for(body: dict[str, Any], card: ModelCard) -> int:
    """Give the number of dimensions, or refuse it."""
    wanted: int | None = body.get("dimensions")
    if wanted is None:
        return card.dimensions
    if "dimensions" not in card.traits:
        raise bad_request("This model does not support specifying dimensions.", "dimensions")
    if wanted > card.dimensions:
        raise bad_request(
            f"Invalid value for 'dimensions' = {wanted}. Must be less than or equal to "
            f"{card.dimensions}.",
            "dimensions",
        )
    return wanted


def check_lengths(inputs: list[str | list[int]]) -> Iterator[int]:
    """Give the number of tokens of each input; refuse what is too long."""
    total = 0
    for one in inputs:
        tokens = count(one) if isinstance(one, str) else len(one)
        total += tokens
        if tokens > INPUT_TOKENS:
            raise bad_request(
                f"This model's maximum context length is {INPUT_TOKENS} tokens, however you "
                f"requested {tokens} tokens in your prompt. Please reduce your prompt.",
                "input",
                "context_length_exceeded",
            )
        if total > ALL_TOKENS:
            raise bad_request(
                f"Requested {total} tokens, max {ALL_TOKENS} tokens per request.",
                "input",
                "max_tokens_per_request",
            )
        yield tokens


def vector(given: str | list[int], full: int, size: int) -> list[float]:
    """Give the vector of one input."""
    numbers = [0.0] * full
    for feature, weight in features(given):
        places = PLACES.unpack(blake2b(feature.encode(), digest_size=32).digest())
        for place in places:
            numbers[place % full] += weight if place & 0x8000_0000 else -weight
    cut = numbers[:size]
    if not any(cut):
        cut[0] = 1.0
    length = math.sqrt(sum(number * number for number in cut))
    return [round(number / length, 8) for number in cut]


def features(given: str | list[int]) -> Iterator[tuple[str, float]]:
    """Give what an input consists of, each with its weight."""
    if not isinstance(given, str):
        yield from ((f"token {token}", 1.0) for token in given)
        return
    yield "every text", 0.5
    for word in WORD.findall(given.casefold()):
        yield word, 1.0
        for start in range(max(0, len(word) - PIECE) + 1 if len(word) > PIECE else 0):
            yield f"piece {word[start : start + PIECE]}", 0.35


def packed(numbers: list[float]) -> str:
    """Give a vector as OpenAI packs it: little-endian floats in base64."""
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
