"""How public documents write things: right calls are taken and sent as meant, wrong ones told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_samples import (
    FORM,
    JUNK,
    TEXT,
    WEB,
    WHOLE,
    a_document,
    body,
    broken,
    listed,
    made,
    sent,
    spots,
    takes,
    the_one,
)

from functions import DeclarationError
from functions._http.declared import declare_http
from functions._openapi.operations import operations


async def test_a_form_with_keys_in_brackets_is_sent_as_such() -> None:
    card = {"type": "object", "properties": {"number": TEXT, "tags": {"type": "array"}}}
    fields = {"card": card, "amount": WHOLE, "expand": {"type": "array", "items": TEXT}}
    deep = {"style": "deepObject", "explode": True}
    encoding = {"card": deep, "expand": deep}
    function = made(body({"type": "object", "properties": fields}, FORM, encoding=encoding))

    request = await sent(
        function, {"amount": 5, "card": {"number": "1 2", "tags": ["a"]}, "expand": ["x"]}
    )

    assert request["headers"]["Content-Type"] == FORM
    assert sorted(request["body"].split("&")) == [
        *("amount=5", "card%5Bnumber%5D=1%202", "card%5Btags%5D%5B0%5D=a", "expand%5B0%5D=x"),
    ]


async def test_a_field_of_a_form_that_may_be_null_is_left_out_then() -> None:
    maybe = {"anyOf": [WHOLE, {"type": "null"}]}
    texts = {"type": "array", "items": {"type": ["string", "null"]}}
    function = made(body({"properties": {"age": maybe, "tags": texts, "name": TEXT}}, FORM))

    request = await sent(function, {"age": None, "tags": ["a", None], "name": "b"})

    assert sorted(request["body"].split("&")) == ["name=b", "tags=a"]


async def test_a_form_of_reading_that_has_no_fields_is_no_body() -> None:
    empty = {"schema": {"type": "object", "properties": {}}, "encoding": {}}
    operation = {"operationId": "f", "requestBody": {"content": {FORM: empty}}}

    request = await sent(made(operation, "get"), {})

    assert request["body"] == ""


@pytest.mark.parametrize(
    ("parameter", "value", "query"),
    [
        ({"style": "spaceDelimited", "explode": False}, ["a", "b"], "q=a%20b"),
        ({"style": "pipeDelimited", "explode": False}, ["a", "b"], "q=a%7Cb"),
        ({"style": "form", "explode": False}, ["a", "b,c"], "q=a,b%2Cc"),
        ({}, ["a", "b"], "q=a&q=b"),
    ],
)
async def test_a_list_in_the_query_is_written_as_the_document_says(
    parameter: dict[str, Any], value: list[str], query: str
) -> None:
    one = {"name": "q", "in": "query", "schema": {"type": "array", "items": TEXT}, **parameter}

    request = await sent(made({"operationId": "f", "parameters": [one]}, "get"), {"q": value})

    assert request["path"] == f"/x?{query}"


async def test_what_is_json_in_the_query_is_written_so() -> None:
    schema = {"type": "object", "properties": {"size": WHOLE}}
    one = {"name": "q", "in": "query", "content": {"application/json": {"schema": schema}}}

    request = await sent(made({"operationId": "f", "parameters": [one]}, "get"), {"q": {"size": 5}})

    assert request["path"] == "/x?q=%7B%22size%22%3A5%7D"


@pytest.mark.parametrize("style", ["spaceDelimited", "made-up"])
def test_a_parameter_that_cannot_be_written_is_left_out_if_that_is_allowed(style: str) -> None:
    one = {"name": "X-Kind", "in": "header", "style": style, "schema": TEXT}

    assert made({"parameters": [one]}).parameters["properties"] == {}
    assert style in the_one({"parameters": [{**one, "required": True}]}).problem


async def test_an_object_of_objects_in_the_query_has_its_keys_in_brackets() -> None:
    schema = {"type": "object", "properties": {"made": {"type": "object"}}}
    one = {"name": "f", "in": "query", "style": "deepObject", "schema": schema}

    request = await sent(
        made({"operationId": "f", "parameters": [one]}, "get"), {"f": {"made": {"gt": 5}}}
    )

    assert request["path"] == "/x?f%5Bmade%5D%5Bgt%5D=5"


@pytest.mark.parametrize(
    ("kinds", "content_type"),
    [
        (["application/vnd.api+json"], "application/vnd.api+json"),
        (["application/json-patch+json", "application/merge-patch+json"], "application/merge-"),
        (["text/xml", "application/hal+json", "application/json; charset=utf-8"], "application/j"),
        (["*/*"], "application/json"),
        ([FORM, "application/json"], "application/json"),
    ],
)
async def test_the_body_is_of_the_type_that_the_document_takes(
    kinds: list[str], content_type: str
) -> None:
    schema = {"type": "object", "properties": {"a": TEXT}}
    content = {kind: {"schema": schema} for kind in kinds}
    function = made({"operationId": "f", "requestBody": {"content": content}}, "patch")

    request = await sent(function, {"a": "b"})

    assert request["headers"]["Content-Type"].startswith(content_type)


async def test_reading_with_a_body_says_of_what_type_it_is() -> None:
    request = await sent(made(body({"properties": {"a": TEXT}}), "get"), {"a": "b"})

    assert (request["headers"]["Content-Type"], request["body"]) == (
        "application/json",
        '{"a":"b"}',
    )


@pytest.mark.parametrize("name", ["Idempotency-Key", "Content-Length", "Authorization", "Accept"])
def test_headers_that_are_ours_are_no_arguments(name: str) -> None:
    one = {"name": name, "in": "header", "required": True, "schema": TEXT}

    function = made({"parameters": [one]})

    declare_http(function, WEB)
    assert function.parameters["properties"] == {}


KINDS = {
    "Cat": {"type": "object", "properties": {"kind": TEXT, "lives": WHOLE}, "required": ["kind"]},
    "Dog": {"type": "object", "properties": {"kind": TEXT, "barks": WHOLE}, "required": ["kind"]},
}
FORMS = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_a_model_sees_by_what_key_kinds_are_told_apart(word: str) -> None:
    key = {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
    function = made(body({word: FORMS, "discriminator": key}), components={"schemas": KINDS})

    assert function.parameters["properties"]["body"]["discriminator"] == key
    assert takes(function, {"body": {"kind": "cat", "lives": 9}})
    assert not takes(function, {"body": {"kind": "cat", "lives": 9, "barks": 1}})


def test_a_key_that_each_kind_fixes_itself_is_left_to_it() -> None:
    fixed = {"type": "object", "properties": {"kind": {"enum": ["c"]}}, "required": ["kind"]}
    schema = {"oneOf": FORMS[:1], "discriminator": {"propertyName": "kind"}}

    function = made(body(schema), components={"schemas": {"Cat": fixed}})

    assert takes(function, {"body": {"kind": "c"}})


def test_forms_that_overlap_are_one_or_another() -> None:
    function = made(body({"properties": {"n": {"oneOf": [WHOLE, {"type": "number"}]}}}))

    assert takes(function, {"n": 5})
    assert not takes(function, {"n": "5"})


def test_an_object_that_others_are_made_of_takes_their_keys_too() -> None:
    base = {**KINDS["Cat"], "discriminator": {"propertyName": "kind"}}
    whole = {"allOf": [FORMS[0], {"type": "object", "properties": {"age": WHOLE}}]}
    schemas = {"Cat": base, "Tiger": whole}

    function = made(body(FORMS[0]), components={"schemas": schemas})
    derived = made(body({"$ref": "#/components/schemas/Tiger"}), components={"schemas": schemas})
    wrapped = {"pet": {"allOf": FORMS[:1], "description": "The pet."}}
    inside = made(body({"properties": wrapped}), components={"schemas": schemas})

    assert takes(function, {"body": {"kind": "Tiger", "stripes": 5}})
    assert takes(inside, {"pet": {"kind": "Tiger", "stripes": 5}})
    assert takes(derived, {"kind": "Tiger", "age": 5})
    assert not takes(derived, {"kind": "Tiger", "stripes": 5})


def test_a_mix_of_plain_objects_is_parted_into_arguments() -> None:
    parts = [FORMS[0], {"type": "object", "properties": {"age": WHOLE}, "required": ["age"]}]

    function = made(body({"allOf": parts}), components={"schemas": KINDS})

    assert list(function.parameters["properties"]) == ["kind", "lives", "age"]
    assert function.parameters["required"] == ["kind", "age"]
    assert "$defs" not in function.parameters


def test_a_reference_wrapped_to_be_described_stays_what_it_is() -> None:
    pet = {"allOf": [FORMS[0]], "description": "The pet.", "nullable": True}

    function = made(body({"properties": {"pet": pet}}), components={"schemas": KINDS})

    assert takes(function, {"pet": {"kind": "x"}})
    assert not takes(function, {"pet": {"kind": "x", "typo": 1}})
    assert not takes(function, {"pet": {}})


def test_what_is_beside_a_reference_counts_since_3_1() -> None:
    schemas = {"Name": TEXT}
    short = {"$ref": "#/components/schemas/Name", "maxLength": 3}
    operation = body({"properties": {"name": short}})

    new = made(operation, version="3.1.0", components={"schemas": schemas})
    old = made(operation, components={"schemas": schemas})

    assert (takes(new, {"name": "long"}), takes(old, {"name": "long"})) == (False, True)


@pytest.mark.parametrize(
    ("mix", "right", "wrong"),
    [
        (
            {"allOf": [FORMS[0], {"anyOf": [{"required": ["lives"]}, {"required": ["name"]}]}]},
            {"body": {"kind": "a", "lives": 9}},
            {"body": {"kind": "a"}},
        ),
        (
            {"allOf": [FORMS[0], {"properties": {}}], "minProperties": 2},
            {"body": {"kind": "a", "lives": 9}},
            {"body": {"kind": "a"}},
        ),
        (
            {"allOf": [FORMS[0], {"properties": {}, "additionalProperties": WHOLE}]},
            {"body": {"kind": "a", "age": 1}},
            {"body": {"kind": "a", "age": "b"}},
        ),
        (
            {"allOf": [FORMS[0], {"properties": {"lives": {"minimum": 1}}}]},
            {"kind": "a", "lives": 9},
            {"kind": "a", "lives": "9"},
        ),
        (
            {"allOf": [{"properties": {"n": {"minimum": at}}} for at in (5, 1)]},
            {"n": 5},
            {"n": 2},
        ),
    ],
)
def test_a_mix_is_held_to_all_of_its_parts(
    mix: dict[str, Any], right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    function = made(body(mix), components={"schemas": KINDS})

    assert takes(function, right)
    assert not takes(function, wrong)


def test_a_mix_within_what_it_mixes_takes_its_keys() -> None:
    kid = {"allOf": [{"$ref": "#/components/schemas/Node"}, {"properties": {"age": WHOLE}}]}
    node = {"type": "object", "properties": {"kid": kid}}

    function = made(body({"properties": {"n": kid}}), components={"schemas": {"Node": node}})

    assert takes(function, {"n": {"kid": {"kid": {"age": 1}}}})


def test_a_recursive_mix_is_taken() -> None:
    node = {"allOf": [KINDS["Cat"], {"type": "object", "properties": {"kids": {"type": "array"}}}]}
    node["allOf"][1]["properties"]["kids"]["items"] = {"$ref": "#/components/schemas/Node"}
    reference = {"$ref": "#/components/schemas/Node"}

    function = made(body(reference), components={"schemas": {"Node": node}})

    assert takes(function, {"kind": "a", "kids": [{"kind": "b", "kids": []}]})
    assert not takes(function, {"kind": "a", "kids": [{"kind": "b", "kids": [{}]}]})


def test_a_time_of_day_needs_no_offset() -> None:
    function = made(body({"properties": {"at": {"type": "string", "format": "time"}}}))

    assert takes(function, {"at": "09:30"})


@pytest.mark.parametrize(
    ("consumes", "told"),
    [(["application/xml"], "its body is application/xml"), (["application/json"], "")],
)
def test_a_body_of_version_2_is_of_the_type_that_is_taken(consumes: list[str], told: str) -> None:
    one = {"name": "b", "in": "body", "schema": {"type": "object"}}

    found = the_one({"parameters": [one], "consumes": consumes}, version="2.0")

    assert told in found.problem
    assert bool(found.problem) == bool(told)


async def test_a_form_of_version_2_is_written_as_the_document_says() -> None:
    tags = {"name": "tags", "in": "formData", "type": "array", "items": TEXT}
    piped = {**tags, "collectionFormat": "pipes", "description": "All of them."}
    function = made({"operationId": "f", "parameters": [piped]}, version="2.0")

    request = await sent(function, {"tags": ["a", "b"]})

    assert request["body"] == "tags=a%7Cb"
    assert function.parameters["properties"]["tags"]["description"] == "All of them."


def test_of_a_schema_no_more_is_shown_than_a_model_needs() -> None:
    said = {"title": "A", "example": "e", "x-order": 1, "description": "word " * 999}

    shown = made(body({"properties": {"a": {**TEXT, **said}}})).parameters["properties"]["a"]

    assert shown.keys() == {"type", "description"}
    assert len(shown["description"]) < 1000


@pytest.mark.parametrize(
    ("properties", "told"),
    [({"a": {"type": "file"}}, "a file"), ({f"p{n}": TEXT for n in range(2000)}, "too large")],
)
def test_a_body_that_cannot_be_taken_is_told(properties: dict[str, Any], told: str) -> None:
    assert told in the_one(body({"properties": properties})).problem


def test_a_server_of_version_2_is_asked_by_https_where_nothing_is_said() -> None:
    assert made({}, "get", version="2.0", schemes=None).url == "https://api.example.com/x"


def test_what_is_elsewhere_or_of_another_method_is_told_not_passed_over() -> None:
    b = {"head": {}, "get": {}, "query": {}, "additionalOperations": {"LINK": {}}}
    paths = {"/a": {"$ref": "./a.yaml"}, "/b": b, "x-more": {}}

    found = listed(a_document(paths=paths))

    assert list(found) == ["* /a", "GET /b", "HEAD /b", "QUERY /b", "LINK /b"]
    assert "./a.yaml" in found["* /a"].problem
    assert "no function can have this method" in found["HEAD /b"].problem


def test_of_several_servers_the_first_with_https_counts() -> None:
    servers = [{"url": "http://a.example"}, {"url": "https://b.example"}]

    function = made({}, "get", servers=servers)

    assert function.url == "https://b.example/x"


@pytest.mark.parametrize("text", ["openapi: 3.0.0\n", 'swagger: "2.0"\n', '# hi\n"openapi": 3.1.0'])
def test_yaml_is_refused_with_the_way_to_make_json_of_it(text: str) -> None:
    with pytest.raises(Exception, match=r"yq -o=json openapi\.yaml > openapi\.json"):
        operations(text.encode())


CAT = {"$ref": "#/components/schemas/Cat"}
KITTEN = {"$ref": "#/components/schemas/Kitten"}
TOLD_APART = {"oneOf": FORMS, "discriminator": {"propertyName": "kind", "mapping": {}}}
DEEP = {"name": "q", "in": "query", "style": "deepObject", "schema": CAT}
MIXED = a_document(
    "3.1.0",
    components={
        "schemas": {**KINDS, "Kitten": {"allOf": [CAT, {"properties": {"mother": KITTEN}}]}},
        "securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "key"}},
    },
    security=[{"k": []}],
    paths={
        "/a": {
            "post": body(TOLD_APART),
            "put": body(KITTEN, FORM, encoding={"mother": {"style": "deepObject"}}),
            "get": {"parameters": [DEEP]},
        }
    },
)


@given(st.data(), JUNK)
def test_a_mixed_document_broken_anywhere_never_raises_but_in_words(data: Any, junk: Any) -> None:
    document = broken(MIXED, data.draw(st.sampled_from(spots(MIXED))), junk)

    try:
        found = operations(json.dumps(document).encode(), secret="s").operations
    except DeclarationError:
        return

    assert all(one.function or one.problem for one in found)
