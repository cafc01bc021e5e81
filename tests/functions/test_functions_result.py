import collections
import dataclasses
import datetime
import decimal
import enum
import json
import threading
import types
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from functions._results.plain import bounded
from functions._results.result import LIMIT, rendered


def render(value: Any, limit: int = LIMIT) -> str:
    return rendered(value, limit).text


class Colour(enum.Enum):
    RED = "red"


class Model(BaseModel):
    size: int


@dataclasses.dataclass
class Data:
    day: datetime.date


class Mute:
    def __str__(self) -> str:
        raise RuntimeError("mute")

    __repr__ = __str__


class Raw(BaseModel):
    data: bytes


TOLD: list[tuple[Any, str]] = [
    ("plain text", "plain text"),
    ("", ""),
    (None, "null"),
    (True, "true"),
    ({"a": [1, 2.5, None]}, '{"a":[1,2.5,null]}'),
    (float("nan"), "null"),
    ([float("inf")], "[null]"),
    (Colour.RED, '"red"'),
    (Model(size=1), '{"size":1}'),
    (Data(datetime.date(2026, 1, 2)), '{"day":"2026-01-02"}'),
    (decimal.Decimal("1.10"), '"1.10"'),
    (uuid.UUID(int=0), '"00000000-0000-0000-0000-000000000000"'),
    (b"text", "text"),
    (b"\xff\xfe", "<2 bytes that are no text: fffe>"),
    ({"a": b"\xff"}, '{"a":"<1 bytes that are no text: ff>"}'),
    (ValueError("no"), '"ValueError: no"'),
    ("\ud800", "?"),
    (["\ud800"], '["?"]'),
    ({"\ud800": 1}, '{"?":1}'),
    (Mute(), '"<Mute>"'),
    ([Mute(), 1], '["<Mute>",1]'),
    ({(1, 2): 3}, '{"1,2":3}'),
    (range(3), "[0,1,2]"),
    ({"a": 1}.items(), '[["a",1]]'),
    (collections.ChainMap({"a": 1}), '{"a":1}'),
    (types.MappingProxyType({"a": range(2)}), '{"a":[0,1]}'),
    (types.SimpleNamespace(a=1), '{"a":1}'),
    (Raw(data=b"\xff"), '{"data":"<1 bytes that are no text: ff>"}'),
]


@pytest.mark.parametrize(("value", "text"), TOLD, ids=lambda value: type(value).__name__)
def test_results_become_text(value: Any, text: str) -> None:
    assert render(value) == text


def test_an_endless_range_is_told_in_part() -> None:
    assert render(range(10**9)).endswith('999,"... and 999,999,000 more"]')


def test_what_contains_itself_is_told() -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    table: dict[str, Any] = {"a": endless}
    table["me"] = table

    assert json.loads(render(endless)) == [1, "<contains itself>"]
    assert json.loads(render(table))["me"] == "<contains itself>"


def test_what_is_nested_without_end_is_told() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    assert "<nested too deep>" in render(deep)


@pytest.mark.parametrize("value", [threading.Lock(), object(), type, print, (x for x in "ab")])
def test_anything_at_all_becomes_text(value: Any) -> None:
    assert render(value)


def test_long_results_say_what_was_left_out() -> None:
    text = render("a" * 30_000 + "z" * 20_000, limit=1000)

    assert len(text) <= 1000
    assert text.startswith("aaa")
    assert text.endswith("zzz")
    assert "of 50,000 characters left out here" in text


@given(st.text(), st.integers(0, 200))
def test_texts_within_the_limit_are_left_alone(text: str, limit: int) -> None:
    assert (bounded(text, limit) == text) == (len(text) <= limit)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
    | st.binary() | st.dates() | st.decimals() | st.complex_numbers() | st.uuids(),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner)
    | st.sets(st.integers() | st.binary()),
    max_leaves=10,
)  # fmt: skip


@given(ANYTHING)
def test_every_value_becomes_sendable_text(value: Any) -> None:
    render(value).encode()
