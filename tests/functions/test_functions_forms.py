"""Operations of OpenAPI documents that take a form."""

import json
from typing import Any

import pytest
from http_samples import offered, site, way_to
from openapi_samples import FORM, WHOLE, body, made, sent

from functions import testing
from functions._openapi.operations import operations

FIELDS = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "open": {"type": "boolean"},
    },
    "required": ["title"],
}


def document_of(operation: dict[str, Any]) -> bytes:
    return json.dumps({"openapi": "3.0.3", "paths": {"/notes": {"post": operation}}}).encode()


async def test_a_form_is_sent_as_one() -> None:
    content = {"application/x-www-form-urlencoded": {"schema": FIELDS}}
    operation = {"operationId": "note", "requestBody": {"required": True, "content": content}}
    async with site() as place:
        [found] = operations(document_of(operation), server=f"{place.origin}/v1").operations
        function = found.function
        assert function is not None
        registry = await offered(function, way_to(place))
        asker = testing.fake_context(approval=testing.Approves())
        given = '{"title": "a&b=c", "tags": ["x", "y z"], "open": true}'
        result = await registry.call("note", given, asker)
        missing = await registry.call("note", '{"open": true}', asker)

    [request] = place.requests
    assert result.ok
    assert "title is required" in missing.text
    assert request["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert request["body"] in (
        "title=a%26b%3Dc&tags=x&tags=y%20z&open=true",
        b"title=a%26b%3Dc&tags=x&tags=y%20z&open=true",
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"properties": {"photo": {"type": "string", "format": "binary"}}}, "a form with a file"),
        ({"anyOf": [FIELDS, {"properties": {"id": {}}}]}, "not listed plainly"),
    ],
)
def test_a_form_that_cannot_be_filled_is_refused(fields: dict[str, Any], told: str) -> None:
    content = {"application/x-www-form-urlencoded": {"schema": fields}}

    text = document_of({"requestBody": {"content": content}})
    [found] = operations(text, server="https://api.example.com").operations

    assert found.function is None
    assert told in found.problem


async def test_a_field_of_a_form_is_json_where_the_document_says_so() -> None:
    schema = {"properties": {"a": {"type": "object", "properties": {"b": WHOLE}}}}
    as_json = {"a": {"contentType": "application/json"}}

    request = await sent(made(body(schema, FORM, encoding=as_json)), {"a": {"b": 1}})

    assert request["body"] == "a=%7B%22b%22%3A1%7D"
