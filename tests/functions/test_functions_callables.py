import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, NotRequired, TypedDict, Unpack

import pytest
from pydantic import BaseModel, Field
from typing_extensions import ReadOnly

from functions import DeclarationError, Registry, function, testing

LATE = "" if sys.version_info >= (3, 14) else "from __future__ import annotations"


@functools.singledispatch
def told(value: int) -> str:
    return f"{value}"


def listed(start: int = 1, /, *more: int, end: str = ".") -> str:
    """Write numbers in a row.

    Args:
        more: the numbers after the first
    """
    return f"{start}{more}{end}"


async def test_starred_values_are_a_list_with_a_type() -> None:
    shown = testing.schema(function(listed))["parameters"]["properties"]["more"]

    assert shown == {
        "type": "array",
        "items": {"type": "integer"},
        "default": [],
        "description": "the numbers after the first",
    }
    assert (await testing.call(function(listed), {"more": [2, 3]})).text == "1(2, 3)."
    assert (await testing.call(function(listed), {"start": 7, "end": "!"})).text == "7()!"
    assert not (await testing.call(function(listed), {"more": ["a"]})).ok


class Filter(TypedDict):
    city: Annotated[str, Field(min_length=1)]
    limit: NotRequired[ReadOnly[Annotated[int, Field(ge=1)]]]
    near: Annotated[NotRequired[bool], Field(description="also beside it")]


def find(word: str, **given: Unpack[Filter]) -> str:
    return f"{word} {dict(given)}"


async def test_keys_of_an_unpacked_typed_dict_are_parameters() -> None:
    shown = testing.schema(function(find))["parameters"]

    assert shown["required"] == ["word", "city"]
    called = await testing.call(function(find), {"word": "a", "city": "Bern", "limit": None})
    assert called.text == "a {'city': 'Bern'}"
    assert shown["properties"]["near"] == {"type": "boolean", "description": "also beside it"}
    assert not (await testing.call(function(find), {"word": "a", "city": ""})).ok
    assert not (await testing.call(function(find), {"word": "a", "city": "Bern", "limit": 0})).ok


class Box:
    @functools.singledispatchmethod
    def dispatched(self, value: int) -> None: ...
    @functools.lru_cache  # noqa: B019 - what an author may try
    def cached(self, value: int) -> None: ...
    @functools.cache  # noqa: B019
    async def waited(self, value: int) -> None: ...
    @classmethod
    def made(cls, value: int) -> None: ...
    @property
    def content(self) -> int:
        return 1


@contextlib.contextmanager
def opened(value: int) -> Iterator[int]:
    yield value


@functools.cache
def total(values: list[int]) -> int:
    return sum(values)


@functools.cache
def total_of_some(values: Annotated[list[int] | None, "all of them"] = None) -> int:
    return sum(values or ())


class Filled(BaseModel):
    size: int


@functools.cache
def held(box: Filled) -> int:
    return box.size


def with_session(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def inner(session: str, value: int) -> Any:
        return call(value)

    return inner


@with_session
def decorated(value: int) -> None: ...


@contextlib.contextmanager
def marked() -> Iterator[None]:
    yield


@marked()
def in_context(value: int) -> int:
    return value


class Size(BaseModel):
    value: Annotated[int, Field(ge=1)]


def shows_its_own(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def inner(*args: Any, **given: Any) -> Any:
        return call(*args, **given, key="ours")

    shown = inspect.signature(call)
    value = shown.parameters["value"].replace(annotation=Literal[1, 2])
    inner.__signature__ = shown.replace(parameters=[value])  # type: ignore[attr-defined]
    return inner


@shows_its_own
def shown_otherwise(value: Any, key: str) -> Any:
    return value


class OfItsClass:
    @classmethod
    def __call__(cls, value: Literal[1, 2]) -> int:
        return value


class OfNobody:
    @staticmethod
    def __call__(value: Literal[1, 2]) -> int:
        return value


@pytest.mark.parametrize("call", [in_context, Size, shown_otherwise, OfItsClass(), OfNobody()])
async def test_what_a_signature_shows_is_what_is_taken(call: Any) -> None:
    made = function(name="f")(call)

    assert (await testing.call(made, {"value": 1})).ok
    assert "- value: should be" in (await testing.call(made, {"value": "x"})).text


class Job:
    """Begin a job.

    Args:
        hours: how long it takes
    """

    def __init__(self, title: str = "", hours: int = 1) -> None:
        """Keep what it is.

        Args:
            title: what is to be done
        """


class Beginner(Job):
    """Begin a job.

    Args:
        title: what is to be done
        hours: how long it takes
    """

    def __call__(self, title: str, hours: int) -> None: ...


class Named:
    __slots__ = ("__doc__",)

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __call__(self, title: str, hours: int) -> None: ...


@pytest.mark.parametrize("call", [Job, Beginner(), Named(str(Beginner.__doc__))])
def test_texts_stand_at_the_class_or_at_its_method(call: Any) -> None:
    shown = testing.schema(function(name="begin")(call))

    assert shown["description"] == "Begin a job."
    texts = [one["description"] for one in shown["parameters"]["properties"].values()]
    assert texts == ["what is to be done", "how long it takes"]


def counted(upto: int) -> Iterator[int]:
    yield upto


REFUSED: dict[str, tuple[Any, str]] = {
    "a dispatching function": (told, "singledispatch"),
    "a part of one": (functools.partial(told, value=1), "singledispatch"),
    "a dispatching method": (Box().dispatched, "singledispatch"),
    "a cached method without its object": (Box.cached, "without its object"),
    "a class method that is not bound": (Box.__dict__["made"], "without its object"),
    "a method of a built-in class": (str.upper, "without its object"),
    "a property": (Box.content, "signature cannot be read"),
    "a context manager": (opened, "with block"),
    "a cache of lists": (total, "values"),
    "a cache of what may be a list": (total_of_some, "values"),
    "a cache of models": (held, "box"),
    "a cache of what ends": (functools.cache(counted), "only once"),
    "a cached method that is async": (Box().waited, "only once"),
    "a decorator that takes something else": (decorated, "session"),
}


async def test_a_class_with_a_way_to_register_others_is_called() -> None:
    class Shop:
        class Order(BaseModel):
            number: int

    assert (await testing.call(function(Shop.Order), {"number": 1})).text == '{"number":1}'


def test_a_method_that_says_nothing_is_described_by_its_own_kin_alone() -> None:
    class Stall:
        def sell(self) -> None:
            """Sell something."""

    class Shop(Stall):
        @function
        def sell(self) -> None: ...

        @function
        def close(self) -> None: ...

    assert testing.schema(Shop().sell)["description"] == "Sell something."
    assert testing.schema(Shop().close)["description"] == "Close"


@pytest.mark.parametrize(("call", "word"), REFUSED.values(), ids=REFUSED.keys())
def test_what_could_only_fail_is_refused_when_it_is_registered(call: Any, word: str) -> None:
    with pytest.raises(DeclarationError) as refusal:
        Registry([function(name="f")(call)])

    assert word in str(refusal.value)


def test_only_the_types_of_parameters_must_be_known() -> None:
    space: dict[str, Any] = {}
    written = "def known(a: int) -> Hidden: ...\ndef unknown(a: list[Hidden]): ..."
    exec(f"{LATE}\n{written}", space)  # noqa: S102 - Python before 3.14 would look Hidden up

    assert testing.schema(function(space["known"]))["parameters"]["required"] == ["a"]
    with pytest.raises(DeclarationError, match="the type Hidden is not known where"):
        testing.schema(function(space["unknown"]))
