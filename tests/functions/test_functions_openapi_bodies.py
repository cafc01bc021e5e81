"""Which arguments and addresses imported operations have, which bodies are parted into several."""

from typing import Any

import pytest
from openapi_samples import TEXT, a_document, body, listed, made, sent, takes


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


def test_what_a_document_says_of_operations_and_parameters_is_told_to_the_model() -> None:
    said = {"summary": "Find pets.", "description": "By their names."}
    given = {"name": "q", "in": "query", "schema": TEXT, "description": "a part of the name"}

    function = made({**said, "parameters": [given]}, "get")

    assert function.description == "Find pets.\nBy their names."
    assert function.parameters["properties"]["q"]["description"] == "a part of the name"


def test_of_an_object_in_the_query_only_the_keys_that_must_be_are_required() -> None:
    inner = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]}
    given = {"name": "o", "in": "query", "schema": inner}

    needed = made({"parameters": [{**given, "required": True}]}, "get")
    idle = made({"parameters": [given]}, "get")

    assert needed.parameters["required"] == ["a"]
    assert idle.parameters["required"] == []


def test_a_server_whose_address_has_a_query_is_refused_for_it_would_take_the_path_in() -> None:
    servers = [{"url": "https://api.example.com/v1?version=2"}]

    found = listed(a_document(paths={"/a": {"get": {}}}, servers=servers))

    assert "has a query" in found["GET /a"].problem
