"""OpenAPI documents of version 2: what they say of forms, bodies and lists."""

from typing import Any

import pytest
from openapi_samples import FORM, TEXT, WHOLE, made, sent, takes, the_one

MULTIPART = "multipart/form-data"


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "formData", "type": "string", **more}


def asking(*parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": "f", "parameters": list(parameters), **more}


async def test_fields_of_a_form_are_arguments_and_are_sent_as_one() -> None:
    operation = asking(
        field("name", required=True),
        field("tags", type="array", items=TEXT),
        field("each", type="array", items=TEXT, collectionFormat="multi"),
        consumes=[MULTIPART, FORM],
    )
    function = made(operation, version="2.0")

    given = {"name": "a b", "tags": ["x", "y"], "each": ["1", "2"]}
    request = await sent(function, given)

    assert request["body"] == "name=a%20b&tags=x,y&each=1&each=2"
    assert request["headers"]["Content-Type"] == FORM
    assert not takes(function, {"tags": ["x"]})


@pytest.mark.parametrize(
    ("operation", "problem"),
    [
        (asking(field("a"), consumes=[MULTIPART]), "its body is multipart/form-data"),
        (asking(field("a", type="file")), "its body is a form with a file"),
        (asking({"name": "b", "in": "body", "schema": {}}, consumes=["text/csv"]), "text/csv"),
    ],
)
def test_a_body_that_is_no_json_and_no_plain_form_is_told(
    operation: dict[str, Any], problem: str
) -> None:
    assert problem in the_one(operation, version="2.0").problem


async def test_where_no_kind_is_named_a_form_is_plain() -> None:
    function = made(asking(field("n", type="integer")), version="2.0")

    assert takes(function, {})
    assert (await sent(function, {"n": 5}))["body"] == "n=5"


async def test_a_body_is_json_and_as_needed_as_it_says() -> None:
    whole = {"type": "object", "properties": {"n": WHOLE}, "required": ["n"]}
    needed = made(asking({"name": "b", "in": "body", "required": True, "schema": whole}),
                  version="2.0")  # fmt: skip

    assert not takes(needed, {})
    assert (await sent(needed, {"n": 1}))["body"] == '{"n":1}'


@pytest.mark.parametrize(
    ("how", "query"),
    [
        ("csv", "?ids=1,2"),
        ("ssv", "?ids=1%202"),
        ("pipes", "?ids=1%7C2"),
        ("multi", "?ids=1&ids=2"),
        ("", "?ids=1,2"),
    ],
)
async def test_a_list_is_joined_as_the_document_says(how: str, query: str) -> None:
    given = {"name": "ids", "in": "query", "type": "array", "items": WHOLE}
    if how:
        given["collectionFormat"] = how
    function = made(asking(given), "get", version="2.0")

    assert (await sent(function, {"ids": [1, 2]}))["path"].endswith(query)
    assert "collectionFormat" not in str(function.parameters)
