import copy
import json
from typing import Any

import pytest
from http_samples import at, offered, site, way_to
from hypothesis import given
from hypothesis import strategies as st
from openapi_samples import FORM, JUNK, TEXT, a_document, body, broken, listed, spots

from functions import DeclarationError, HttpFunction, Operation, Registry, Web, testing
from functions._openapi import schemas
from functions._openapi.document import SIZE
from functions._openapi.operations import OPERATIONS, operations

PET = {"$ref": "#/components/schemas/Pet"}
PETS: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets"},
    "servers": [
        {"url": "https://{region}.pets.test/v1", "variables": {"region": {"default": "eu"}}}
    ],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets", "summary": "List pets.",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}},
                    {"name": "filter[kind]", "in": "query", "schema": {"type": "string"}},
                    {"$ref": "#/components/parameters/Trace"},
                    {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                ],
            },
            "post": {
                "operationId": "add pet!",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": PET}},
                },
            },
        },
        "/pets/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {"description": "Show one."},
            "put": {
                "operationId": "listPets", "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "id": {"type": "integer"},
                                    "on": {"type": "boolean"},
                                },
                            }
                        }
                    }
                },
            },
            "patch": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/merge-patch+json": {
                            "schema": {"type": "array", "items": {"type": "string"}}
                        }
                    },
                }
            },
        },
        "/upload": {
            "post": {"requestBody": {"required": True, "content": {"multipart/form-data": {}}}}
        },
        "/deep": {
            "get": {
                "parameters": [
                    {"name": "f", "in": "query", "required": True, "schema": {"type": "object"}}
                ]
            }
        },
        "/cookie": {"get": {"parameters": [{"name": "c", "in": "cookie", "required": True}]}},
        "/lost": {"get": {"parameters": [{"$ref": "other.json#/x"}]}},
    },
    "components": {
        "parameters": {"Trace": {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}},
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name", "id", "born"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "born": {"$ref": "#/components/schemas/Day"},
                    "name": {"type": "string", "example": "Rex", "xml": {"name": "n"}},
                    "age": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "owner": {"type": "string", "nullable": True},
                    "parent": {"$ref": "#/components/schemas/Pet"},
                },
            },
            "Day": {"type": "string", "readOnly": True},
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
    },
    "security": [{"key": []}],
}  # fmt: skip


def taken(document: Any = PETS, **options: Any) -> dict[str, Operation]:
    found = operations(json.dumps(document).encode(), **options)
    return {one.key: one for one in found.operations}


def function_of(key: str, document: Any = PETS, **options: Any) -> HttpFunction:
    function = taken(document, **options)[key].function
    assert function is not None
    return function


def test_every_operation_is_listed_with_its_function_or_its_problem() -> None:
    found = taken()

    assert {key: one.function is not None for key, one in found.items()} == {
        "GET /pets": True,
        "POST /pets": True,
        "GET /pets/{id}": True,
        "PUT /pets/{id}": True,
        "PATCH /pets/{id}": True,
        "POST /upload": False,
        "GET /deep": False,
        "GET /cookie": False,
        "GET /lost": False,
    }
    assert "multipart/form-data, and not JSON" in found["POST /upload"].problem
    assert "which only a body can hold" in found["GET /deep"].problem
    assert "cookie" in found["GET /cookie"].problem
    assert "other.json#/x, which is not in the document" in found["GET /lost"].problem


def test_reading_is_free_and_the_rest_waits_for_approval() -> None:
    rules = {
        key: (one.function.own_effect, one.function.own_approve)
        for key, one in taken().items()
        if one.function
    }

    assert rules["GET /pets"] == ("read", "never")
    assert rules["POST /pets"] == ("once", "always")
    assert rules["PUT /pets/{id}"] == ("once", "always")


def test_a_document_may_ask_for_more_care_never_for_less() -> None:
    document = copy.deepcopy(PETS)
    document["paths"]["/pets"]["get"]["x-openai-isConsequential"] = True
    document["paths"]["/pets"]["post"]["x-openai-isConsequential"] = False

    assert function_of("GET /pets", document).own_approve == "always"
    assert function_of("POST /pets", document).own_approve == "always"


def test_names_are_legal_and_unique() -> None:
    names = [one.function.name for one in taken(taken={"listPets"}).values() if one.function]

    assert names == ["listPets_2", "add_pet", "get_pets_id", "listPets_3", "patch_pets_id"]


def test_parameters_get_legal_names_and_keep_their_places() -> None:
    function = function_of("GET /pets")

    assert list(function.parameters["properties"]) == ["limit", "filter_kind", "X-Trace"]
    assert [(place.name, place.put) for place in function.places] == [
        ("limit", "query"),
        ("filter[kind]", "query"),
        ("X-Trace", "header"),
    ]
    assert function.url == "https://eu.pets.test/v1/pets"


def test_a_body_is_parted_and_its_references_kept() -> None:
    parameters = function_of("POST /pets").parameters

    assert parameters["required"] == ["name"]
    assert parameters["properties"] == {
        "name": {"type": "string"},
        "age": {"type": "number", "exclusiveMinimum": 0},
        "owner": {"type": ["string", "null"]},
        "parent": {"$ref": "#/$defs/Pet"},
    }
    assert parameters["$defs"]["Pet"]["required"] == ["name"]


def test_a_body_that_is_no_object_is_one_argument() -> None:
    function = function_of("PATCH /pets/{id}")

    assert function.parameters["properties"]["body"]["type"] == "array"
    assert function.places[-1].put == "content"


def test_the_same_name_in_path_and_body_makes_two_arguments() -> None:
    function = function_of("PUT /pets/{id}")

    assert list(function.parameters["properties"]) == ["id", "id_body", "on"]


def test_the_secret_goes_into_the_header_that_the_document_names() -> None:
    secret = function_of("GET /pets", secret="pets").secret

    assert secret is not None
    assert (secret.header, secret.prefix, secret.secret) == ("X-Api-Key", "", "pets")
    assert function_of("GET /pets").secret is None


def test_a_server_is_taken_from_where_the_document_came_or_as_told() -> None:
    document = {**PETS, "servers": [{"url": "/api"}]}

    assert "name the server" in taken(document)["GET /pets"].problem
    from_url = function_of("GET /pets", document, url="https://x.test/docs/openapi.json")
    assert from_url.url == "https://x.test/api/pets"
    assert function_of("GET /pets", server="https://y.test/").url == "https://y.test/pets"


def test_documents_of_version_2_are_read_too() -> None:
    document = {
        "swagger": "2.0",
        "host": "pets.test",
        "basePath": "/v2",
        "schemes": ["http", "https"],
        "definitions": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "paths": {
            "/pets/{id}": {
                "post": {
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "type": "integer"},
                        {"name": "tags", "in": "query", "type": "array", "items": TEXT},
                        {"name": "pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}},
                    ]
                }
            },
            "/photo": {
                "post": {
                    "parameters": [
                        {"name": "f", "in": "formData", "required": True, "type": "file"}
                    ]
                }
            },
        },
    }  # fmt: skip
    function = function_of("POST /pets/{id}", document)

    assert function.url == "https://pets.test/v2/pets/{id}"
    assert list(function.parameters["properties"]) == ["id", "tags", "name"]
    assert "is a form" in taken(document)["POST /photo"].problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("openapi: 3.0.0\ninfo: {}\n", "looks like YAML"),
        ("[]", "no OpenAPI document"),
        ("{}", "no OpenAPI document"),
        ('{"openapi": "1.2", "paths": {}}', "no OpenAPI document"),
        ('{"openapi": "3.1.0"}', "has no paths"),
        ('{"openapi": "3.1.0", "paths": {}}', "has no paths"),
        ("[" * 100_000, "not JSON"),
        (" " * (SIZE + 1), "longer than"),
    ],
)
def test_what_is_no_document_is_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        operations(text.encode())


@pytest.mark.parametrize("number", ["NaN", "1e999"])
def test_an_operation_with_what_is_no_number_is_told(number: str) -> None:
    odd = {"name": "a", "in": "query", "schema": {"type": "number", "default": "?"}}
    document = json.dumps({"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [odd]}}}})

    text = document.replace('"?"', number)
    [found] = Registry().operations("T1", text, server="https://api.example.com").operations

    assert "no JSON" in found.problem


GIVEN = ["gte", "lt"]
AT_ONCE = {"in": "querystring", "content": {FORM: {}}}


def listing(*parameters: dict[str, Any], version: str = "3.0.3") -> HttpFunction:
    paths = {"/list": {"get": {"operationId": "list", "parameters": list(parameters)}}}
    return function_of("GET /list", a_document(version, paths=paths))


@pytest.mark.parametrize(
    ("style", "wire"),
    [({"style": "deepObject"}, ["made[gte]", "made[lt]"]), ({}, GIVEN), (AT_ONCE, GIVEN)],
)
def test_an_object_in_the_query_becomes_arguments(style: dict[str, Any], wire: list[str]) -> None:
    whole = {"type": "integer"}
    schema = {"type": "object", "properties": {"gte": whole, "lt": whole}, "required": ["lt"]}

    function = listing({"name": "made", "in": "query", "required": True, "schema": schema, **style})

    assert [place.name for place in function.places] == wire
    assert function.parameters["required"] == [function.places[1].argument]


def test_a_list_in_version_2_is_joined_unless_told_otherwise() -> None:
    tags = {"in": "query", "type": "array", "items": TEXT}

    function = listing(
        {"name": "joined", **tags},
        {"name": "apart", **tags, "collectionFormat": "multi"},
        {"name": "one", "in": "query", "type": "string"},
        version="2.0",
    )

    assert [place.style for place in function.places] == ["commas", "", ""]


def test_a_document_may_begin_with_a_byte_order_mark() -> None:
    text = "\ufeff" + json.dumps(PETS)

    assert Registry().operations("T1", text).operations != ()


def test_an_operation_with_half_of_a_character_costs_none_of_the_others() -> None:
    said = {"summary": "a \ud800", "description": "\ud800"}
    paths = {"/a": {"get": said}, "/\udfff": {"get": {}}, "/b": {"get": {}}}
    text = json.dumps({**PETS, "paths": paths})

    found = Registry().operations("T1", text, server="https://api.example.com").operations

    assert [bool(one.function) for one in found] == [False, False, True]
    assert "half of a surrogate pair" in found[0].problem
    assert "".join(one.key + one.summary for one in found).encode()


def test_long_and_many_operations_are_bounded() -> None:
    paths = {f"/{n}": {"get": {"description": "x" * 3000}} for n in range(OPERATIONS + 200)}
    found = operations(json.dumps({**PETS, "paths": paths}).encode())

    assert (len(found.operations), found.more) == (OPERATIONS, 200)
    function = found.operations[0].function
    assert function is not None
    assert len(function.description) <= 1000


async def test_an_imported_operation_runs_as_the_document_says() -> None:
    async with site() as place:
        function = function_of("PUT /pets/{id}", server=f"{place.origin}/v1")
        registry = await offered(function, way_to(place))
        asker = testing.fake_context(approval=testing.Approves())
        arguments = '{"id": "a/b", "id_body": 3, "on": true}'
        result = await registry.call(function.name, arguments, asker)

    [request] = place.requests
    assert result.ok
    assert (request["method"], request["path"]) == ("PUT", "/v1/pets/a%2Fb")
    assert json.loads(request["body"]) == {"id": 3, "on": True}


def test_what_could_not_be_saved_is_told_in_the_list() -> None:
    registry = Registry(web=Web(resolve=at("8.8.8.8")))
    document = {**PETS, "servers": [{"url": "http://pets.test"}]}

    found = registry.operations("T1", json.dumps(document))

    assert all(one.function is None for one in found.operations)
    assert "only https on port 443" in found.operations[0].problem


@given(st.data(), JUNK)
def test_a_document_broken_anywhere_never_raises_but_in_words(data: Any, junk: Any) -> None:
    document = broken(PETS, data.draw(st.sampled_from(spots(PETS))), junk)
    registry = Registry(web=Web(resolve=at("8.8.8.8")))

    try:
        found = registry.operations("T1", json.dumps(document))
    except DeclarationError:
        return

    assert all(one.function or one.problem for one in found.operations)


def test_a_schema_that_many_operations_share_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[Any] = []
    look = schemas.malformed
    monkeypatch.setattr(schemas, "malformed", lambda made: looked.append(made) or look(made))
    note = {"type": "object", "properties": {"text": {"type": "string", "minLength": -1}}}
    one = body({"$ref": "#/components/schemas/Note"})
    paths = {f"/x{at}": {"post": {**one, "operationId": f"f{at}"}} for at in range(9)}

    found = listed(a_document(paths=paths, components={"schemas": {"Note": note}}))

    assert len(looked) == 2
    for operation in found.values():
        assert operation.function is not None
        assert operation.function.parameters["properties"] == {"text": {"type": "string"}}
