import asyncio
import gzip
import json
from typing import Any

import pytest
from aiohttp import web
from http_samples import CITY, SECRET, at, called, offered, site, way_to, weather

from functions import (
    Context,
    DeclarationError,
    Hosts,
    HttpFunction,
    Registry,
    SecretHeader,
    Web,
    testing,
)
from functions._http.value import Place


async def test_arguments_of_a_get_go_into_the_query() -> None:
    async with site() as place:
        result = await called(weather(place), way_to(place), {"city": "São Paulo & more"})

    assert result.ok
    assert result.text == '{"seen":"/weather?city=S%C3%A3o%20Paulo%20%26%20more"}'


async def test_the_host_is_called_by_its_name_at_the_checked_address() -> None:
    async with site() as place:
        await called(weather(place), way_to(place))

        assert place.requests[0]["headers"]["Host"] == f"api.test:{place.port}"


async def test_arguments_of_a_post_go_into_the_body_with_an_idempotency_key() -> None:
    async with site() as place:
        function = weather(place, method="POST", approve="never")
        context = testing.fake_context()
        await called(function, way_to(place))

    [request] = place.requests
    assert json.loads(request["body"]) == {"city": "Bonn"}
    assert request["headers"]["Content-Type"] == "application/json"
    assert request["headers"]["Idempotency-Key"] == context.key


async def test_what_has_no_body_tells_no_type_of_one() -> None:
    async with site() as place:
        function = HttpFunction(
            name="weather", description="d", url=f"{place.origin}/x", method="POST", approve="never"
        )
        assert (await called(function, way_to(place), {})).ok

    assert "Content-Type" not in place.requests[0]["headers"]


async def test_reading_carries_no_idempotency_key() -> None:
    async with site() as place:
        await called(weather(place), way_to(place))

    assert "Idempotency-Key" not in place.requests[0]["headers"]


async def test_each_argument_goes_to_its_place() -> None:
    schema = {
        "properties": {
            "id": {"type": "string"},
            "trace": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "names": {"type": "array", "items": {"type": "string"}},
            "note": {"type": "string"},
        }
    }
    places = (
        Place(argument="trace", put="header", name="X-Trace"),
        Place(argument="tags", put="query", name="tag"),
        Place(argument="names", put="query", joined=True),
    )
    arguments = {"id": "a b", "trace": "t1", "tags": ["x", "y"], "names": ["p", "q"], "note": "n"}
    async with site() as place:
        url = f"{place.origin}/things/{{id}}?fixed=1"
        function = weather(
            place, url=url, method="PUT", approve="never", parameters=schema, places=places
        )
        await called(function, way_to(place), arguments)

    [request] = place.requests
    assert request["path"] == "/things/a%20b?fixed=1&tag=x&tag=y&names=p,q"
    assert request["headers"]["X-Trace"] == "t1"
    assert json.loads(request["body"]) == {"note": "n"}


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ([Place(argument="town", put="query")], "there is no parameter town"),
        ([Place(argument="city", put="path")], "the URL has no place {city}"),
        ([Place(argument="city", put="header", name="a b")], "cannot be the name of a header"),
        ([Place(argument="city", put="form"), Place(argument="note", put="content")], "a body is"),
        ([Place(argument=name, put="content") for name in ("city", "note")], "a body is JSON"),
    ],
)
def test_places_that_do_not_fit_are_refused(places: list[Place], told: str) -> None:
    function = HttpFunction(
        name="tell",
        description="Tells.",
        method="POST",
        url="https://a.example.com/x",
        parameters={"properties": {"city": {"type": "string"}, "note": {"type": "string"}}},
        places=tuple(places),
    )

    with pytest.raises(DeclarationError, match=told):
        Registry().admit(function)


@pytest.mark.parametrize(
    ("put", "value", "told"),
    [
        ("header", "a\r\nX-Admin: yes", "city: has characters that cannot stand in a header"),
        ("query", "x" * 8000, "arguments: are too long for a URL"),
    ],
)
async def test_an_argument_that_cannot_stand_in_its_place_is_told(
    put: Any, value: str, told: str
) -> None:
    async with site() as place:
        function = weather(place, places=(Place(argument="city", put=put, name="X-City"),))
        result = await called(function, way_to(place), {"city": value})

    assert told in result.text
    assert not place.requests


@pytest.mark.parametrize(
    ("value", "text"), [(["a", "b"], "a,b"), (True, "true"), ({"a": 1}, '{"a":1}'), (None, None)]
)
async def test_an_argument_in_a_header_is_written_as_one_text(value: Any, text: Any) -> None:
    async with site() as place:
        function = weather(
            place,
            parameters={"properties": {"city": {}}},
            places=(Place(argument="city", put="header", name="X-City"),),
        )
        await called(function, way_to(place), {"city": value})

    [request] = place.requests
    assert request["headers"].get("X-City") == text


@pytest.mark.parametrize(
    ("put", "path", "body"),
    [("form", "/x", "city=Bonn&note=n"), ("content", "/x?note=n", '"Bonn"')],
)
async def test_an_argument_without_a_place_goes_beside_the_others(
    put: Any, path: str, body: str
) -> None:
    schema = {"properties": {"city": {"type": "string"}, "note": {"type": "string"}}}
    places = (Place(argument="city", put=put),)
    async with site() as place:
        function = weather(
            place,
            url=f"{place.origin}/x",
            method="POST",
            approve="never",
            parameters=schema,
            places=places,
        )
        await called(function, way_to(place), {"city": "Bonn", "note": "n"})

    [request] = place.requests
    assert (request["path"], request["body"]) == (path, body)


@pytest.mark.parametrize(
    "value",
    ["..", ".", "../admin", "a/../../admin", "..\\admin", "%2e%2e/admin", "..;/x", "", "a\r\nb"],
)
async def test_an_argument_cannot_leave_its_place_in_the_path(value: str) -> None:
    schema = {"properties": {"kind": {"type": "string"}, "id": {"type": "string"}}}
    async with site() as place:
        function = weather(place, url=f"{place.origin}/{{kind}}/{{id}}", parameters=schema)
        result = await called(function, way_to(place), {"kind": "items", "id": value})

    assert not result.ok
    assert "- id: should" in result.text
    assert place.requests == []


@pytest.mark.parametrize(
    "value", ["a/b", "a?x=1", "a#b", "a@evil.test", "//evil.test", "ä€", "a%2fb"]
)
async def test_signs_with_a_meaning_are_encoded_in_the_path(value: str) -> None:
    schema = {"properties": {"id": {"type": "string"}}}
    async with site() as place:
        function = weather(place, url=f"{place.origin}/items/{{id}}/x", parameters=schema)
        result = await called(function, way_to(place), {"id": value})

    path = place.requests[0]["path"]
    assert result.ok
    assert path.count("/") == 3
    assert not set("?#@") & set(path)


async def test_wrong_arguments_are_told_and_nothing_is_sent() -> None:
    async with site() as place:
        result = await called(weather(place), way_to(place), {"town": "Bonn"})

    assert result.text == (
        "weather was not run, its arguments are wrong:\n"
        "- arguments: city is required\n"
        "- town: is unknown; known are city"
    )
    assert place.requests == []


async def test_null_means_not_given_and_defaults_are_sent() -> None:
    schema = {
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 3}},
        "required": ["city"],
    }
    async with site() as place:
        function = weather(place, parameters=schema)
        await called(function, way_to(place), {"city": "Bonn", "days": None})

    assert place.requests[0]["path"] == "/weather?city=Bonn&days=3"


def test_what_stands_in_the_path_must_be_given_unless_it_has_a_default() -> None:
    text = {"type": "string"}
    function = HttpFunction(
        name="look",
        description="Looks.",
        url="https://a.example.com/{team}/{place}?day={day}",
        parameters={
            "properties": {"team": {**text, "default": "web"}, "place": text, "day": text},
            "required": ["place"],
        },
    )

    shown = Registry().admit(function).tool["function"]["parameters"]

    assert shown["required"] == ["place", "day"]


async def test_the_model_sees_neither_url_nor_headers() -> None:
    async with site() as place:
        secret = SecretHeader(secret="weather")
        registry = await offered(weather(place, secret=secret), way_to(place))
        [tool] = registry.tools(testing.fake_context())

    assert tool["function"] == {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {**CITY, "additionalProperties": False},
        "strict": True,
    }


async def test_what_must_be_approved_is_not_run_unasked() -> None:
    async with site() as place:
        result = await called(weather(place, method="DELETE"), way_to(place))

    assert "must be approved" in result.text
    assert place.requests == []


async def test_a_dry_run_says_what_would_be_sent() -> None:
    async with site() as place:
        function = weather(place, method="POST", secret=SecretHeader(secret="weather"))
        result = await called(function, way_to(place), dry_run=True, secrets={"weather": SECRET})

    assert f"POST {place.origin}/weather" in result.text
    assert '{"city":"Bonn"}' in result.text
    assert place.requests == []


async def test_redirects_are_not_followed() -> None:
    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with site(away) as place:
        result = await called(weather(place), way_to(place))

    assert "redirect" in result.text
    assert len(place.requests) == 1


async def test_an_answer_is_read_no_further_than_its_limit() -> None:
    async def bomb(request: web.Request) -> web.Response:
        data = gzip.compress(b"x" * 50_000_000)
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain"}
        return web.Response(body=data, headers=headers)

    async with site(bomb) as place:
        way = Web(Hosts([place.origin]), at("127.0.0.1"), limit=6000)
        result = await called(weather(place), way)

        none = await called(weather(place), Web(way.hosts, at("127.0.0.1"), 6000, whole=True))

    assert result.text == "x" * 2000 + "\n[the answer is longer than 6,000 bytes]"
    assert "answered with more than 6,000 bytes" in none.text


async def test_an_answer_that_is_packed_is_unpacked() -> None:
    async def packed(request: web.Request) -> web.Response:
        data = gzip.compress(b'{"a":  1}')
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=data, headers=headers)

    async with site(packed) as place:
        result = await called(weather(place), way_to(place))

    assert result.text == '{"a":1}'


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "application/zip"])
async def test_only_text_and_json_are_taken(kind: str) -> None:
    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=b"\x89PNG", content_type=kind)

    async with site(picture) as place:
        result = await called(weather(place), way_to(place))

    assert f"{kind}, which is no text" in result.text


async def test_an_answer_that_does_not_come_is_given_up_in_time() -> None:
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    async with site(hang) as place:
        result = await called(weather(place, timeout=0.2), way_to(place))
        never.set()

    assert "did not answer" in result.text


async def test_a_failure_after_sending_leaves_the_effect_in_doubt() -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.close()
        return web.Response()

    async with site(cut) as place:
        function = weather(place, method="POST", approve="never")
        result = await called(function, way_to(place))

    assert "It may have taken effect" in result.text


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with site() as place:
        result = await called(weather(place), way_to(place))

    assert result.ok


async def test_https_tells_the_name_and_not_the_address() -> None:
    hello = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello.set_result(await reader.read(2000))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    origin = f"https://api.test:{server.sockets[0].getsockname()[1]}"
    function = HttpFunction(name="f", description="d", url=f"{origin}/", parameters={})
    result = await called(function, Web(Hosts([origin]), at("127.0.0.1")), {})
    server.close()

    assert b"api.test" in await hello
    assert not result.ok


async def test_who_may_call_it_is_a_hard_limit() -> None:
    async with site() as place:
        function = weather(place, who="admins")
        result = await called(function, way_to(place))
        context: Context = testing.fake_context(user=testing.ADMIN)
        registry = await offered(function, way_to(place))
        allowed = await registry.call("weather", '{"city":"Bonn"}', context)

    assert "only admins" in result.text
    assert allowed.ok
