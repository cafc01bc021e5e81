"""Read the first items of what gives them one by one: it may be endless, slow or very large."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

ITEMS = 1000
LONG = 10_000  # characters of texts in an item that count as an item more


class Unread(Exception):
    """Tells that items could not be read; the cause is what an author's code has raised."""


def some(values: Iterable[Any]) -> list[Any]:
    """Return the first items, and how many more there are if that is known.

    Raises:
        Unread: one could not be read.
    """
    try:
        return _some(values)
    except BaseException as error:  # even one that wants to end the process here
        raise Unread from error


def _some(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    left = ITEMS
    for value in values:
        if left <= 0:
            return [*found, f"... and {_others(values, len(found))}"]
        found.append(value)
        left -= _weight(value)
    return found


async def some_of_stream(values: AsyncIterator[Any]) -> list[Any]:
    """Return the first items of what must be awaited for each."""
    found: list[Any] = []
    left = ITEMS
    async for value in values:
        if left <= 0:
            return [*found, f"... and {_others(values, len(found))}"]
        found.append(value)
        left -= _weight(value)
    return found


def _weight(value: Any) -> int:
    """Return as how many items it counts: what is long, or a row with such texts, as several."""
    parts = value if type(value) in (list, tuple) else (value,)
    parts = value.values() if type(value) is dict else parts
    return 1 + sum(len(one) for one in parts if type(one) in (str, bytes)) // LONG


def _others(values: Any, told: int) -> str:
    try:
        return f"{len(values) - told:,} more"
    except Exception:  # it does not know its length, as a generator
        return f"more than {told:,} items"
