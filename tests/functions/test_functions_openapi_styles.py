"""How public documents write things: right calls are taken and sent as meant, wrong ones told."""

import json
from typing import Any

import pytest
from http_samples import Site, at, offered, site, way_to

from functions import HttpFunction, Operation, SecretHeader, Web, testing
from functions._http.declared import declare_http
from functions._openapi.operations import operations
from functions._validation import Refused

WEB = Web(resolve=at("8.8.8.8"))
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
FORM = "application/x-www-form-urlencoded"


def a_document(version: str = "3.0.3", **parts: Any) -> dict[str, Any]:
    head: dict[str, Any] = {"openapi": version, "servers": [{"url": "https://api.example.com"}]}
    if version == "2.0":
        head = {"swagger": "2.0", "host": "api.example.com", "schemes": ["https"]}
    return {**head, "info": {"title": "t"}, **parts}


def listed(document: dict[str, Any], **options: Any) -> dict[str, Operation]:
    return {one.key: one for one in operations(json.dumps(document), **options).operations}


def the_one(operation: dict[str, Any], method: str = "post", **options: Any) -> Operation:
    """Return what becomes of one operation; options are parts of the document."""
    secret, version = options.pop("secret", ""), options.pop("version", "3.0.3")
    options["paths"] = {"/x": {method: operation}}
    [one] = listed(a_document(version, **options), secret=secret).values()
    return one


def made(operation: dict[str, Any], method: str = "post", **options: Any) -> HttpFunction:
    one = the_one(operation, method, **options)
    assert one.function is not None, one.problem
    return one.function


def body(schema: Any, kind: str = "application/json", **media: Any) -> dict[str, Any]:
    content = {kind: {"schema": schema, **media}}
    return {"operationId": "f", "requestBody": {"required": True, "content": content}}


def takes(function: HttpFunction, arguments: dict[str, Any]) -> bool:
    try:
        declare_http(function, WEB).read(json.dumps(arguments))
    except Refused:
        return False
    return True


async def sent(function: HttpFunction, arguments: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Return the request that a call makes."""
    async with site() as place:
        registry = await offered(moved(function, place), way_to(place))
        result = await registry.call("f", json.dumps(arguments), testing.fake_context(**context))
        assert result.ok, result.text
    [request] = place.requests
    return request


def moved(function: HttpFunction, place: Site) -> HttpFunction:
    url = function.url.replace("https://api.example.com", place.origin)
    fields = {one: getattr(function, one) for one in HttpFunction.__slots__}
    return HttpFunction(**{**fields, "url": url, "approve": "never"})


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
        ({"style": "form", "explode": False}, ["a", "b"], "q=a%2Cb"),
        ({}, ["a", "b"], "q=a&q=b"),
    ],
)
async def test_a_list_in_the_query_is_written_as_the_document_says(
    parameter: dict[str, Any], value: list[str], query: str
) -> None:
    one = {"name": "q", "in": "query", "schema": {"type": "array", "items": TEXT}, **parameter}

    request = await sent(made({"operationId": "f", "parameters": [one]}, "get"), {"q": value})

    assert request["path"] == f"/x?{query}"


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


@pytest.mark.parametrize(
    ("scheme", "path", "header", "value"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, "/x", "X-Key", "hush:hush"),
        ({"type": "apiKey", "in": "query", "name": "key"}, "/x?key=hush%3Ahush", "Host", ""),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, "/x", "Cookie", "sid=hush%3Ahush"),
        ({"type": "http", "scheme": "bearer"}, "/x", "Authorization", "Bearer hush:hush"),
        ({"type": "http", "scheme": "basic"}, "/x", "Authorization", "Basic aHVzaDpodXNo"),
        ({"type": "oauth2", "flows": {}}, "/x", "Authorization", "Bearer hush:hush"),
    ],
)
async def test_the_secret_goes_where_the_document_wants_it(
    scheme: dict[str, Any], path: str, header: str, value: str
) -> None:
    function = made(
        {"operationId": "f", "security": [{"k": []}]},
        "get",
        secret="s",
        components={"securitySchemes": {"k": scheme}},
    )

    request = await sent(function, {}, secrets={"s": "hush:hush"})

    assert request["path"] == path
    assert request["headers"][header].startswith(value)


async def test_a_secret_in_the_query_is_struck_out_of_what_comes_back() -> None:
    secret = SecretHeader(secret="s", header="key", prefix="", put="query")
    function = HttpFunction(
        name="f", description="d", url="https://api.example.com/x", secret=secret
    )
    async with site() as place:
        registry = await offered(moved(function, place), way_to(place))
        context = testing.fake_context(secrets={"s": "hush:hush"})
        result = await registry.call("f", "{}", context)

    assert result.text == '{"seen":"/x?key=[secret]"}'


@pytest.mark.parametrize(
    ("security", "problem", "lacks"),
    [
        ([{"a": [], "b": []}], "several secrets at once (a, b)", False),
        ([{"a": [], "b": []}, {"a": []}], "", False),
        ([{"d": []}], "it wants digest", False),
        ([], "", False),
    ],
)
def test_of_several_ways_the_first_that_takes_one_secret_counts(
    security: list[Any], problem: str, lacks: bool
) -> None:
    schemes = {"a": {"type": "http", "scheme": "bearer"}, "d": {"type": "http", "scheme": "digest"}}
    components = {"securitySchemes": schemes}

    one = the_one({"security": security}, "get", secret="s", components=components)

    assert problem in one.problem
    assert bool(one.problem) == bool(problem)
    assert one.function is None or bool(one.function.secret) == bool(security)


def test_of_several_ways_the_plainest_counts() -> None:
    schemes = {"b": {"type": "http", "scheme": "basic"}, "k": {"type": "http", "scheme": "bearer"}}
    security = [{"b": []}, {"k": []}]

    function = made(
        {"security": security}, "get", secret="s", components={"securitySchemes": schemes}
    )

    assert function.secret == SecretHeader(secret="s")


@pytest.mark.parametrize("where", ["header", "query", "formData"])
def test_a_token_beside_the_header_that_carries_it_is_not_asked_of_the_model(where: str) -> None:
    parameters = [{"name": "token", "in": where, "required": True, "type": "string"}]
    schemes = {"o": {"type": "oauth2"}}
    operation = {"parameters": parameters, "security": [{"o": []}]}

    function = made(operation, secret="s", version="2.0", securityDefinitions=schemes)

    assert function.parameters["properties"] == {}


def test_an_operation_that_wants_a_secret_says_so_where_none_was_named() -> None:
    assert the_one({"security": [{"a": []}]}, "get").lacks_secret
    assert not the_one({"security": [{}, {"a": []}]}, "get").lacks_secret
    assert not the_one({}, "get").lacks_secret


def test_a_parameter_that_is_the_secret_is_not_asked_of_the_model() -> None:
    schemes = {"k": {"type": "apiKey", "in": "query", "name": "key"}}
    one = {"name": "key", "in": "query", "required": True, "schema": TEXT}
    operation = {"parameters": [one], "security": [{"k": []}]}

    function = made(operation, "get", secret="s", components={"securitySchemes": schemes})

    assert function.parameters["properties"] == {}


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


@pytest.mark.parametrize("mapping", [{}, {"mapping": {"cat": "#/components/schemas/Cat"}}])
@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_kinds_are_told_apart_by_their_discriminator(mapping: dict[str, Any], word: str) -> None:
    key = {"propertyName": "kind", **mapping}
    function = made(body({word: FORMS, "discriminator": key}), components={"schemas": KINDS})
    cat = "cat" if mapping else "Cat"

    assert takes(function, {"body": {"kind": cat, "lives": 9}})
    assert takes(function, {"body": {"kind": "Dog"}})
    assert not takes(function, {"body": {"kind": cat, "barks": 1}})
    assert not takes(function, {"body": {"kind": "Cow"}})


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

    assert takes(function, {"body": {"kind": "Tiger", "stripes": 5}})
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


def test_what_is_elsewhere_or_of_another_method_is_told_not_passed_over() -> None:
    paths = {"/a": {"$ref": "./a.yaml"}, "/b": {"head": {}, "get": {}}, "x-more": {}}

    found = listed(a_document(paths=paths))

    assert list(found) == ["* /a", "GET /b", "HEAD /b"]
    assert "./a.yaml" in found["* /a"].problem
    assert "no function can have this method" in found["HEAD /b"].problem


def test_of_several_servers_the_first_with_https_counts() -> None:
    servers = [{"url": "http://a.example"}, {"url": "https://b.example"}]

    function = made({}, "get", servers=servers)

    assert function.url == "https://b.example/x"


@pytest.mark.parametrize("text", ["openapi: 3.0.0\n", 'swagger: "2.0"\n', '# hi\n"openapi": 3.1.0'])
def test_yaml_is_refused_with_the_way_to_make_json_of_it(text: str) -> None:
    with pytest.raises(Exception, match=r"yq -o=json openapi\.yaml > openapi\.json"):
        operations(text)
