"""Tell what can be written as it is, at once: a few plain things, and nothing that runs code."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

SIGNS = 50  # characters of a text that count as a part
BITS = 60_000  # of a number that is written out

_SIMPLE = frozenset(map(id, (NoneType, bool, int, float, date, datetime, timedelta, Decimal, UUID)))


def is_simple(value: Any, most: int) -> bool:
    """Tell whether a value is made of no more than so many plain things, and no others.

    To write such a value as it is takes no time, and runs no code of others.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is dict and all(type(key) is str for key in one):  # others may be written alike
            waiting += one.keys()
            waiting += one.values()
        elif kind is list or kind is tuple:
            waiting += one
        elif kind is str:
            most -= len(one) // SIGNS
        elif not _is_whole(one, kind):
            return False
        most -= 1
        if most < len(waiting):
            return False
    return True


def _is_whole(value: Any, kind: type) -> bool:
    """Tell whether it has no parts and is soon written; a time zone may be anybody's code."""
    if kind is int:
        return int.bit_length(value) <= BITS
    return id(kind) in _SIMPLE and not (kind is datetime and value.tzinfo is not None)
