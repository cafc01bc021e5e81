"""Arithmetic on exact fractions: numbers that know whether they were rounded, and bounded work.

A number is a fraction and the count of digits that can be relied on; `None` means all of them.
What is here is exact however long it gets; what must be rounded is in `formulas`.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from functions._errors import RetryCall

BITS = 13_000


@dataclass(frozen=True, slots=True)
class Number:
    """A value, and how many of its digits are right if it was rounded."""

    value: Fraction
    digits: int | None = None


Operation: TypeAlias = Callable[[Number, Number], Number]


def number(value: Fraction | int, *of: Number) -> Number:
    """Return a result computed from other numbers: as exact as the least exact of them."""
    digits = [one.digits for one in of if one.digits is not None]
    return Number(_bounded(Fraction(value)), min(digits, default=None))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
        raise RetryCall("A number on the way has more than 3,900 digits; that is too long.")
    return value


def _on_both(operation: Callable[[Fraction, Fraction], Fraction | int]) -> Operation:
    def work_out(left: Number, right: Number) -> Number:
        try:
            return number(operation(left.value, right.value), left, right)
        except ZeroDivisionError:
            raise RetryCall("This divides by zero.") from None

    return work_out


add = _on_both(operator.add)
subtract = _on_both(operator.sub)
multiply = _on_both(operator.mul)
divide = _on_both(operator.truediv)
floor_divide = _on_both(operator.floordiv)
remainder = _on_both(operator.mod)  # has the sign of the divisor


def exact_power(base: Number, exponent: Number) -> Number | None:
    """Raise to a power, or return None where only a rounded result exists."""
    if exponent.value.denominator == 1:
        return number(_whole_power(base.value, int(exponent.value)), base, exponent)
    if base.value < 0:
        raise RetryCall("A negative number has no real power with a fraction as exponent.")
    root = _exact_root(base.value, exponent.value.denominator)
    if root is None:
        return None
    return number(_whole_power(root, exponent.value.numerator), base, exponent)


def _whole_power(base: Fraction, exponent: int) -> Fraction:
    if base == 0 and exponent < 0:
        raise RetryCall("Zero has no negative power.")
    if abs(base) not in (0, 1) and not is_within(base, exponent):
        raise RetryCall("The power is too large: more than 3,900 digits.")
    return Fraction(base**exponent)


def is_within(base: Fraction, exponent: int) -> bool:
    """Tell whether a power is small enough to be worked out."""
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    return size * abs(exponent) <= 2 * BITS


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    if value < 0 or degree > BITS:
        return None
    top, bottom = _whole_root(value.numerator, degree), _whole_root(value.denominator, degree)
    return None if top is None or bottom is None else Fraction(top, bottom)


def _whole_root(value: int, degree: int) -> int | None:
    """Return the root if it is whole."""
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < value else (low, middle)
    return low if low**degree == value else None
