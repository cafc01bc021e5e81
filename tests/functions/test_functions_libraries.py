"""What libraries return, which are not imported: arrays, frames, rows and objects of their own."""

import json
import sqlite3
import weakref
from collections import UserList
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.web.slack_response import SlackResponse

from functions import function, testing
from functions._results.result import rendered


def render(value: Any) -> str:
    return rendered(value).text


class Array:
    """Stands for an array of a library, or for one item of it."""

    def __init__(self, *items: Any, ndim: int = 1, kind: str = "i") -> None:
        self.dtype, self.ndim, self._items = SimpleNamespace(kind=kind), ndim, items

    dtype: Any = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def tolist(self) -> Any:
        return self._items[0]

    def __str__(self) -> str:
        return "array"


class Matrix(Array):
    """Stands for a matrix, of which a row is a matrix again."""

    def __init__(self, *rows: list[int]) -> None:
        super().__init__(list(rows), ndim=2)

    def __iter__(self) -> Iterator[Any]:
        return (Matrix(row) for row in self._items[0])


class Labelled:
    """Stands for a column with labels, which may be there twice."""

    def __init__(self, *pairs: tuple[Any, Any]) -> None:
        self._pairs = pairs

    def keys(self) -> list[Any]:
        return [key for key, _ in self._pairs]

    def items(self) -> Iterator[Any]:
        return iter(self._pairs)

    def __getitem__(self, key: Any) -> Any:
        return dict(self._pairs)[key]


class Own:
    def __init__(self, told: Any) -> None:
        self.told = told

    def to_dict(self) -> Any:
        return self.told

    def __str__(self) -> str:
        return "own"


class Attributed:
    __attrs_attrs__ = (SimpleNamespace(name="x"),)
    x = 1


class Frame:
    """Stands for a frame of pandas, of which each number of `column` is a row."""

    itertuples = None

    def __init__(self, *column: int, kind: str = "i", name: str | None = None, unique: bool = True):
        self.column, self.columns = column, SimpleNamespace(is_unique=unique)
        self.index = SimpleNamespace(name=name, dtype=SimpleNamespace(kind=kind))

    def __len__(self) -> int:
        return len(self.column)

    def head(self, most: int) -> "Frame":
        return Frame(*self.column[:most])

    def reset_index(self) -> "Frame":
        return Frame(*(-one for one in self.column))

    def to_dict(self, form: str = "dict") -> Any:
        rows = [{"n": one} for one in self.column]
        return rows if form == "records" else {"n": list(self.column)}


class Polars(Frame):
    """Stands for a frame of polars."""

    def head(self, most: int) -> "Polars":
        return Polars(*self.column[:most])

    def to_dicts(self) -> Any:
        return self.to_dict("records")


NaTType = type("NaTType", (), {})


class Mapped:
    __mapper__ = SimpleNamespace(column_attrs={"x": ..., "gone": ...})
    x = 1


class Fetched(UserList[Any]):
    """Stands for a row that knows its columns, of which two may have one name."""

    _fields: tuple[str, ...] = ()

    def __init__(self, columns: str, *values: Any) -> None:
        super().__init__(values)
        self._fields = tuple(columns.split())


def _row() -> Any:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    row = database.execute("select 1 as id, 'Ann' as name").fetchone()
    database.close()
    return row


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Array(True, ndim=0, kind="b"), True),
        ([Array(1.5, ndim=0, kind="f")], [1.5]),
        (Array(1, 2), [1, 2]),
        (Array(Array(1, 2), Array(3)), [[1, 2], [3]]),
        (Array(5, ndim=0, kind="M"), "array"),
        (Matrix([1, 2], [3, 4]), [[1, 2], [3, 4]]),
        (Labelled(("x", 1), (2, Array(3))), {"x": 1, "2": [3]}),
        (Labelled(("x", 1), ("x", 2)), [["x", 1], ["x", 2]]),
        (_row(), {"id": 1, "name": "Ann"}),
        (Own({"a": Own({"b": 1})}), {"a": {"b": 1}}),
        (Own(5), "own"),
        (Attributed(), {"x": 1}),
        (Mapped(), {"x": 1, "gone": None}),
        ([Fetched("id name", 1, "Ann")], [{"id": 1, "name": "Ann"}]),
        (Fetched("id id", 1, 2), [1, 2]),
        (Frame(1, 2), [{"n": 1}, {"n": 2}]),
        (Frame(1, name="day"), [{"n": -1}]),
        (Frame(1, kind="O"), [{"n": -1}]),
        (Frame(1, unique=False), {"n": [1]}),
        (Frame(*[1] * 1_001), [*[{"n": 1}] * 1_000, "... and 1 more"]),
        (Polars(1), [{"n": 1}]),
        ([NaTType()], [None]),
    ],
)
def test_what_libraries_bring_is_told_as_the_plain_values_that_it_stands_for(
    value: Any, told: Any
) -> None:
    assert json.loads(render(value)) == told


def test_an_element_of_xml_is_not_taken_for_its_attributes() -> None:
    assert render(Element("a")) == render(Element("a", {"id": "1"})) == "\"<Element 'a'>\""


def test_a_mapping_that_loses_its_keys_is_told_as_what_it_is() -> None:
    assert render(weakref.WeakValueDictionary()) == "{}"


def test_an_array_of_many_rows_is_told_in_part() -> None:
    array = Array(*(Array(*range(2000)) for _ in range(2000)))

    text = render(array)

    assert len(text) <= 20_000
    assert text.startswith("[[0,1,2,")


class Image:
    """Stands for an image of Pillow, which shows itself in notebooks; one in CMYK cannot."""

    def __init__(self, data: bytes | None = b"\x89PNG") -> None:
        self._data = data

    def _repr_png_(self) -> bytes | None:
        return self._data

    def __str__(self) -> str:
        return "an image in CMYK"


class Figure:
    """Stands for a figure of matplotlib."""

    def savefig(self, file: Any, **options: Any) -> None:
        file.write(f"\x89PNG{options['format']}".encode("latin-1"))


@dataclass
class Report:
    picture: Any


@pytest.mark.parametrize("kind", [lambda one: one, Report, lambda one: {"pictures": [one]}])
@pytest.mark.parametrize("value", [Image(), Figure()])
def test_what_draws_itself_is_a_picture_for_people(
    kind: Callable[[Any], Any], value: object
) -> None:
    result = rendered(kind(value))

    assert [(file.name, file.data[:4]) for file in result.files] == [("picture-1.png", b"\x89PNG")]
    assert "[file picture-1.png, image/png, " in result.text


def test_what_cannot_draw_itself_is_told_in_words() -> None:
    assert render([Image(None)]) == '["an image in CMYK"]'


@pytest.mark.parametrize("kind", [SlackResponse, AsyncSlackResponse])
async def test_an_answer_of_slack_is_told_as_its_data_and_asks_for_no_further_page(
    kind: type,
) -> None:
    data = {"ok": True, "channels": [], "response_metadata": {"next_cursor": "more"}}
    request = {"headers": {"Authorization": "Bearer xoxb-secret"}}

    @function(effect="read")
    async def channels() -> Any:
        return kind(
            client=None,
            http_verb="GET",
            api_url="https://slack.com/api/conversations.list",
            req_args=request,
            data=data,
            headers={},
            status_code=200,
        )

    assert json.loads((await testing.call(channels, {})).text) == data


async def test_an_answer_over_http_is_told_as_its_text() -> None:
    assert render(httpx.Response(200, json={"a": 1})) == '{"a":1}'
    assert render([httpx.Response(404, text="none")]) == '["none"]'
    assert "Response" in render(httpx.Response(200, stream=httpx.ByteStream(b"unread")))
