"""What the schema says and what is accepted are the same, also where pydantic is laxer."""

import datetime
import enum
import time
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from pydantic import (
    Base64Bytes,
    Base64UrlBytes,
    BaseModel,
    BeforeValidator,
    Field,
    model_validator,
)

from functions import function, testing
from functions._declaring.schema import branching


class Point(NamedTuple):
    x: int
    y: int = 0


class Number(enum.IntEnum):
    ONE = 1


class Leaf(BaseModel):
    kind: Literal["leaf"]


class Left(BaseModel):
    child: "Left | Right | Leaf | None" = None


class Right(BaseModel):
    child: "Left | Right | Leaf | None" = None


class Chain(BaseModel):
    below: "Chain | None" = None


class Stay(BaseModel):
    day: datetime.date
    cost: Decimal
    rooms: tuple[int, int]

    @model_validator(mode="before")
    @classmethod
    def looked_at(cls, given: Any) -> Any:
        return given


def offered(annotation: Any) -> Any:
    def take(value: Any) -> str:
        return "taken"

    take.__annotations__["value"] = annotation
    return function(take)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Literal[1], "true"),
        (Literal[True], "1"),
        (Number, "true"),
        (Point, '{"x": 1}'),
        (set[int], "[1, 1]"),
        (frozenset[str], '["a", "a"]'),
        (complex, "1"),
        (datetime.date, '"0"'),
        (datetime.date, '"1577836800"'),
        (Base64Bytes, '"-_-_"'),
        (Base64UrlBytes, '"%%%"'),
        (datetime.datetime, '"1577836800"'),
        (Annotated[int, BeforeValidator(int)], '"5"'),
        (list[Literal[1] | None], "[1, true]"),
        (dict[str, set[int]], '{"a": [1, 1]}'),
        (datetime.time | datetime.datetime, '"1.5"'),
    ],
    ids=str,
)
async def test_what_the_schema_excludes_is_refused(annotation: Any, value: str) -> None:
    result = await testing.call(offered(annotation), f'{{"value": {value}}}')

    assert not result.ok
    assert "value" in result.text


@pytest.mark.parametrize("annotation", [Base64Bytes, Base64UrlBytes], ids=str)
async def test_blanks_without_end_in_base64_are_refused_at_once(annotation: Any) -> None:
    began = time.monotonic()
    result = await testing.call(offered(annotation), {"value": " " * 30_000 + "!"})

    assert "base64" in result.text
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Literal[1], "1.0"),
        (set[int | bool], "[1, true]"),
        (datetime.datetime, '"2026-01-02T03:04:05"'),
        (datetime.datetime, '"2026-01-02 03:04:05+02:00"'),
        (list[Literal[1] | None], "[1, null]"),
        (Left, '{"child": {"child": {"kind": "leaf"}}}'),
        (Annotated[datetime.date, BeforeValidator(str)], '"2026-01-02"'),
        (Annotated[list[set[int]], BeforeValidator(list)], "[[1]]"),
        (Stay, '{"day": "2026-01-02", "cost": "1.5", "rooms": [1, 2]}'),
    ],
    ids=str,
)
async def test_what_the_schema_includes_is_taken(annotation: Any, value: str) -> None:
    result = await testing.call(offered(annotation), f'{{"value": {value}}}')

    assert result.ok, result.text


@pytest.mark.parametrize("end", ["{}", '{"x": 1}'])
async def test_unions_that_nest_do_not_take_for_ever(end: str) -> None:
    deep = '{"child": ' * 60 + end + "}" * 60

    result = await testing.call(offered(Left), f'{{"value": {deep}}}')

    assert "nested deeper than 10 levels" in result.text


async def test_chains_may_be_long() -> None:
    deep = '{"below": ' * 60 + "{}" + "}" * 60

    assert (await testing.call(offered(Chain), f'{{"value": {deep}}}')).ok


def test_only_unions_that_lead_back_are_counted() -> None:
    def schema(annotation: Any) -> dict[str, Any]:
        found: dict[str, Any] = testing.schema(offered(annotation))["parameters"]
        return found

    assert branching(schema(Left)) == 2
    assert branching(schema(Chain)) == 1
    assert branching(schema(Leaf | Point)) == 1


async def test_a_misspelt_key_is_told_through_lists_and_unions() -> None:
    misspelt = '{"value": [{"kind": "leaf"}, {"kinde": "leaf"}]}'

    result = await testing.call(offered(list[Leaf | Chain]), misspelt)

    assert "value[1].kinde: is unknown, did you mean kind?" in result.text


async def test_of_forms_that_a_mark_tells_apart_the_one_that_was_meant_is_told() -> None:
    class Branch(BaseModel):
        kind: Literal["branch"]
        length: int

    tree = offered(Annotated[Leaf | Branch, Field(discriminator="kind")])
    wrong = await testing.call(tree, '{"value": {"kind": "branch", "length": "1"}}')
    unknown = await testing.call(tree, '{"value": {"kind": "root", "length": 1}}')

    assert "value.length: should be a valid integer" in wrong.text
    assert 'value.kind: should be "leaf"; or should be "branch"' in unknown.text


async def test_a_mark_that_no_form_has_is_not_repeated() -> None:
    class Branch(BaseModel):
        kind: Literal["branch"]

    parts = Annotated[Leaf | Branch, Field(discriminator="kind")]
    result = await testing.call(
        offered(list[parts] | tuple[int, int]), '{"value": [{"kind": "secretly"}]}'
    )

    assert "secretly" not in result.text


class Amount(BaseModel):
    kind: Literal["number"]
    value: float


class Sum(BaseModel):
    kind: Literal["sum"]
    left: "Term"
    right: "Term"


class Product(BaseModel):
    kind: Literal["product"]
    left: "Term"
    right: "Term"


Term = Annotated[Amount | Sum | Product, Field(discriminator="kind")]


@pytest.mark.parametrize(
    ("end", "told"), [("1", "taken"), ('"1"', "value: should be a valid number")]
)
async def test_forms_that_hold_each_other_may_nest_where_a_mark_tells_them_apart(
    end: str, told: str
) -> None:
    term = f'{{"kind": "number", "value": {end}}}'
    for depth in range(25):
        kind = ("sum", "product")[depth % 2]
        term = f'{{"kind": "{kind}", "left": {term}, "right": {{"kind": "number", "value": 2}}}}'

    result = await testing.call(offered(Term), f'{{"value": {term}}}')

    assert told in result.text


async def test_many_faults_are_told_within_bounds() -> None:
    wrong = ", ".join(['{"x": 1}'] * 5000)

    result = await testing.call(offered(Annotated[list[Left], Field()]), f'{{"value": [{wrong}]}}')

    assert len(result.text.encode()) <= 4096
    assert result.text.endswith(" more")


async def test_what_is_wrong_together_is_told_as_such_and_not_as_a_choice() -> None:
    class Seat(BaseModel):
        row: int
        place: int

    @function
    def book(
        name: str,
        code: Annotated[str, Field(min_length=3, pattern="^[A-Z]+$")],
        seat: Seat | None = None,
    ) -> None:
        pass

    nothing = await testing.call(book, {})
    wrong = await testing.call(book, {"name": "Ann", "code": "a", "seat": {}})

    assert nothing.text.endswith("\n- arguments: name and code are required")
    assert wrong.text.endswith(
        "\n- code: should have at least 3 characters and should match the pattern ^[A-Z]+$"
        "\n- seat: row and place are required"
    )
