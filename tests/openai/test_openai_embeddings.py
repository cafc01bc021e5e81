"""Embeddings and moderations."""

import base64
import struct
from typing import Any

import pytest
from openai_answers import answers_json
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI

VECTOR = [0.5, -1.25, 3.0]
PICTURE = {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}


def embeddings(*vectors: Any) -> dict[str, Any]:
    data = [
        {"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    return {"object": "list", "data": data, "model": "m", "usage": usage}


async def test_every_field_of_an_embedding_is_sent(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(embeddings(VECTOR), **{"x-request-id": "req_1"}))
    fields: Any = {
        "model": "m",
        "input": "a",
        "dimensions": 3,
        "encoding_format": "float",
        "user": "u",
    }

    result = await client.embeddings.create(**fields)

    assert (server.paths, server.requests) == (["/v1/embeddings"], [fields])
    assert result.data[0].embedding == VECTOR
    assert (result.usage and result.usage.total_tokens, result.request_id) == (2, "req_1")


async def test_base64_becomes_numbers(server: Server, client: OpenAI) -> None:
    packed = base64.b64encode(struct.pack("<3f", *VECTOR)).decode()
    server.answers(answers_json(embeddings(packed)))

    result = await client.embeddings.create(model="m", input="a", encoding_format="base64")

    assert result.data[0].embedding == VECTOR


@pytest.mark.parametrize("packed", ["AAA", "AAAA", "ä"])
async def test_broken_base64_is_no_answer(server: Server, client: OpenAI, packed: str) -> None:
    server.answers(answers_json(embeddings(packed)))

    with pytest.raises(errors.APIResponseValidationError):
        await client.embeddings.create(model="m", input="a", encoding_format="base64")


async def test_vectors_come_in_the_order_of_their_texts(server: Server, client: OpenAI) -> None:
    shuffled = embeddings([0.0], [1.0], [2.0])
    shuffled["data"].reverse()
    server.answers(answers_json(shuffled))

    result = await client.embeddings.create(model="m", input=["a", "b", "c"])

    assert [one.embedding for one in result.data] == [[0.0], [1.0], [2.0]]


@pytest.mark.parametrize(
    ("given", "count"), [("a", 1), (["a"], 1), ([1, 2], 1), ([[1], [2]], 2), (["a"] * 2048, 2048)]
)
async def test_an_input_has_four_forms(
    server: Server, client: OpenAI, given: Any, count: int
) -> None:
    server.answers(answers_json(embeddings(*[VECTOR] * count)))

    await client.embeddings.create(model="m", input=given)

    assert server.requests[0]["input"] == given


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"input": ""}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"dimensions": 0}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
    ],
)
async def test_wrong_embeddings_are_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.embeddings.create(**({"model": "m", "input": "a"} | wrong))

    assert (caught.value.field, server.paths) == (field, [])


MODERATION = {
    "id": "modr-1",
    "model": "omni-moderation-2024-09-26",
    "results": [
        {
            "flagged": True,
            "categories": {"violence": True, "self-harm/intent": False, "illicit": None},
            "category_scores": {"violence": 0.9, "self-harm/intent": 0.1},
            "category_applied_input_types": {"violence": ["text", "image"]},
        }
    ],
}


@pytest.mark.parametrize("given", ["a", ["a"], [{"type": "text", "text": "a"}, PICTURE]])
async def test_texts_and_pictures_are_moderated(server: Server, client: OpenAI, given: Any) -> None:
    server.answers(answers_json(MODERATION))

    answer = await client.moderations.create(input=given, model="omni-moderation-latest")

    assert server.paths == ["/v1/moderations"]
    assert server.requests == [{"input": given, "model": "omni-moderation-latest"}]
    (result,) = answer.results
    assert (result.flagged, result.categories["self-harm/intent"]) == (True, False)
    assert result.category_applied_input_types == {"violence": ["text", "image"]}


async def test_texts_that_a_server_passes_over_are_not_taken_for_judged(
    server: Server, client: OpenAI
) -> None:
    server.answers(answers_json(MODERATION), answers_json(embeddings(VECTOR)))

    with pytest.raises(errors.APIResponseValidationError, match="1 of 2 inputs"):
        await client.moderations.create(input=["a", "b"])
    with pytest.raises(errors.APIResponseValidationError, match="1 of 2 inputs"):
        await client.embeddings.create(model="m", input=["a", "b"])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], "input"),
        (["a", 1], "input[1]"),
        ([{"type": "text"}], "input[0].text"),
        ([{"type": "audio"}], "input[0]"),
        ([PICTURE, {"type": "image_url", "image_url": "x"}], "input[1].image_url"),
        (7, "input"),
        (None, "input"),
    ],
)
async def test_wrong_moderations_are_not_sent(
    server: Server, client: OpenAI, given: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.moderations.create(input=given)

    assert (caught.value.field, server.paths) == (field, [])
