import asyncio
import json
from typing import Annotated, Literal

import pytest
from pydantic import Field

from functions import FunctionError, Registry, function, testing


def registry(*further: tuple[str, str], count: int = 200) -> Registry:
    """Offer functions that have little to do with anything, and further ones."""

    def with_city(city: str = "Rome") -> None:
        raise FunctionError(city)

    named = [*((f"step_{number}", "Get the next step.") for number in range(count)), *further]
    return Registry(function(name=name, description=text)(with_city) for name, text in named)


def found(among: Registry, about: str) -> list[str]:
    call = among.call("find_functions", json.dumps({"about": about}), testing.fake_context())
    return list(json.loads(asyncio.run(call).text))


@pytest.mark.parametrize(
    ("name", "description", "about"),
    [
        ("convertCurrency", "Ask the bank.", "what are ten euros in other currencies"),
        ("a1", "Books a table in the canteen.", "please book tables for two"),
        ("a2", "Get the price of a share. " + "Get the next step of it. " * 30, "get share prices"),
        ("a3", "予約を取り消す。", "会議室の予約をしたい"),
        ("a4", "Читает погоду.", "какая сегодня погода"),
        ("a6", "मौसम बताता है।", "आज मौसम कैसा है"),
    ],
)
def test_a_function_is_found_by_what_it_does(name: str, description: str, about: str) -> None:
    among = registry((name, description))

    offered = [one["function"]["name"] for one in among.tools(testing.fake_context(), about)]

    assert found(among, about)[0] == name
    assert name in offered
    assert len(offered) == 128


def test_parameters_and_their_values_count_too() -> None:
    @function(description="Get it.")
    def z(postcode: int) -> None: ...

    among = registry()
    among.add(z)

    assert found(among, "who lives at this postcode") == ["z"]


@pytest.mark.parametrize("about", ["invoice", "the customer", "express"])
def test_a_function_is_found_by_its_parameters_and_their_values(about: str) -> None:
    def go(
        invoice: Annotated[str, Field(description="a customer")], way: Literal["express", "slow"]
    ) -> None: ...

    among = registry()
    among.add(function(name="a5")(go))

    assert found(among, about)[0] == "a5"


def test_a_name_counts_as_a_whole_and_above_all_else() -> None:
    among = registry(("add", "Sum up."), ("z9", "Find an address."))
    said = "get the next step, then call add"

    assert "add" in [one["function"]["name"] for one in among.tools(testing.fake_context(), said)]
    assert found(among, "address") == ["z9"]


def test_results_change_what_is_offered_by_the_names_in_them_alone() -> None:
    among, context = (
        registry(("z1", "Book a hotel."), ("z2", "Buy flowers.")),
        testing.fake_context(),
    )

    offered = [
        one["function"]["name"]
        for one in among.tools(context, "book a hotel", "get the next step, or z2. " * 50)
    ]

    assert {"z1", "z2"} < set(offered)


def test_no_more_is_offered_than_there_is_room_for() -> None:
    among, context = registry(("z1", "Book a hotel.")), testing.fake_context()
    few = registry(count=10)

    offered = among.tools(context, "book a hotel", room=5000)

    assert len(str(offered)) < 6000
    assert {"z1", "find_functions"} <= {one["function"]["name"] for one in offered}
    assert len(few.tools(context)) == 10
    assert len(few.tools(context, room=1000)) < 6
    assert found(few, "get the next step")


def test_descriptions_in_other_scripts_take_the_room_of_their_tokens() -> None:
    named = [(f"z{number}", "会議室を予約する。" * 10) for number in range(20)]
    among = registry(*named, count=0)

    offered = among.tools(testing.fake_context(), "会議室", room=3000)

    assert 5 < len(offered) < 10


def test_what_is_found_is_told_in_short() -> None:
    among = registry(("weather", "Weather of a place. " * 100))
    call = among.call("find_functions", '{"about": "weather"}', testing.fake_context())

    assert len(asyncio.run(call).text) < 300


def test_what_nothing_does_is_not_found() -> None:
    assert found(registry(), "xylophone") == []
