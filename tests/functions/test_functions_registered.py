import asyncio
import json
from typing import Any

import pytest
from http_samples import Stored, at

from functions import (
    DeclarationError,
    Hosts,
    HttpFunction,
    Registry,
    SecretHeader,
    User,
    Web,
    function,
    testing,
)
from functions._http.declared import declare_http
from functions._http.value import Place
from storage.records import Registration, SwitchedOff

ANY = {"$ref": "#/$defs/b"}
WEB = Web(Hosts(["*"]), at("8.8.8.8"))


def http(name: str = "weather", **fields: Any) -> HttpFunction:
    given = {"description": "Tells.", "url": "https://api.example.com/w", **fields}
    return HttpFunction(name=name, **given)


async def names(registry: Registry, **fields: Any) -> list[str]:
    await registry.refresh()
    context = await registry.with_groups(testing.fake_context(**fields))
    return [tool["function"]["name"] for tool in registry.tools(context)]


async def test_what_is_added_and_removed_is_in_effect_with_the_next_turn() -> None:
    store = Stored()
    registry = Registry(store=store, web=WEB)
    assert await names(registry) == []

    store.functions.append(http())
    store.count += 1
    assert await names(registry) == ["weather"]

    store.functions.clear()
    store.count += 1
    assert await names(registry) == []


async def test_nothing_is_read_again_while_the_version_is_the_same() -> None:
    store = Stored(http())
    registry = Registry(store=store, web=WEB)

    for _ in range(3):
        await names(registry)

    assert store.reads == 1


async def test_only_what_has_changed_is_made_ready_anew() -> None:
    store = Stored(http(), http("tides"))
    registry = Registry(store=store, web=WEB)
    await registry.refresh()
    before = registry.of("T0LOCAL")

    store.functions[1] = http("tides", description="Tells more.")
    store.count += 1
    await registry.refresh()

    after = registry.of("T0LOCAL")
    assert after["weather"] is before["weather"]
    assert after["tides"].tool["function"]["description"] == "Tells more."


async def test_others_go_on_while_hundreds_are_made_ready_once_for_all_turns() -> None:
    store = Stored(*(http(f"f{number}") for number in range(300)))
    registry = Registry(store=store, web=WEB)
    turns = asyncio.gather(registry.refresh(), registry.refresh())

    steps = 0
    while not turns.done():
        await asyncio.sleep(0)
        steps += 1

    assert steps > 300
    assert store.reads == 1
    assert len(registry.of("T0LOCAL")) == 300


def test_a_document_is_read_once_for_its_form_and_review() -> None:
    registry = Registry(web=WEB)
    paths = {"/w": {"get": {"operationId": "weather"}}}
    text = json.dumps({"openapi": "3.1.0", "paths": paths})

    first = registry.operations("T1", text, server="https://api.example.com")

    assert registry.operations("T1", text, server="https://api.example.com") is first
    assert registry.operations("T1", text, server="https://eu.example.com") is not first


async def test_an_operation_takes_the_place_of_none_that_cannot_be_offered_now() -> None:
    elsewhere = http(url="https://closed.example.com/w")
    registry = Registry(store=Stored(elsewhere), web=Web(Hosts(["api.example.com"])))
    await registry.refresh()
    text = json.dumps({"openapi": "3.1.0", "paths": {"/w": {"get": {"operationId": "weather"}}}})

    (found,) = registry.operations("T0LOCAL", text, server="https://api.example.com").operations

    assert [error.file for error in registry.errors] == ["weather"]
    assert found.function
    assert found.function.name == "weather_2"


async def test_a_function_that_fails_as_nobody_foresaw_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def declare(function: HttpFunction, web: Web) -> Any:
        if function.name == "odd":
            raise ZeroDivisionError
        return declare_http(function, web)

    monkeypatch.setattr("functions._registered.declare_http", declare)
    registry = Registry(store=Stored(http("odd"), http()), web=WEB)

    assert await names(registry) == ["weather"]
    assert [error.file for error in registry.errors] == ["odd"]


async def test_each_team_has_its_own() -> None:
    registry = Registry(store=Stored(http()), web=WEB)

    assert await names(registry, team="T1") == []
    assert await names(registry) == ["weather"]


async def test_a_registration_that_cannot_be_used_is_reported_and_the_others_work() -> None:
    class Broken(Stored):
        async def all(self) -> list[Registration]:
            bodies = {"bad": "{", "odd": '{"name":"odd","what":1}', "insecure":
                      http("insecure", url="http://api.example.com/").dump()}  # fmt: skip
            bad = [Registration("T0LOCAL", n, "http", body, "U1") for n, body in bodies.items()]
            return [*bad, Registration("T0LOCAL", "new", "later", "{}", "U1"), *await super().all()]

    registry = Registry(store=Broken(http()), web=WEB)

    assert await names(registry) == ["weather"]
    assert {error.file for error in registry.errors} == {"bad", "odd", "insecure", "new"}


async def test_a_database_that_fails_leaves_everything_as_it_was() -> None:
    store = Stored(http())
    registry = Registry(store=store, web=WEB)
    await names(registry)

    async def fail() -> int:
        raise OSError("disk")

    store.version = fail

    assert await names(registry) == ["weather"]


@function(effect="read")
def weather() -> str:
    """Look out of the window."""
    return "sunny"


async def test_a_registered_function_never_hides_one_in_python() -> None:
    registry = Registry([weather], store=Stored(http()), web=WEB)
    await registry.refresh()
    context = await registry.with_groups(testing.fake_context())

    assert (await registry.call("weather", "", context)).text == "sunny"
    with pytest.raises(DeclarationError, match="there is a function of this name already"):
        registry.admit(http())


@pytest.mark.parametrize(("channel", "here"), [("", True), ("C0GENERAL", True), ("C2", False)])
async def test_a_function_switched_off_is_neither_offered_nor_run(channel: str, here: bool) -> None:
    store = Stored()
    store.off = [SwitchedOff("T0LOCAL", channel, "weather", "U0ADMIN")]
    registry = Registry([weather], store=store)

    assert await names(registry) == ([] if here else ["weather"])
    result = await registry.call("weather", "", testing.fake_context())
    assert result.ok is not here
    assert ("switched it off" in result.text) is here


class Groups:
    async def of(self, team: str, user: str, groups: Any) -> list[str]:
        return ["S1"] if user == "U0ANN" else []


async def test_people_of_a_user_group_may_call_what_it_may() -> None:
    registry = Registry([function(name="pay", who=["S1", "U9"])(lambda: "paid")])

    assert await names(registry, groups=Groups()) == ["pay"]
    assert await names(registry, groups=Groups(), user=User(id="U2")) == []
    assert await names(registry, user=User(id="U9")) == ["pay"]
    assert await names(registry) == []


async def test_groups_that_cannot_be_asked_for_give_no_rights() -> None:
    class Failing:
        async def of(self, team: str, user: str, groups: Any) -> list[str]:
            raise OSError

    registry = Registry([function(name="pay", who=["S1"])(lambda: "paid")])

    assert await names(registry, groups=Failing()) == []


@pytest.mark.parametrize(
    "more", [{"properties": {"a": True}}, {"$defs": {"b": True}, "properties": {"a": ANY}}]
)
def test_a_schema_that_takes_anything_is_not_strict(more: dict[str, Any]) -> None:
    entry = Registry(web=WEB).admit(http(parameters={"required": ["a"], **more}))

    assert "strict" not in entry.tool["function"]


def test_an_http_function_is_the_same_after_the_database() -> None:
    one = http(
        method="POST",
        parameters={"properties": {"a": {"type": "string"}}},
        secret=SecretHeader(secret="key"),
        who=("U1", "S1"),
        headers={"X-A": "b"},
        timeout=5,
    )

    assert HttpFunction.load(one.dump()) == one


KEY = {
    "parameters": {"properties": {"key": {"type": "string"}}},
    "places": (Place(argument="key", put="header", name="x-key"),),
}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "no name"}, "cannot be a function's name"),
    ({"description": " "}, "needs a description"),
    ({"url": "http://api.example.com/"}, "only https on port 443"),
    ({"url": "https://api.example.com/{id}"}, "no parameter"),
    ({"url": "https://api.example.com/{id"}, "bracket"),
    ({"url": "https://api.example.com/../x"}, "step such as"),
    ({"url": "https://api.example.com/%2e%2e/x"}, "step such as"),
    ({"parameters": {"type": "array"}}, "must be of the type object"),
    ({"parameters": {"anyOf": [{}]}}, "at the top"),
    ({"parameters": {"properties": {"a": {}}, "required": ["b"]}}, "requires b and does not"),
    ({"parameters": {"properties": {"a": {"typ": "string"}}}}, "did you mean type"),
    ({"headers": {"Host": "x"}}, "cannot be the name of a header"),
    ({"headers": {"X-A": "a\r\nX-B: c"}}, "characters that cannot be sent"),
    ({"headers": {"X A": "b"}}, "cannot be the name of a header"),
    ({"secret": SecretHeader(secret="k", header="Host")}, "cannot be the name of a header"),
    ({"secret": SecretHeader(secret="k"), "headers": {"authorization": "x"}}, "given twice"),
    ({"secret": SecretHeader(secret="k", header="X-Key"), **KEY}, "header x-key is given twice"),
    ({"headers": {"X-KEY": "ours"}, **KEY}, "header x-key is given twice"),
    (
        {"secret": SecretHeader(secret="k", header="key", prefix="", put="query"),
         "parameters": KEY["parameters"]},
        "query key is given twice",
    ),
    ({"timeout": 0}, "timeout"),
    ({"who": "nobody"}, "who is"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "told"), WRONG)
def test_an_http_function_that_cannot_work_is_refused_when_it_is_saved(
    fields: dict[str, Any], told: str
) -> None:
    with pytest.raises(DeclarationError, match=told) as caught:
        Registry(web=WEB).admit(http(**fields))

    assert not str(caught.value).startswith("weather: ")  # whoever is told knows which it is


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{", "JSON"),
        ("[]", "it:"),
        ('{"name": "a"}', "description"),
        ('{"name": "a", "description": "b", "url": "c", "code": "d"}', "code"),
        ('{"name": "a", "description": "b", "url": "c", "method": "EAT"}', "method"),
    ],
)
def test_a_body_that_is_none_is_refused_with_its_faults(body: str, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        HttpFunction.load(body)
