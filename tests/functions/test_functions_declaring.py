import functools
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import pytest

from functions import Context, DeclarationError, Function, Registry, function, testing


def add(left: int, right: int = 2) -> int:
    """Add two numbers."""
    return left + right


async def add_later(left: int, right: int = 2) -> int:
    """Add two numbers, later."""
    return left + right


class Adder:
    """An object that can be called."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __call__(self, left: int, right: int = 2) -> int:
        """Add two numbers."""
        return self.start + left + right

    @function
    def method(self, left: int, right: int = 2) -> int:
        """Add two numbers."""
        return self.start + left + right

    @function
    @staticmethod
    def static(left: int, right: int = 2) -> int:
        """Add two numbers."""
        return left + right

    @classmethod
    def of_class(cls, left: int, right: int = 2) -> int:
        """Add two numbers."""
        return left + right


class AsyncAdder:
    async def __call__(self, left: int, right: int = 2) -> int:
        """Add two numbers."""
        return left + right


def wrapped(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    return wrapper


def positional(left: int, right: int = 2, /) -> int:
    """Add two numbers."""
    return left + right


def keyword_only(*, right: int = 2, left: int) -> int:
    """Add two numbers."""
    return left + right


def triple(hidden: str, left: int, right: int = 2, *, token: str) -> int:
    """Add two numbers."""
    assert (hidden, token) == ("h", "t")
    return left + right


CALLABLES: dict[str, Any] = {
    "def": add,
    "async def": add_later,
    "object": Adder(0),
    "async object": AsyncAdder(),
    "bound method": Adder(0).__call__,
    "decorated method": Adder(0).method,
    "static method": Adder.static,
    "class method": Adder.of_class,
    "wrapped": wrapped(add),
    "wrapped coroutine": wrapped(add_later),
    "positional": positional,
    "keyword only": keyword_only,
    "partial": functools.partial(triple, "h", token="t"),
    "partial of coroutine": functools.partial(add_later),
    "lambda": lambda left, right=2: left + right,
}


@pytest.mark.parametrize("call", CALLABLES.values(), ids=CALLABLES.keys())
async def test_whatever_can_be_called_can_be_offered(call: Any) -> None:
    offered = call if isinstance(call, Function) else function(name="add")(call)

    assert set(testing.schema(offered)["parameters"]["properties"]) == {"left", "right"}
    assert (await testing.call(offered, {"left": 40})).text == "42"
    assert (await testing.call(offered, {"left": 40, "right": 3})).text == "43"


def test_a_declared_function_is_still_called_as_before() -> None:
    assert function(add)(1, right=5) == 6
    assert Adder(10).method(1, right=5) == 16


def test_the_description_is_the_first_paragraph_or_the_option() -> None:
    assert testing.schema(function(add))["description"] == "Add two numbers."
    assert testing.schema(function(description="Sum.")(add))["description"] == "Sum."
    assert testing.schema(function(name="go_on")(lambda: 1))["description"] == "Go on"


def stars(*names) -> None: ...
def double_stars(**names) -> None: ...
def lock(gate: threading.Thread) -> None: ...
def callback(done: Callable[[], int]) -> None: ...
def maybe_callback(done: int | Callable[[], int]) -> None: ...
def a_class(kind: type[int]) -> None: ...
def iterator(values: Iterator[int]) -> None: ...
def typo(value: "Nowhere") -> None: ...  # noqa: F821
def unreadable(value: "list[") -> None: ...  # noqa: F722


REFUSED: dict[str, tuple[Any, str]] = {
    "*args": (stars, "*names"),
    "**kwargs": (double_stars, "**names"),
    "a thread": (lock, "gate"),
    "a callable": (callback, "done"),
    "a callable in a union": (maybe_callback, "done"),
    "a class": (a_class, "kind"),
    "an iterator": (iterator, "values"),
    "an unknown type": (typo, "Nowhere"),
    "unreadable text": (unreadable, "annotations"),
    "a method without its object": (Adder.__call__, "bound"),
    "a built-in without signature": (max, "signature"),
}


@pytest.mark.parametrize(("call", "word"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_refused_with_a_reason(call: Any, word: str) -> None:
    with pytest.raises(DeclarationError) as refusal:
        Registry([function(name="f")(call)])

    assert word in str(refusal.value)
    assert str(refusal.value).startswith("f: ")
    assert len(str(refusal.value)) < 500


OPTIONS: dict[str, dict[str, Any]] = {
    "name with a space": {"name": "a b"},
    "name in other letters": {"name": "größe"},
    "empty name": {"name": ""},
    "name with a newline": {"name": "a\n"},
    "long name": {"name": "a" * 65},
    "unknown effect": {"effect": "write"},
    "no time": {"timeout": 0},
    "endless time": {"timeout": float("inf")},
    "unknown group": {"who": "friends"},
    "nobody": {"who": []},
    "unknown place": {"where": "home"},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_options_that_mean_nothing_are_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        function(**options)(add)


def test_an_option_that_is_misspelt_is_told() -> None:
    options: dict[str, Any] = {"efect": "read"}

    with pytest.raises(DeclarationError, match=r"efect is no option .* did you mean effect"):
        function(**options)(add)


def test_objects_without_a_name_need_one() -> None:
    with pytest.raises(DeclarationError, match="name="):
        function(Adder(1))


def test_options_are_given_by_name() -> None:
    given: Any = "read"

    with pytest.raises(DeclarationError, match=r"'read' is nothing .* @function\(effect="):
        function(given)


@pytest.mark.parametrize(
    ("name", "title"),
    [("add_two", "Add two"), ("PostCustomers", "Post customers"), ("get-URL2Go", "Get url2 go")],
)
def test_people_read_a_name_as_words(name: str, title: str) -> None:
    assert function(name=name)(add).rules.title == title


def test_a_name_is_given_once() -> None:
    registry = Registry([function(add)])

    with pytest.raises(DeclarationError, match="already"):
        registry.add(function(name="add")(add_later))
    with pytest.raises(DeclarationError, match="the registry's own"):
        registry.add(function(name="find_functions")(add_later))

    assert registry.functions["add"].function.wrapped is add


async def test_the_context_goes_in_anywhere_and_is_not_shown() -> None:
    @function
    def first(context: Context, left: int) -> str:
        return f"{context.user.name} {left}"

    @function
    def last(left: int, /, ctx: "Context | None" = None, *, right: int = 1) -> str:
        return f"{ctx.user.name if ctx else ''} {left + right}"

    @function
    def before(left: int, context: Context, /) -> str:
        return f"{context.user.name} {left}"

    for offered in (first, last, before):
        assert "ctx" not in str(testing.schema(offered))
        assert "context" not in str(testing.schema(offered)["parameters"])
    assert (await testing.call(first, {"left": 1})).text == "Ann 1"
    assert (await testing.call(last, {"left": 1})).text == "Ann 2"
    assert (await testing.call(before, {"left": 1})).text == "Ann 1"


async def test_generators_are_read_to_a_bounded_list() -> None:
    @function
    def few() -> Iterator[int]:
        yield from range(3)

    @function
    def endless() -> Iterator[int]:
        while True:
            yield 1

    @function
    async def later() -> AsyncIterator[int]:
        for number in range(3):
            yield number

    assert (await testing.call(few)).text == "[0,1,2]"
    assert "more than 1,000" in (await testing.call(endless)).text
    assert (await testing.call(later)).text == "[0,1,2]"


async def test_iterables_arrive_checked_as_lists() -> None:
    @function
    def total(values: Iterable[int], more: list[Iterable[int]]) -> int:
        return sum(values) + len(list(more[0]))

    assert (await testing.call(total, {"values": [1, 2], "more": [[1]]})).text == "4"
    assert not (await testing.call(total, {"values": [1, "x"], "more": [[]]})).ok
    assert not (await testing.call(total, {"values": [], "more": [["x"]]})).ok


async def test_a_default_that_is_changed_does_not_reach_the_next_call() -> None:
    @function(effect="read")
    def collect(items: list[int] = []) -> list[int]:  # noqa: B006 - authors do this
        items.append(1)
        return items

    texts = [(await testing.call(collect)).text for _ in range(2)]

    assert texts == ["[1]", "[1]"]


async def test_a_function_can_be_declared_again_under_another_name() -> None:
    @function(effect="read")
    def add(a: int, b: int) -> int:
        return a + b

    increment = function(name="increment")(functools.partial(add, 1))

    assert (await testing.call(increment, {"b": 2})).text == "3"
    assert (await testing.call(function(name="plus")(add), {"a": 1, "b": 2})).text == "3"
    assert function(effect="once")(increment).rules.name == "increment"


@pytest.mark.parametrize(
    "option",
    [
        {"limit": 5},
        {"who": 5},
        {"approvers": 5},
        {"name": 5},
        {"description": 5},
        {"parallel": "no"},
        {"strict": "x"},
        {"dry_run": 1},
        {"timeout": True},
    ],
    ids=str,
)
def test_an_option_of_the_wrong_kind_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        function(**option)(lambda: None)
