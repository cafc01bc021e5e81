"""The secret of an HTTP function: sent to its host, and never told to anybody."""

import pytest
from aiohttp import web
from http_samples import SECRET, at, called, site, way_to, weather

from functions import DeclarationError, HttpFunction, Registry, SecretHeader
from functions._http.hosts import Hosts
from functions._http.web import Web


async def test_the_secret_is_sent_and_struck_out_of_what_comes_back() -> None:
    async def tell(request: web.Request) -> web.Response:
        return web.json_response({"you sent": request.headers["Authorization"]})

    async with site(tell) as place:
        function = weather(place, secret=SecretHeader(secret="Weather"))
        result = await called(function, way_to(place), secrets={"weather": SECRET})

    assert place.requests[0]["headers"]["Authorization"] == f"Bearer {SECRET}"
    assert result.text == '{"you sent":"Bearer [secret]"}'


@pytest.mark.parametrize(
    ("secret", "sent"),
    [
        (SecretHeader(secret="k", prefix="Basic "), "Basic aHVzaA=="),
        (SecretHeader(secret="k", header="key", put="query", prefix=""), "/weather?x=1&key="),
    ],
)
async def test_a_secret_that_is_encoded_already_is_sent_as_it_is(
    secret: SecretHeader, sent: str
) -> None:
    async with site() as place:
        function = weather(place, url=f"{place.origin}/weather?x=1", parameters=None, secret=secret)
        await called(function, way_to(place), {}, secrets={"k": "aHVzaA=="})

    [request] = place.requests
    assert sent in f"{request['path']} {request['headers'].get('Authorization')}"


async def test_a_secret_that_no_header_takes_is_told_and_nothing_is_sent() -> None:
    async with site() as place:
        function = weather(place, secret=SecretHeader(secret="k"))
        result = await called(function, way_to(place), secrets={"k": "a\r\nX-Admin: yes"})

    assert "The secret k has characters that cannot stand in a header" in result.text
    assert not place.requests


@pytest.mark.parametrize(
    "secret",
    [
        SecretHeader(secret="k", header="a b", prefix="", put="query"),
        SecretHeader(secret="k", header="key", prefix="Bearer ", put="cookie"),
    ],
)
def test_a_secret_that_cannot_stand_where_it_should_is_refused(secret: SecretHeader) -> None:
    function = HttpFunction(name="f", description="d", url="https://a.example.com", secret=secret)

    with pytest.raises(DeclarationError, match="cannot be the name of a key"):
        Registry().admit(function)


async def test_the_secret_is_struck_out_of_failures_too() -> None:
    async def tell(request: web.Request) -> web.Response:
        return web.Response(status=401, text=f"bad key {request.headers['Authorization']}")

    async with site(tell) as place:
        function = weather(place, secret=SecretHeader(secret="weather"))
        result = await called(function, way_to(place), secrets={"weather": SECRET})

    assert not result.ok
    assert "401" in result.text
    assert SECRET not in result.text


async def test_half_of_a_secret_does_not_stand_where_a_failure_is_cut() -> None:
    async def tell(request: web.Request) -> web.Response:
        before = "-" * int(request.query["city"])
        return web.Response(status=400, text=f"{before}{SECRET}{'-' * 9_000}")

    async with site(tell) as place:
        function = weather(place, secret=SecretHeader(secret="weather"))
        for before in range(1_440, 1_480, 8):
            given = {"city": str(before)}
            result = await called(function, way_to(place), given, secrets={"weather": SECRET})
            assert SECRET[:8] not in result.text


async def test_half_of_a_secret_does_not_stand_where_an_answer_is_cut() -> None:
    async def tell(request: web.Request) -> web.Response:
        return web.Response(text=f"{'-' * 9_990}{SECRET}")

    async with site(tell) as place:
        function = weather(place, secret=SecretHeader(secret="weather"))
        way = Web(Hosts([place.origin]), at("127.0.0.1"), limit=10_000)
        result = await called(function, way, secrets={"weather": SECRET})

    assert "longer than 10,000 bytes" in result.text
    assert SECRET[:8] not in result.text


async def test_half_of_a_secret_does_not_stand_in_a_redirect() -> None:
    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"/{'-' * 190}{SECRET}/there"})

    async with site(away) as place:
        function = weather(place, secret=SecretHeader(secret="weather"))
        result = await called(function, way_to(place), secrets={"weather": SECRET})

    assert "-[secret]/there" in result.text


async def test_a_missing_secret_is_told_and_nothing_is_sent() -> None:
    async with site() as place:
        function = weather(place, secret=SecretHeader(secret="weather"))
        result = await called(function, way_to(place))

    assert "The secret weather is not set" in result.text
    assert place.requests == []
