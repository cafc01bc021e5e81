"""Results whose items come one by one: they may fail on the way, or be more than memory holds."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from functions import FunctionError, function, testing
from functions._results.result import rendered


class Held(BaseModel):
    rows: Any


def rows_until_it_fails(error: BaseException) -> Iterator[int]:
    yield 1
    raise error


class Rows:
    def __iter__(self) -> Iterator[int]:
        return rows_until_it_fails(ValueError("gone"))


LAZY: list[Callable[[], Any]] = [
    lambda: {"rows": rows_until_it_fails(ValueError("gone"))},
    lambda: [Held(rows=rows_until_it_fails(SystemExit("out")))],
    lambda: map(int, "12x"),
    Rows,
]


@pytest.mark.parametrize("lazy", LAZY)
async def test_what_fails_while_its_items_are_read_is_a_failure(lazy: Callable[[], Any]) -> None:
    result = await testing.call(function(name="get")(lazy), {})

    assert (result.ok, "failed unexpectedly" in result.text) == (False, True)


async def test_what_was_not_awaited_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def name() -> str:
        return "Ann"

    forgotten = name()

    @function
    async def get() -> Any:
        return {"name": forgotten}

    assert not (await testing.call(get, {})).ok
    assert "name in the result was not awaited" in caplog.text
    forgotten.close()


async def test_it_may_fail_on_purpose() -> None:
    @function
    async def get() -> Any:
        return {"rows": rows_until_it_fails(FunctionError("The archive is closed."))}

    assert (await testing.call(get, {})).text == "get failed: The archive is closed."


def chunk() -> str:
    return "x" * 1_000_000


@pytest.mark.parametrize("row", [chunk, lambda: (1, chunk()), lambda: {"body": chunk()}])
def test_long_texts_are_not_all_read(row: Callable[[], Any]) -> None:
    numbers = itertools.count()

    text = rendered(row() for _ in numbers).text

    assert "more than 10 items" in text
    assert next(numbers) < 20


async def test_so_are_those_that_are_awaited() -> None:
    @function
    async def read() -> AsyncIterator[str]:
        while True:
            yield chunk()

    assert "more than 10 items" in (await testing.call(read, {})).text
