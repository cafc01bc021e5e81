"""Rows of JSON whose fields have other names, or that stand together in one object.

Names count without case and outer spaces, as in a table's header, and a person may say which
field holds the prompt and which the answer. One object may hold all rows: in a list under a name
of its own, or column by column, as pandas writes them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.finetuning.findings import Place
from bot.finetuning.options import Reading
from bot.finetuning.row import Row
from bot.finetuning.table import FIELDS

_FOLDED = frozenset(("prompt", "completion", "messages", "system"))

Values = Mapping[str, Any]


def named(rows: Iterable[Row], reading: Reading) -> Iterator[Row]:
    """Give the fields of each row the names that we know."""
    chosen = {wanted.casefold(): field for field, wanted in reading.named.items()}
    for row in rows:
        if row.values is None or (not chosen and not row.values.keys().isdisjoint(FIELDS)):
            yield row
        else:
            yield replace(row, values=_renamed(row.values, chosen))


def _renamed(values: Values, chosen: Mapping[str, str]) -> Values:
    made: dict[str, Any] = {}
    for name, value in values.items():
        folded = name.strip().casefold()
        field = chosen.get(folded) or (folded if folded in _FOLDED else name)
        if field in chosen.values() and folded not in chosen:
            field = f"({name})"
        made[name if field in made else field] = value
    return made


def spread(rows: Iterable[Row]) -> Iterator[Row]:
    """Go through rows; an object that holds many comes as these, counted on."""
    more = 0
    for row in rows:
        held = _held(row.values) if row.values else None
        if held is None:
            yield _counted(row, more)
            continue
        for at, values in enumerate(held):
            yield replace(_counted(row, more + at), values=values)
        more += len(held) - 1


def _counted(row: Row, more: int) -> Row:
    place = row.place
    return replace(row, place=Place(place.line, place.row + more)) if more else row


def _held(values: Values) -> list[Values] | None:
    """Return the rows that an object holds, if it holds nothing else to train with."""
    columns = {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    if {"prompt", "completion"} <= columns.keys():
        lists = [column for column in columns.values() if isinstance(column, list)]
        if len(lists) == len(columns) and len({len(one) for one in lists}) == 1:
            return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
        return None
    if not values.keys().isdisjoint(FIELDS):
        return None
    lists = [value for value in values.values() if isinstance(value, list) and value]
    if len(lists) == 1 and all(isinstance(one, dict) for one in lists[0]):
        held = lists[0]
        return held if any(not one.keys().isdisjoint(FIELDS) for one in held[:20]) else None
    return None
