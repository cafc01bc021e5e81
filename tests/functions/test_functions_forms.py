"""Operations of OpenAPI documents that take a form."""

import json
from typing import Any

from http_samples import offered, site, way_to

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


def document_of(operation: dict[str, Any]) -> str:
    return json.dumps({"openapi": "3.0.3", "paths": {"/notes": {"post": operation}}})


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


def test_a_form_of_files_is_refused() -> None:
    fields = {"properties": {"photo": {"type": "string", "format": "binary"}}}
    content = {"application/x-www-form-urlencoded": {"schema": fields}}

    [found] = operations(document_of({"requestBody": {"content": content}})).operations

    assert found.function is None
