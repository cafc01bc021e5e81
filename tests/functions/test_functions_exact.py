"""What the schema promises is taken, and nothing else is: the places where pydantic differs."""

import abc
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import typing
import uuid
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal, LiteralString, NotRequired, TypedDict
from zoneinfo import ZoneInfo

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    Field,
    ImportString,
    StringConstraints,
    condecimal,
)

from functions import DeclarationError, Function, Registry, function, testing
from functions._jsonschema.check import Checker


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1


class Pair(enum.Enum):
    LEFT = (1, 2)


class Empty(enum.Enum):
    pass


class Tree(TypedDict):
    value: int
    left: NotRequired["Tree"]
    others: "list[Tree]"


class OldName(BaseModel):
    size: int = Field(validation_alias=AliasChoices("size", "length"))


class Inside(BaseModel):
    size: int = Field(validation_alias=AliasPath("box", "size"))


class Untold(BaseModel):
    kind: str


class Unknown:
    pass


class Tagged(BaseModel):
    kind: Literal[Colour.RED]


class Shape(BaseModel, abc.ABC):
    @abc.abstractmethod
    def area(self) -> float: ...


@dataclasses.dataclass
class Sheet(abc.ABC):
    size: int

    @abc.abstractmethod
    def cut(self) -> None: ...


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


@dataclasses.dataclass
class Counted:
    name: str
    length: int = dataclasses.field(init=False, default=0)


def taking(annotation: Any) -> Function[..., Any]:
    def keep(x: Any) -> str:
        return repr(x)

    keep.__annotations__["x"] = annotation
    return function(effect="read")(keep)


def shown(annotation: Any) -> dict[str, Any]:
    rule: dict[str, Any] = testing.schema(taking(annotation))["parameters"]["properties"]["x"]
    return rule


async def said(annotation: Any, value: Any) -> str:
    return (await testing.call(taking(annotation), {"x": value})).text


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (Literal[Colour.RED], "red", "<Colour.RED: 'red'>"),
        (list[Literal[Colour.RED, "other"]], ["other", "red"], "['other', <Colour.RED: 'red'>]"),
        (LiteralString, "a", "'a'"),
        (dict[int, str], {"-7": "a"}, "{-7: 'a'}"),
        (dict[Level, str], {"1": "a"}, "{<Level.LOW: 1>: 'a'}"),
        (dict[bool, int], {"true": 1}, "{True: 1}"),
        (dict[int | Literal["all"], int], {"7": 1, "all": 2}, "{7: 1, 'all': 2}"),
        (decimal.Decimal, "-1.50", "Decimal('-1.50')"),
        (Tree, {"value": 1, "others": [{"value": 2, "others": []}]}, None),
        (Counted, {"name": "a"}, "Counted(name='a', length=0)"),
        (OldName, {"size": 1}, "OldName(size=1)"),
        (datetime.timedelta, "-P1DT2H", None),
    ],
)
async def test_what_the_schema_says_is_taken(annotation: Any, value: Any, expected: str) -> None:
    result = await testing.call(taking(annotation), {"x": value})

    assert result.ok, result.text
    assert expected in (None, result.text)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (dict[int, str], {"01": "a"}),
        (dict[int, str], {"a": "a"}),
        (dict[bool, int], {"1": 1}),
        (dict[float, int], {"nan": 1}),
        (collections.OrderedDict[int, str], {"a": "a"}),
        (dict[int | Literal["all"], int], {"some": 1}),
        (dict[Annotated[str, Field(pattern="^[a-z]+$")], int], {"A": 1}),
        (decimal.Decimal, "1_000"),
        (decimal.Decimal, "1e9999"),
        (decimal.Decimal, " 7 "),
        (uuid.UUID, "6fa459eaee8a3ca4894edb77e160355e"),
        (datetime.timedelta, "1 day"),
        (OldName, {"length": 1}),
        (Counted, {"name": "a", "length": 3}),
        (Annotated[str, StringConstraints(to_lower=True, pattern="^[a-z]+$")], "ABC"),
    ],
)
async def test_what_the_schema_does_not_say_is_refused(annotation: Any, value: Any) -> None:
    result = await testing.call(taking(annotation), {"x": value})

    assert not result.ok
    assert result.note == "wrong arguments"


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (Pair, "Pair must be texts or numbers"),
        (Empty, "Empty has no members"),
        (Literal[b"x"], "a Literal must hold texts and numbers"),
        (Tagged, "use StrEnum"),
        (dict[tuple[int, int], int], "keys of a JSON object are texts"),
        (dict[tuple[int, int], int], "use a list.$"),
        (dict[Literal[1, 2], int], "use an IntEnum or int.$"),
        (ImportString, "must not choose what is imported"),
        (list[ImportString[int]], "must not choose what is imported"),
        (Callable[[int], int], "what it takes cannot be described as JSON. Use types that"),
        (Unknown, r"what it takes \(Unknown\) cannot be described as JSON. Use types that"),
        (Annotated[Tagged | Untold, Field(discriminator="kind")], "to be of type `Literal`.$"),
        (Inside, "AliasPath"),
        (ClassVar[int], "not that of a value"),
        (typing.Self, "not that of a value"),
        (typing.Generator[int, None, None], "an iterator is not checked before the call: use list"),
        (Shape, "Shape is abstract: name the classes that can be made"),
        (list[Sheet], "Sheet is abstract"),
    ],
)
def test_what_could_never_be_called_is_refused_at_once(annotation: Any, reason: str) -> None:
    with pytest.raises(DeclarationError, match=reason):
        Registry([taking(annotation)])


@pytest.mark.parametrize("written", ["19.99", 19.99, "-0019.90", "999.990", 5, "0.07", 0.07])
async def test_digits_of_a_decimal_are_described_and_taken(written: str | float) -> None:
    price = condecimal(max_digits=5, decimal_places=2)

    assert await said(price, written) == repr(decimal.Decimal(str(written)))


@pytest.mark.parametrize("written", ["19.999", 19.999, 1000, "1000", -1000.5, "1e2"])
def test_a_schema_tells_of_a_decimal_with_too_many_digits(written: str | float) -> None:
    schema = shown(condecimal(max_digits=5, decimal_places=2))

    assert not Checker(schema).accepts(written, schema)


@pytest.mark.parametrize("written", ["", "a", "1+2", "j1", "1+2j "])
async def test_complex_numbers_are_described(written: str) -> None:
    assert await said(complex, "1.5-2j") == "(1.5-2j)"
    assert "should match the pattern" in await said(complex, written)


@pytest.mark.parametrize("written", ["", "a", "1/0", "1 / 3", "1/-3", "nan"])
async def test_fractions_are_described(written: str) -> None:
    assert await said(fractions.Fraction, "-1/3") == "Fraction(-1, 3)"
    assert await said(fractions.Fraction, ".5") == "Fraction(1, 2)"
    assert "should match the pattern" in await said(fractions.Fraction, written)


def test_fields_that_a_dataclass_fills_in_are_not_shown() -> None:
    shown = testing.schema(taking(Counted))["parameters"]["$defs"]["Counted"]

    assert list(shown["properties"]) == ["name"]


def test_keys_are_described() -> None:
    assert shown(dict[Literal[1, "a"], int])["propertyNames"]["enum"] == ["a"]
    assert shown(dict[Colour, int])["propertyNames"] == {
        "type": "string",
        "enum": ["red", "blue"],
    }
    assert shown(dict[int, int])["propertyNames"] == {"pattern": "^(0|-?[1-9][0-9]*)$"}
    assert shown(collections.Counter[int])["propertyNames"] == {"pattern": "^(0|-?[1-9][0-9]*)$"}
    assert "propertyNames" not in shown(dict[str, int])
    assert shown(dict[Annotated[str, Field(pattern="^a")], int]) == {
        "type": "object",
        "propertyNames": {"type": "string", "pattern": "^a"},
        "additionalProperties": {"type": "integer"},
    }


async def test_a_tag_that_tells_forms_apart_must_be_given_also_where_it_has_a_default() -> None:
    assert shown(Pet)["required"] == ["kind"]
    assert shown(Pet)["discriminator"] == {"propertyName": "kind"}
    assert await said(Pet, {"kind": "dog"}) == "Dog(kind='dog')"
    assert "- x: kind is required" in await said(Pet, {})
    assert "several forms" not in await said(Pet, {})


async def test_null_is_told_where_there_is_no_default_and_never_taken_out() -> None:
    assert "x.a: should be a valid integer (got null)" in await said(dict[str, int], {"a": None})


async def test_null_inside_a_model_means_its_default() -> None:
    class Guest(BaseModel):
        name: str
        seats: int = 1

    assert await said(Guest, {"name": "Ann", "seats": None}) == "Guest(name='Ann', seats=1)"
    assert "x.name: should be a valid string (got null)" in await said(Guest, {"name": None})


@pytest.mark.parametrize("annotation", [IPv4Network, ZoneInfo])
@pytest.mark.parametrize("sent", ["my-long-secret", "secret42"])
async def test_faults_do_not_repeat_what_was_sent(annotation: Any, sent: str) -> None:
    text = await said(annotation, sent)

    assert "x: " in text
    assert "secret" not in text


def test_a_type_that_raises_is_refused_and_harms_nothing_else() -> None:
    class Odd:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            raise KeyError("nothing here")

    with pytest.raises(DeclarationError, match=r"keep: .*KeyError"):
        Registry([taking(Odd)])


async def test_a_typed_dict_that_contains_itself_is_checked_all_the_way_down() -> None:
    wrong = {"value": 1, "others": [], "left": {"value": "2", "others": []}}

    assert "x.left.value: should be a valid integer" in await said(Tree, wrong)
    assert json.dumps(testing.schema(taking(Tree))["parameters"]).count("additionalProperties") == 2


async def test_a_decimal_number_loses_no_digits_unsaid() -> None:
    @function
    def pay(amount: decimal.Decimal, share: float = 0.5) -> str:
        return str(amount)

    @function
    def measure(length: float) -> str:
        return str(length)

    long = "0.1234567890123456789"
    refused = await testing.call(pay, f'{{"amount": {long}}}')

    assert "amount: has more digits than a number can keep here: send it as text" in refused.text
    assert (await testing.call(pay, {"amount": long})).text == long
    assert (await testing.call(pay, '{"amount": 19.990}')).text == "19.99"
    assert (await testing.call(pay, '{"amount": 12345678901234567890123}')).ok
    assert (await testing.call(measure, f'{{"length": {long}}}')).text == str(float(long))
