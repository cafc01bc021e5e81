from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Sequence
from functools import reduce
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, Optional, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field

from functions import Registry, function, testing
from functions._declaring.schema import strict_obstacle
from functions._jsonschema.tree import subschemas


class Colour(enum.Enum):
    RED = "red"
    BLUE = 2


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    good: bool


class Node(BaseModel):
    value: int
    below: list[Node] = []


class Address(TypedDict):
    street: str
    number: NotRequired[int]


@dataclasses.dataclass
class Person:
    name: str
    address: str = ""
    friends: list[Person] = dataclasses.field(default_factory=list)


class Point(NamedTuple):
    x: int
    y: int = 0


class Open(BaseModel, extra="allow"):
    known: int


UUID = "6fa459ea-ee8a-3ca4-894e-db77e160355e"

# annotation: values it takes, with what the function then gets; values it does not take
TYPES: dict[Any, tuple[dict[str, Any], list[str]]] = {
    int: ({"5": 5, "5.0": 5}, ['"5"', "5.5", "true", "null", "[]"]),
    float: ({"5": 5.0, "0.5": 0.5}, ['"5"', "true", '"NaN"']),
    bool: ({"true": True}, ["1", '"yes"', "null"]),
    str: ({'"é"': "é"}, ["5", "true", "null"]),
    bytes: ({'"é"': "é".encode()}, ["5"]),
    datetime.date: ({'"2026-02-28"': datetime.date(2026, 2, 28)}, ['"2026-02-30"', "5", '""']),
    datetime.timedelta: ({'"PT5M"': datetime.timedelta(minutes=5)}, ["5", '"soon"']),
    uuid.UUID: ({f'"{UUID}"': uuid.UUID(UUID)}, ['"x"', "5"]),
    decimal.Decimal: ({'"1.10"': decimal.Decimal("1.10")}, ['"NaN"', '"x"', "true"]),
    pathlib.Path: ({'"/a"': pathlib.Path("/a")}, ["5"]),
    Colour: ({'"red"': Colour.RED, "2": Colour.BLUE}, ['"RED"', "3", '"2"']),
    Literal["a", 1]: ({'"a"': "a", "1": 1}, ['"b"', '"1"', "2"]),
    int | str: ({"1": 1, '"1"': "1"}, ["1.5", "null"]),
    Optional[int]: ({"null": None, "1": 1}, ['"1"']),  # noqa: UP045 - both ways to write it
    list[int]: ({"[1, 2]": [1, 2]}, ["[null]", "1", '"12"', "{}"]),
    set[int]: ({"[1]": {1}}, ['["1"]']),
    tuple[int, str]: ({'[1, "a"]': (1, "a")}, ["[1]", '[1, "a", 2]']),
    dict[str, int]: ({'{"a": 1}': {"a": 1}}, ['{"a": "1"}', "[]"]),
    Sequence[int]: ({"[1]": [1]}, ['"ab"']),
    Any: ({"[1, null]": [1, None]}, []),
    Annotated[int, Field(ge=1, le=3)]: ({"1": 1, "3": 3}, ["0", "4"]),
    Node: (
        {'{"value": 1, "below": [{"value": 2}]}': Node(value=1, below=[Node(value=2)])},
        ['{"value": 1, "below": [{"valeu": 2}]}', '{"value": 1, "x": 1}'],
    ),
    Address: (
        {'{"street": "s"}': {"street": "s"}, '{"street": "s", "number": 1}': None},
        ["{}", '{"street": 1}', '{"street": "s", "city": "c"}'],
    ),
    Person: (
        {'{"name": "n", "friends": [{"name": "m"}]}': Person("n", "", [Person("m")])},
        ['{"name": "n", "friends": [{}]}', '{"name": "n", "age": 1}'],
    ),
    Point: ({"[1, 2]": Point(1, 2)}, ['["a"]']),
    Cat | Dog: (
        {'{"kind": "dog", "good": true}': Dog(kind="dog", good=True)},
        ['{"kind": "dog", "lives": 3}', '{"kind": "cow"}', "{}"],
    ),
    Annotated[Cat | Dog, Field(discriminator="kind")]: (
        {'{"kind": "cat"}': Cat(kind="cat")},
        ['{"kind": "cow"}', '{"kind": "dog"}', "{}"],
    ),
    Open: ({'{"known": 1, "more": 2}': None}, ["{}"]),
}  # fmt: skip


def offered(annotation: Any) -> tuple[Any, list[Any]]:
    got: list[Any] = []

    def take(value: Any) -> str:
        got.append(value)
        return "taken"

    take.__annotations__["value"] = annotation
    return function(take), got


@pytest.mark.parametrize("annotation", TYPES, ids=str)
async def test_types_take_what_they_say_and_nothing_else(annotation: Any) -> None:
    call, got = offered(annotation)
    taken, refused = TYPES[annotation]

    for text, value in taken.items():
        result = await testing.call(call, f'{{"value": {text}}}')
        assert result.ok, result.text
        assert value is None or got[-1] == value
        assert value is None or type(got[-1]) is type(value)
    for text in refused:
        result = await testing.call(call, f'{{"value": {text}}}')
        assert not result.ok, (text, got[-1])
    assert len(got) == len(taken)


NAMES = [
    "schema", "copy", "json", "dict", "model_config", "model_fields", "model_dump", "validate",
    "construct", "fields", "_from", "__x", "func", "function", "kwargs", "args", "self", "cls",
    "name", "context", "call", "arguments", "team", "agent", "field", "f0", "f1", "model_",
    "id", "type", "class_", "signature", "größe",
]  # fmt: skip


async def test_parameters_may_have_any_legal_name() -> None:
    space: dict[str, Any] = {}
    exec(f"def f({', '.join(f'{name}: int' for name in NAMES)}): return locals()", space)  # noqa: S102

    result = await testing.call(function(space["f"]), dict.fromkeys(NAMES, 7))

    assert result.ok, result.text
    assert result.text.count(":7") == len(NAMES)


async def test_an_alias_is_what_the_model_sees() -> None:
    @function
    def send(from_: Annotated[str, Field(alias="from")]) -> str:
        return from_

    assert (await testing.call(send, {"from": "Ann"})).text == "Ann"
    assert not (await testing.call(send, {"from_": "Ann"})).ok


async def test_defaults_come_from_the_function_itself() -> None:
    marker = object()

    @function
    def f(
        a: int = 1,
        b: list[int] = [],  # noqa: B006 - the very case
        c: Any = marker,
        d: int = Field(4, le=5),
        e: Annotated[int, Field(default=6)] = 5,
        g: int = None,  # noqa: RUF013 - people write this
    ) -> str:
        return f"{a} {b} {c is marker} {d} {e} {g}"

    assert (await testing.call(f)).text == "1 [] True 4 5 None"
    properties = testing.schema(f)["parameters"]["properties"]
    assert properties["a"]["default"] == 1
    assert properties["d"]["default"] == 4
    assert "default" not in properties["c"]
    assert "default" not in properties["g"]


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (float, float("nan")),
        (list[float], [float("inf")]),
        (Any, {"a": float("nan")}),
        (str, "\ud800"),
        (Annotated[int, Field(le=5)], 6),
        (Annotated[str, AfterValidator(uuid.UUID)], "none"),
    ],
)
def test_a_default_that_could_not_be_given_is_not_shown(kind: Any, default: Any) -> None:
    def note(a: kind = default) -> None:
        """Note."""

    shown = testing.schema(function(effect="read")(note))["parameters"]["properties"]["a"]

    assert "default" not in shown


def test_a_default_inside_that_is_no_json_is_not_shown() -> None:
    class Range(BaseModel):
        least: float = float("nan")
        name: str = "\ud800"
        most: float = 1.5

    def note(a: Range) -> None:
        """Note."""

    shown = testing.schema(function(effect="read")(note))["parameters"]["$defs"]["Range"]

    assert [one.get("default") for one in shown["properties"].values()] == [None, None, 1.5]


async def test_null_means_the_default_where_null_is_no_value() -> None:
    @function
    def f(a: int = 3, b: int | None = 4, c: Cat | None = None) -> str:
        return f"{a} {b} {c.lives if c else ''}"

    given_nulls = '{"a": null, "b": null, "c": {"kind": "cat", "lives": null}}'

    assert (await testing.call(f, given_nulls)).text == "3 None 9"


async def test_null_is_not_made_up_for_what_is_required() -> None:
    @function
    def f(a: int) -> str:
        return f"{a}"

    result = await testing.call(f, '{"a": null}')

    assert not result.ok
    assert "a: should be a valid integer (got null)" in result.text


def test_local_types_are_found_even_as_text() -> None:
    class Local(BaseModel):
        size: int

    @dataclasses.dataclass
    class Box:
        inner: list[Local]

    @function
    def f(value: Local, more: list[Local], box: Box) -> None: ...

    assert set(testing.schema(f)["parameters"]["$defs"]) == {"Local", "Box"}


def test_schemas_are_closed_and_without_noise() -> None:
    @function
    def f(person: Person, node: Node) -> None: ...

    schema = testing.schema(f)["parameters"]

    assert schema["additionalProperties"] is False
    assert all(one["additionalProperties"] is False for one in schema["$defs"].values())
    assert "title" not in str(schema)


def test_a_property_called_title_stays() -> None:
    @function
    def f(title: str, properties: int) -> None: ...

    assert set(testing.schema(f)["parameters"]["properties"]) == {"title", "properties"}


STRICT: dict[str, tuple[Any, bool]] = {
    "plain": (int, True),
    "null": (int | None, True),
    "enum": (Colour, True),
    "list": (list[int], True),
    "model with all required": (Dog, True),
    "model with a default": (Cat, False),
    "free keys": (dict[str, int], False),
    "any": (Any, False),
    "any list": (list, False),
    "path": (pathlib.Path, False),
    "date": (datetime.date, True),
    "tuple": (tuple[int, str], False),
    "pattern": (Annotated[str, Field(pattern="^a+$")], True),
    "length": (Annotated[str, Field(max_length=5)], False),
    "values of several types": (Literal[1, "a", None], True),
    "many values": (Literal[tuple(f"v{n}" for n in range(300))], True),
    "many long values": (Literal[tuple(f"{n:060}" for n in range(300))], False),
    "two of a kind": (tuple[int, int], True),
    "discriminator": (Annotated[Cat | Dog, Field(discriminator="kind")], False),
}


@pytest.mark.parametrize(("annotation", "lossless"), STRICT.values(), ids=STRICT.keys())
def test_strict_is_said_only_where_nothing_is_lost(annotation: Any, lossless: bool) -> None:
    call, _ = offered(annotation)

    shown = testing.schema(call)
    assert ("strict" in shown) is lossless
    assert not lossless or all(
        {"type", "anyOf", "$ref"} & node.keys() for node in subschemas(shown["parameters"])
    )


def closed(**properties: Any) -> dict[str, Any]:
    required = list(properties)
    return {"type": "object", "properties": properties, "required": required,
            "additionalProperties": False}  # fmt: skip


NUMBER = {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "obstacle"),
    [
        (reduce(lambda inner, _: closed(x=inner), range(11), NUMBER), "levels of objects"),
        (closed(x={"$ref": "#/$defs/x"}) | {"$defs": {"x": closed(x={"$ref": "#/$defs/x"})}}, None),
        (closed(x={"type": "integer", "enum": list(range(1_001))}), "1,000 enum values"),
        (closed(x={"type": "string", "enum": ["x" * 99] * 251}), "15,000 characters"),
    ],
)
def test_strict_mode_has_limits(schema: dict[str, Any], obstacle: str | None) -> None:
    found = strict_obstacle(schema)

    assert obstacle in (found or "") if obstacle else found is None


def test_strict_can_be_left_out_but_not_forced() -> None:
    def f(a: int = 1) -> None: ...
    def g(a: int) -> None: ...

    assert "strict" not in testing.schema(function(strict=False)(g))
    assert testing.schema(function(strict=True)(g))["strict"] is True
    with pytest.raises(Exception, match="strict=True would change"):
        Registry([function(strict=True)(f)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["cat", "dog", "a", "red"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "lives", "good", "value", "below", "name"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(value=JSON, annotation=st.sampled_from([Node, Cat, Dog, Person, Cat | Dog, list[int], int]))
async def test_what_arrives_is_always_of_the_declared_type(value: Any, annotation: Any) -> None:
    call, got = offered(annotation)

    result = await testing.call(call, {"value": value})

    assert result.ok == bool(got)
    kinds = typing.get_args(annotation) if isinstance(annotation, type(int | str)) else ()
    for one in got:
        assert isinstance(one, kinds or typing.get_origin(annotation) or annotation)
