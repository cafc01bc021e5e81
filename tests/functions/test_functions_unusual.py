"""Types that are seldom written: each taken exactly, or refused with what to write instead."""

from collections.abc import Collection, Container, Hashable, Iterable, Reversible
from typing import (
    Annotated,
    Any,
    AnyStr,
    Generic,
    NamedTuple,
    NotRequired,
    Required,
    TypedDict,
    TypeVar,
    Unpack,
)

import pytest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, with_config
from typing_extensions import ReadOnly, TypeAliasType

from functions import Context, DeclarationError, Registry, function, testing
from functions._jsonschema.check import Checker
from functions._jsonschema.tree import subschemas


class Changing(BaseModel):
    size: int


class Fixed(BaseModel, frozen=True):
    size: int


async def taken(annotation: Any, value: Any) -> tuple[bool, Any]:
    """Return whether a value is taken, as the schema says too, and what the function gets."""
    got: list[Any] = []

    def keep(given: Any) -> None:
        got.append(given)

    keep.__annotations__["given"] = annotation
    kept = function(keep)
    result = await testing.call(kept, {"given": value})
    faults = Checker(testing.schema(kept)["parameters"]).faults({"given": value})
    assert result.ok == (not faults)
    return result.ok, got[0] if got else None


@pytest.mark.parametrize("kind", [Collection, Container, Iterable, Reversible])
async def test_what_is_only_looked_through_is_a_list(kind: Any) -> None:
    assert await taken(kind[int], [1, 2]) == (True, [1, 2])
    assert await taken(kind[int], ["a"]) == (False, None)
    assert await taken(kind, [1, "a"]) == (True, [1, "a"])
    assert await taken(kind | None, None) == (True, None)


@pytest.mark.parametrize("annotation", [Any, object])
@pytest.mark.parametrize("value", [1, 1.5, "a", True, None, [1, {"a": [None]}], {"a": 1}])
async def test_anything_is_whatever_json_holds(annotation: Any, value: Any) -> None:
    assert await taken(annotation, value) == (True, value)


@pytest.mark.parametrize("value", [1, 1.5, "a", True, None, [1], {"b": 1}])
async def test_what_is_hashable_is_no_list_and_no_object(value: Any) -> None:
    expected = (True, value) if not isinstance(value, list | dict) else (False, None)

    assert await taken(Hashable, value) == expected
    assert (await taken(list[Hashable], [value]))[0] == expected[0]
    assert (await taken(dict[Hashable, Hashable], {"a": value}))[0] == expected[0]


async def test_a_set_of_anything_takes_what_can_be_in_one() -> None:
    assert await taken(set, ["a", 1.5, None]) == (True, {"a", 1.5, None})
    assert await taken(frozenset[Any], [True]) == (True, frozenset([True]))
    assert await taken(set[tuple[int, int]], [[1, 2]]) == (True, {(1, 2)})
    assert await taken(set[Fixed], [{"size": 1}]) == (True, {Fixed(size=1)})
    assert await taken(set, [[1]]) == (False, None)


class Sized(TypedDict):
    size: int


@pytest.mark.parametrize("item", [list[int], dict[str, int], set[int], Changing, Sized])
def test_a_set_that_could_only_be_empty_is_refused(item: Any) -> None:
    def keep(given: Any) -> None: ...

    keep.__annotations__["given"] = list[set[item]]

    with pytest.raises(DeclarationError, match="given cannot be used: a set cannot hold"):
        Registry([function(keep)])


Spoken = TypedDict("Spoken", {"class": int, "a-b": str, "from": int}, total=False)


async def test_keys_of_a_typed_dict_need_be_no_names_of_python() -> None:
    @function
    def keep(**given: Unpack[Spoken]) -> dict[str, Any]:
        return dict(given)

    assert (await testing.call(keep, {"class": 1, "a-b": "c"})).text == '{"class":1,"a-b":"c"}'
    assert "from: should be a valid integer" in (await testing.call(keep, {"from": "x"})).text


def test_a_rule_that_is_none_for_its_type_is_told_by_its_parameter() -> None:
    def keep(given: Annotated[int, Field(gt=1.5)]) -> None: ...

    with pytest.raises(DeclarationError, match=r"given cannot be used: .*'gt' must be"):
        Registry([function(keep)])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e18", 10**18),
        ("-2.50e21", -25 * 10**20),
        ("9007199254740993.0", None),
        ("5.00000000000000000001", None),
        ("1e30", None),
    ],
)
async def test_a_whole_number_is_one_however_it_is_written(text: str, number: int | None) -> None:
    @function
    def keep(given: int) -> int:
        return given

    result = await testing.call(keep, f'{{"given": {text}}}')

    assert result.ok == (number is not None)
    assert number is None or result.text == str(number)


class Pair(NamedTuple):
    left: int
    right: int = 0


@pytest.mark.parametrize(
    ("annotation", "right", "wrong"),
    [
        (tuple[int, int], [1, 2], [1, 2, 3]),
        (tuple[int, str], [1, "a"], ["a", 1]),
        (tuple[()], [], [1]),
        (tuple, [1, "a"], {}),
        (list, [1, "a"], "a"),
        (list | None, None, 1),
        (list[tuple[float, float]], [[1.5, 2]], [[1.5]]),
        (Pair, [1], []),
    ],
)
async def test_every_list_says_what_its_items_are(annotation: Any, right: Any, wrong: Any) -> None:
    assert (await taken(annotation, right))[0]
    assert not (await taken(annotation, wrong))[0]

    def keep(given: Any) -> None: ...

    keep.__annotations__["given"] = annotation
    shown = testing.schema(function(keep))["parameters"]
    lists = [one for one in subschemas(shown) if one.get("type") == "array"]
    assert lists
    assert all("items" in one for one in lists)


T = TypeVar("T")


class Tree(TypedDict, Generic[T]):
    value: Annotated[T, Field(description="what it holds")]
    below: NotRequired[list["Tree[T]"]]


async def test_a_generic_typed_dict_holds_what_it_is_given() -> None:
    for kind, right, wrong in ((int, 1, "a"), (list[str], ["a"], [1])):
        inside = {"value": right, "below": [{"value": right}]}

        assert await taken(Tree[kind], inside) == (True, inside)  # type: ignore[valid-type]
        assert not (await taken(Tree[kind], {"value": right, "below": [{"value": wrong}]}))[0]  # type: ignore[valid-type]
    assert (await taken(Tree[int] | Tree[str], {"value": "a"}))[0]


class Wide(BaseModel):
    form: str
    width: int


class High(BaseModel):
    form: str
    height: int


Apart = Annotated[Wide, Tag("wide")] | Annotated[High, Tag("high")]


async def test_faults_of_forms_that_code_tells_apart_are_told_by_field() -> None:
    @function
    def draw(shape: Annotated[Apart, Discriminator(lambda given: given["form"])]) -> str:
        return f"{shape.form}"

    lacking = await testing.call(draw, {"shape": {"form": "high", "width": 1}})
    unknown = await testing.call(draw, {"shape": {"form": "secret one", "width": 1}})

    assert "- shape: height is required" in lacking.text
    assert "- shape.width: is unknown, leave it out" in lacking.text
    assert "should be one of 'wide', 'high'" in unknown.text
    assert "secret one" not in unknown.text


async def test_a_declared_name_of_a_type_means_that_type() -> None:
    asked = TypeAliasType("asked", Context)

    def told(context: asked) -> str:  # type: ignore[valid-type]
        return str(context.user.id)  # type: ignore[attr-defined]

    assert (await testing.call(function(told))).text == "U0ANN"
    assert await taken(TypeAliasType("several", Iterable[int]), [1]) == (True, [1])
    endless = TypeAliasType("endless", "list[endless]")  # type: ignore[misc]
    assert await taken(endless, [[], []]) == (True, [[], []])


class Marked(TypedDict, total=False):
    name: ReadOnly[Required[str]]
    size: Required[ReadOnly[Annotated[int, "how large"]]]
    note: ReadOnly[str]


async def test_marks_of_keys_may_stand_inside_of_each_other() -> None:
    assert (await taken(Marked, {"name": "a", "size": 1})) == (True, {"name": "a", "size": 1})
    assert not (await taken(Marked, {"name": "a", "note": "b"}))[0]


@with_config(ConfigDict(extra="allow", str_strip_whitespace=True))
class Stripped(TypedDict):
    name: str


async def test_a_typed_dict_keeps_what_pydantic_is_told_of_it() -> None:
    value = {"name": " Ann ", "more": 1}

    assert await taken(Stripped, value) == (True, {"name": "Ann", "more": 1})


async def test_any_string_is_a_text() -> None:
    assert await taken(AnyStr, "a") == (True, "a")


async def test_type_parameters_of_a_function_may_be_written_as_text() -> None:
    def first(many: Any) -> Any:
        return many[0]

    first.__annotations__["many"] = "list[Q]"
    first.__type_params__ = (TypeVar("Q", bound=int),)  # as `def first[Q: int]` of Python 3.12 has

    assert (await testing.call(function(first), {"many": [3]})).text == "3"
    assert not (await testing.call(function(first), {"many": ["a"]})).ok
