"""Which JSON bodies of imported operations are parted into arguments, and which stay one."""

from typing import Any

import pytest
from openapi_samples import TEXT, body, made, sent, takes


@pytest.mark.parametrize(
    ("beside", "right", "wrong"),
    [
        ({"minProperties": 1}, {"a": "x"}, {}),
        ({"maxProperties": 1}, {"a": "x"}, {"a": "x", "b": "y"}),
        ({"dependentRequired": {"a": ["b"]}}, {"b": "y"}, {"a": "x"}),
        ({"type": "array", "items": TEXT}, ["x"], {"a": "x"}),
    ],
)
def test_a_body_that_is_more_than_its_keys_is_one_argument(
    beside: dict[str, Any], right: Any, wrong: Any
) -> None:
    schema = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, **beside}
    function = made(body(schema), version="3.1.0")

    assert takes(function, {"body": right})
    assert not takes(function, {"body": wrong})


async def test_a_body_that_may_be_null_is_parted() -> None:
    function = made(body({"type": ["object", "null"], "properties": {"a": TEXT}}), version="3.1.0")

    assert (await sent(function, {"a": "x"}))["body"] == '{"a":"x"}'
