"""Where the secret of an imported operation goes, and when there is none."""

from typing import Any

import pytest
from http_samples import offered, site, way_to
from openapi_samples import TEXT, WEB, a_document, listed, made, moved, sent, the_one

from functions import DeclarationError, HttpFunction, SecretHeader, testing
from functions._http.declared import declare_http


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


BEARER = {"type": "http", "scheme": "bearer"}
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
BASIC = {"type": "http", "scheme": "basic"}
DIGEST = {"type": "http", "scheme": "digest"}


@pytest.mark.parametrize(
    ("security", "problem", "names"),
    [
        ([{"a": [], "k": []}, {"a": []}], "", ["s"]),
        ([{"a": [], "k": []}, {"b": []}], "", ["s"]),
        ([{"d": []}], "it wants digest", []),
        ([{"a": [], "d": []}], "it wants digest", []),
        ([], "", []),
    ],
)
def test_of_several_ways_the_first_that_takes_one_secret_counts(
    security: list[Any], problem: str, names: list[str]
) -> None:
    schemes = {"a": BEARER, "k": KEY, "b": BASIC, "d": DIGEST}

    one = the_one(
        {"security": security}, "get", secret="s", components={"securitySchemes": schemes}
    )
    secret = one.function.secret if one.function else None

    assert problem in one.problem
    assert bool(one.problem) == bool(problem)
    assert [each.secret for each in (secret.every if secret else ())] == names


@pytest.mark.parametrize("named", ["acme", "acme_app_key", "acme_user"])
async def test_secrets_that_are_wanted_at_once_have_their_keys_in_the_document_as_names(
    named: str,
) -> None:
    places = {"App-Key": KEY, "user": BASIC, "sid": {"in": "cookie"}, "q": {"in": "query"}}
    schemes = {name: {"type": "apiKey", "name": name, **one} for name, one in places.items()}
    operation = {"operationId": "f", "security": [{key: [] for key in places}]}
    values = {"acme_app_key": "hushed", "acme_user": "jo:hush", "acme_sid": "c", "acme_q": "v"}

    function = made(operation, "get", secret=named, components={"securitySchemes": schemes})
    request = await sent(HttpFunction.load(function.dump()), {}, secrets=values)

    assert request["path"] == "/x?q=v"
    assert request["headers"]["X-Key"] == "hushed"
    assert request["headers"]["Authorization"] == "Basic am86aHVzaA=="
    assert request["headers"]["Cookie"] == "sid=c"


def test_two_secrets_in_one_header_are_refused() -> None:
    schemes = {"a": BEARER, "b": BASIC}
    operation = {"security": [{key: [] for key in schemes}]}

    function = made(operation, "get", secret="s", components={"securitySchemes": schemes})

    with pytest.raises(DeclarationError, match="the header authorization is given twice"):
        declare_http(function, WEB)


def test_a_parameter_in_whose_place_any_of_the_secrets_goes_is_not_the_models() -> None:
    keys = [{"name": name, "in": "header", "schema": TEXT} for name in ("X-Key", "X-Other")]
    operation = {"security": [{"a": [], "k": []}], "parameters": keys}
    schemes = {"a": BEARER, "k": KEY}

    function = made(operation, "get", secret="s", components={"securitySchemes": schemes})

    assert list(function.parameters["properties"]) == ["X-Other"]


def test_the_flows_of_one_login_take_one_secret() -> None:
    schemes = {"Oauth2": {"type": "oauth2"}, "Oauth2c": {"type": "oauth2"}}
    security = [{"Oauth2": [], "Oauth2c": []}]

    function = made(
        {"security": security}, "get", secret="s", components={"securitySchemes": schemes}
    )

    assert function.secret == SecretHeader(secret="s")


@pytest.mark.parametrize(
    ("where", "name", "goes_to"),
    [
        ("header", "X-Api-Key", ("header", "X-Api-Key", "")),
        ("query", "apikey", ("query", "apikey", "")),
        ("header", "Authorization", ("header", "Authorization", "Bearer ")),
        ("header", "X-Idempotency", ("header", "Authorization", "Bearer ")),
    ],
)
def test_without_a_word_on_security_a_needed_key_is_where_the_secret_goes(
    where: str, name: str, goes_to: tuple[str, str, str]
) -> None:
    operation = {"parameters": [{"name": name, "in": where, "required": True, "schema": TEXT}]}

    secret = made(operation, "get", secret="s").secret

    assert secret is not None
    assert (secret.put, secret.header, secret.prefix) == goes_to
    assert the_one(operation, "get").lacks_secret == (name != "X-Idempotency")


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
    assert "malformed" in the_one({"security": 5}, "get").problem


def test_a_parameter_that_is_the_secret_is_not_asked_of_the_model() -> None:
    schemes = {"k": {"type": "apiKey", "in": "query", "name": "key"}}
    one = {"name": "key", "in": "query", "required": True, "schema": TEXT}
    operation = {"parameters": [one], "security": [{"k": []}]}

    function = made(operation, "get", secret="s", components={"securitySchemes": schemes})

    assert function.parameters["properties"] == {}


@pytest.mark.parametrize("path", [".evil.test/x", "-evil.test/x", ":8443/x", "@evil.test/x"])
def test_no_path_leads_to_another_host(path: str) -> None:
    [one] = listed(a_document(paths={path: {"get": {}}}), secret="s").values()

    assert one.function is not None
    assert one.function.url == f"https://api.example.com/{path}"
