"""Embeddings: unit vectors that know which texts are alike."""

import base64
import math
import struct
from typing import Any

import pytest

SMALL = {"model": "text-embedding-3-small"}


async def vectors(api: Any, *texts: Any, **fields: Any) -> list[Any]:
    answer = await api.post("/embeddings", json=SMALL | {"input": list(texts)} | fields)
    return [one["embedding"] for one in answer.json()["data"]]


def alike(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_vectors_have_unit_length_and_the_models_dimensions(api):
    small = (await vectors(api, "hello"))[0]
    large = (await vectors(api, "hello", model="text-embedding-3-large"))[0]

    assert (len(small), len(large)) == (1_536, 3_072)
    assert math.hypot(*small) == pytest.approx(1, abs=1e-5)


async def test_texts_with_the_same_words_are_alike(api):
    invoice, payment, cat = await vectors(
        api, "The invoice is paid late", "A late payment of invoices", "My cat sleeps all day"
    )

    assert alike(invoice, invoice) == pytest.approx(1, abs=1e-5)
    assert alike(invoice, payment) > 2 * alike(invoice, cat)


async def test_short_vectors_are_cut_and_made_unit_length(api):
    full = (await vectors(api, "hello world"))[0]
    short = (await vectors(api, "hello world", dimensions=256))[0]
    length = math.hypot(*full[:256])

    assert len(short) == 256
    assert short == pytest.approx([number / length for number in full[:256]], abs=1e-6)


async def test_base64_holds_the_same_numbers(api):
    plain = (await vectors(api, "hello"))[0]
    packed = (await vectors(api, "hello", encoding_format="base64"))[0]

    assert struct.unpack("<1536f", base64.b64decode(packed)) == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize(("given", "count"), [("x", 1), ([1, 2], 1), ([[1], [2, 3]], 2)])
async def test_inputs_come_in_every_form(api, given, count):
    answer = (await api.post("/embeddings", json=SMALL | {"input": given, "user": "u"})).json()

    assert [one["index"] for one in answer["data"]] == list(range(count))
    assert answer["usage"]["prompt_tokens"] == answer["usage"]["total_tokens"] > 0


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": None}, "input"),
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["x", ""]}, "input"),
        ({"input": {"text": "x"}}, "input"),
        ({"input": ["x"] * 2_049}, "input"),
        ({"input": "word " * 9_000}, "input"),
        ({"dimensions": 1_537}, "dimensions"),
        ({"dimensions": 0}, "dimensions"),
        ({"model": "text-embedding-ada-002", "dimensions": 8}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"texts": "x"}, "texts"),
    ],
)
async def test_unsound_requests_are_refused(api, fields, param):
    refused = await api.post("/embeddings", json=SMALL | {"input": "x"} | fields)

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
