"""The operators, formulas and constants of `calculate`, on exact fractions, each with bounded work.

The type of a result tells how exact it is: a fraction or an `int` wholly, a `Decimal` to `DIGITS`
digits, a `float` to `ANGLE_DIGITS`.
"""

import ast
import decimal
import math
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial, reduce
from typing import TypeAlias

from functions._errors import RetryCall

BITS = 13_000
DIGITS = 30
ANGLE_DIGITS = 14
ANGLE_LIMIT = 1_000_000
FACTORIAL_LIMIT = 1_000
PLACES_LIMIT = 1_000
MANY = 500

Result: TypeAlias = Fraction | int | Decimal | float
Formula: TypeAlias = Callable[..., Result]

CONTEXT = decimal.Context(prec=DIGITS + 30, Emax=4000, Emin=-4000)  # more digits than are told
PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494")
E = Fraction("2.71828182845904523536028747135266249775724709369995957496697")


def bounded(value: Fraction | int) -> Fraction:
    """Refuse a number that is too long to go on with."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
        raise RetryCall("A number on the way has more than 3,900 digits; that is too long.")
    return Fraction(value)


def as_decimal(value: Fraction, context: decimal.Context = CONTEXT) -> Decimal:
    """Write a fraction as a decimal number."""
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def power(base: Fraction, exponent: Fraction) -> Result:
    """Raise to a power: exactly if there is an exact result."""
    if base < 0 and exponent.denominator != 1:
        raise RetryCall("A negative number has no real power with a fraction as exponent.")
    root = _root(base, exponent.denominator)
    if root is None:
        return CONTEXT.power(as_decimal(base), as_decimal(exponent))
    if not _is_short_power(root, exponent.numerator):
        raise RetryCall("The power is too large: more than 3,900 digits.")
    return root**exponent.numerator


def _is_short_power(base: Fraction, exponent: int) -> bool:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    return abs(base) in (0, 1) or size * abs(exponent) <= 2 * BITS


def _root(value: Fraction, degree: int) -> Fraction | None:
    """Return the root if it is a fraction itself."""
    if degree > BITS:
        return None
    top, bottom = (_whole_root(part, degree) for part in value.as_integer_ratio())
    return None if top is None or bottom is None else Fraction(top, bottom)


def _whole_root(value: int, degree: int) -> int | None:
    """Return the root if it is whole."""
    if degree == 1:
        return value
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < value else (low, middle)
    return low if low**degree == value else None


def logarithm(value: Fraction, base: Fraction = E) -> Result:
    """Take the logarithm, exactly where it is whole."""
    if value <= 0 or base <= 0 or base == 1:
        raise RetryCall("A logarithm needs a number above zero, and such a base other than 1.")
    found = CONTEXT.divide(CONTEXT.ln(as_decimal(value)), CONTEXT.ln(as_decimal(base)))
    near = round(found)
    return near if _is_short_power(base, near) and base**near == value else found


def half_up(value: Fraction, places: Fraction = Fraction(0)) -> Fraction:
    """Round to decimal places, halves away from zero."""
    if places.denominator != 1 or abs(places) > PLACES_LIMIT:
        raise RetryCall(f"round takes a whole number of places, up to {PLACES_LIMIT:,}.")
    scale = Fraction(10) ** int(places)
    whole = math.floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole) / scale


def factorial(value: int) -> int:
    """Multiply all whole numbers up to this one."""
    if not 0 <= value <= FACTORIAL_LIMIT:
        raise RetryCall(f"factorial takes a number from 0 to {FACTORIAL_LIMIT:,}.")
    return math.factorial(value)


def _on_wholes(work: Callable[..., int]) -> Formula:
    """Make a formula of one for whole numbers."""

    def formula(*values: Fraction) -> int:
        if any(one.denominator != 1 for one in values):
            raise RetryCall("This needs whole numbers.")
        return work(*map(int, values))

    return formula


def _on_floats(work: Callable[[float], float]) -> Formula:
    """Make a formula of one that computes with the machine's own numbers."""

    def formula(value: Fraction) -> float:
        if abs(value) > ANGLE_LIMIT:
            raise RetryCall(f"This works for numbers up to {ANGLE_LIMIT:,} only.")
        return round(work(float(value)), ANGLE_DIGITS)

    return formula


def total(*values: Fraction) -> Fraction:
    """Add up."""
    return reduce(lambda one, other: bounded(one + other), values)


OPERATORS: Mapping[type[ast.operator], Formula] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,  # has the sign of the divisor
    ast.Pow: power,
}
CONSTANTS: Mapping[str, Decimal] = {"pi": as_decimal(PI), "e": as_decimal(E)}
FLOATS = (math.sin, math.cos, math.tan, math.asin, math.acos, math.atan)

# name: formula, the fewest and the most numbers it takes
FORMULAS: Mapping[str, tuple[Formula, int, int]] = {
    "sqrt": (lambda value: power(value, Fraction(1, 2)), 1, 1),
    "root": (lambda value, degree: power(value, 1 / degree), 2, 2),
    "round": (half_up, 1, 2),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "trunc": (math.trunc, 1, 1),
    "abs": (abs, 1, 1),
    "min": (lambda *values: min(values), 1, MANY),
    "max": (lambda *values: max(values), 1, MANY),
    "sum": (total, 1, MANY),
    **dict.fromkeys(("average", "mean"), (lambda *many: total(*many) / len(many), 1, MANY)),
    "factorial": (_on_wholes(factorial), 1, 1),
    "gcd": (_on_wholes(math.gcd), 1, MANY),
    "lcm": (_on_wholes(math.lcm), 1, MANY),
    "exp": (lambda value: CONTEXT.exp(as_decimal(value)), 1, 1),
    "ln": (logarithm, 1, 1),
    "log": (logarithm, 2, 2),
    **{f"log{base}": (partial(logarithm, base=Fraction(base)), 1, 1) for base in (2, 10)},
    **{work.__name__: (_on_floats(work), 1, 1) for work in FLOATS},
    "degrees": (lambda value: as_decimal(value * 180 / PI), 1, 1),
    "radians": (lambda value: as_decimal(value * PI / 180), 1, 1),
}
