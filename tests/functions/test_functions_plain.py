"""Results that are endless, many times larger written than in memory, or raise when touched."""

import asyncio
import datetime
import io
import itertools
import json
import re
import threading
import time
from collections import UserString
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel, Field, computed_field, model_serializer

from functions import File, Registry, function, testing
from functions._results.result import rendered


def render(value: Any) -> str:
    return rendered(value).text


class Point(NamedTuple):
    x: int
    y: int


class Shape(BaseModel):
    full_name: str = Field("square", serialization_alias="fullName")
    hidden: str = Field("no", exclude=True)
    inside: Any = None

    @computed_field
    def area(self) -> int:
        return 4


class Broken(BaseModel):
    size: int = 1

    @model_serializer
    def told(self) -> str:
        raise ValueError("cannot")


class Nasty:
    """Raises whatever is asked of it, and at the end wants to end the process."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError("no class")

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise SystemExit(3)


class Odd(dict[str, int]):
    def items(self) -> Any:
        raise RuntimeError("no items")


def doubled(times: int) -> list[Any]:
    """Return what is small in memory, and written out has ten to the power of `times` parts."""
    many: list[Any] = ["x"] * 10
    for _ in range(times):
        many = [many] * 10
    return many


def test_what_is_huge_only_when_written_is_told_in_part() -> None:
    text = render({"many": doubled(12), "sum": 5})

    assert len(text) <= 20_000
    assert text.startswith('{"many":[[[')
    assert text.endswith('"sum":5}')


def test_what_is_huge_in_a_model_is_told_in_part() -> None:
    text = render(Shape(inside=doubled(12)))

    assert len(text) <= 20_000
    assert '"hidden"' not in text


def test_long_texts_that_are_many_are_cut() -> None:
    assert len(render(["a" * 1_000_000] * 10_000)) <= 20_000


@pytest.mark.parametrize(
    "endless", [itertools.count(), (n for n in itertools.count()), map(str, itertools.count())]
)
def test_what_has_no_end_is_told_in_part(endless: Iterator[Any]) -> None:
    told = json.loads(render(Shape(inside={"rows": endless})))

    assert told["inside"]["rows"][-1] == "... and more than 1,000 items"


def test_what_has_a_next_one_for_ever_and_no_items_is_named() -> None:
    told = json.loads(render(Shape(inside=Numbered())))

    assert told["inside"] == "<test_functions_plain.Numbered object>"


class Unhashable(type):
    __hash__ = None  # type: ignore[assignment]


def test_an_object_of_an_unhashable_class_is_named() -> None:
    assert "Odd object" in render([Unhashable("Odd", (), {})()])


class Basket:
    def __iter__(self) -> Iterator[str]:
        return iter(["apple", "pear"])


def test_what_has_items_and_no_words_for_itself_is_told_by_its_items() -> None:
    assert render(Basket()) == '["apple","pear"]'


class Numbers(Mapping[int, int]):
    """Every number and its double, made when it is asked for."""

    def __getitem__(self, key: int) -> int:
        return key * 2

    def __iter__(self) -> Iterator[int]:
        return itertools.count()

    def __len__(self) -> int:
        return 10**9


def test_a_mapping_without_an_end_is_told_in_part() -> None:
    told = json.loads(render(Numbers()))

    assert told["999"] == 1998
    assert told["..."] == "and 999,999,000 more"


def test_the_number_of_rows_that_are_left_out_is_told() -> None:
    text = render({"rows": list(range(500_000)), "sum": 5})

    assert re.search(r'[0-9],"... and 4[0-9]{2},[0-9]{3} more"\],"sum":5}$', text)


def test_a_small_model_writes_itself() -> None:
    assert json.loads(render([Shape()])) == [{"fullName": "square", "inside": None, "area": 4}]


class Numbered:
    """Has a next one and one at each place, for ever, and is no iterator."""

    def __next__(self) -> int:
        return 1

    def __getitem__(self, place: int) -> int:
        return 1


def closed(file: io.IOBase) -> io.IOBase:
    file.close()
    return file


TOLD: list[tuple[Any, str]] = [
    (Numbered(), '"<test_functions_plain.Numbered object>"'),
    ([closed(io.StringIO("words")), 1], '["<_io.StringIO object>",1]'),
    (Point(1, 2), '{"x":1,"y":2}'),
    ({"a": 1}.values(), "[1]"),
    (map(str, [1, 2]), '["1","2"]'),
    (Broken(), '{"size":1}'),
    (Odd(a=1), '{"a":1}'),
    ([Nasty()], '["<Nasty>"]'),
    (object(), '"<object object>"'),
    (io.StringIO("words"), '"words"'),
    (io.BytesIO(b"words"), '"words"'),
    (io.TextIOWrapper(io.BytesIO(), "utf-8"), "\"<_io.TextIOWrapper encoding='utf-8'>\""),
    (UserString("words"), '"words"'),
    (bytes(range(250)) * 2, "<500 bytes that are no text>"),
    ([1, KeyError("k")], "[1,\"KeyError: 'k'\"]"),
    (Enum("Kind", {"A": object()}).A, '"A"'),
    (10**100_000, '"<a whole number of about 100,000 digits>"'),
    ({datetime.date(2026, 1, 2): 1, None: 2}, '{"2026-01-02":1,"None":2}'),
]


@pytest.mark.parametrize(("value", "text"), TOLD, ids=lambda value: str(type(value)))
def test_values_become_text_by_their_type(value: Any, text: str) -> None:
    assert render(value) == text


@dataclass
class Drawn:
    picture: File


@pytest.mark.parametrize("kind", [lambda file: Shape(inside=[file]), Drawn])
def test_a_file_in_a_model_is_for_people(kind: Callable[[File], Any]) -> None:
    result = rendered(kind(File("a.png", b"\x89PNG")))

    assert [file.name for file in result.files] == ["a.png"]
    assert "[file a.png, image/png, 4 bytes]" in result.text


@pytest.mark.parametrize(
    ("sizes", "kept"), [([10_000_001], 0), ([9_000_000] * 3, 2), ([1] * 11, 10)]
)
def test_files_that_are_too_large_or_too_many_are_left_out(sizes: list[int], kept: int) -> None:
    result = rendered([File("a.bin", bytes(size)) for size in sizes])

    assert len(result.files) == kept
    assert f"{sizes[-1]:,} bytes was left out: too large or too many" in result.text


def test_a_file_without_a_name_of_its_own_is_called_one() -> None:
    assert rendered(File("...", b"x")).text == "[file file, application/octet-stream, 1 bytes]"


def test_what_is_too_short_for_a_secret_is_struck_out_of_nothing() -> None:
    assert rendered("a cab", secrets=["a", "abc"]).text == "a cab"


def test_a_secret_is_struck_out_of_what_is_cut() -> None:
    text = rendered(
        {"log": "x" * 14_960 + "hunter2hunter2" * 2000}, 20_000, ["hunter2hunter2"]
    ).text

    assert "hunter" not in text


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("words", "5 bytes]"),
        (None, "left out: its data is NoneType, not bytes]"),
        (b"", "left out: it is empty]"),
    ],
)
def test_a_file_whose_data_is_no_bytes_is_taken_or_told(data: Any, told: str) -> None:
    assert render(File("a.txt", data)).endswith(told)


def test_the_name_of_a_file_can_be_sent() -> None:
    (file,) = rendered(File("a\ud800.txt", b"x")).files

    assert file.name == "a?.txt"


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("is_time", [False, True])
async def test_an_object_that_is_slow_to_speak_holds_nobody_up(
    is_async: bool, is_time: bool
) -> None:
    release = threading.Event()

    class Slow:
        def __str__(self) -> str:
            release.wait(30)
            return "at last"

    class Zone(datetime.tzinfo):
        def utcoffset(self, _: datetime.datetime | None) -> None:
            release.wait(30)

    slow_one = datetime.datetime(2026, 1, 2, tzinfo=Zone()) if is_time else Slow()

    def now() -> Any:
        return [slow_one]

    async def soon() -> Any:
        return [slow_one]

    slow = function(soon if is_async else now, name="slow", timeout=0.1)
    offered = Registry([slow, function(name="quick")(lambda: 1)])
    began = time.monotonic()
    late, quick = await asyncio.gather(
        offered.call("slow", "", testing.fake_context()),
        offered.call("quick", "", testing.fake_context(call_id="E1:0:1")),
    )
    release.set()

    assert (late.note, quick.ok) == ("timed out", True)
    assert time.monotonic() - began < 15


async def test_an_object_that_raises_at_every_touch_is_told_by_its_class() -> None:
    @function
    async def get() -> Any:
        return Nasty()

    assert (await testing.call(get, {})).text == '"<Nasty>"'


class Exiting:
    def to_dict(self) -> dict[str, Any]:
        raise SystemExit("out")


class Stubborn(bytes):
    def __bytes__(self) -> bytes:
        raise RuntimeError("not me")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Stubborn(b"a"), "a"),
        ([Stubborn(b"a")], '["a"]'),
        (memoryview(b"a\xff"), "<2 bytes that are no text: 61ff>"),
        ([1, Exiting()], '[1,"<test_functions_plain.Exiting object>"]'),
    ],
)
async def test_a_result_is_told_whatever_its_class_makes_of_it(value: Any, text: str) -> None:
    result = await testing.call(function(name="get")(lambda: value), {})

    assert (result.ok, result.text) == (True, text)


@pytest.mark.parametrize("beside", [1, Basket])
def test_keys_that_are_the_same_when_written_are_told_as_pairs(beside: Any) -> None:
    text = render({1: "one", "1": "another", "at": beside})

    assert json.loads(text)[:2] == [["1", "one"], ["1", "another"]]
