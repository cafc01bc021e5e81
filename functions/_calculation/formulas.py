"""The operators, formulas and constants of `calculate`, on fractions, each with bounded work.

What is a fraction or an `int` is exact; a `float` is right to `DIGITS` digits.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial, reduce
from typing import TypeAlias

from functions._errors import RetryCall

BITS = 13_000
DIGITS = 14
ANGLE_LIMIT = 1_000_000
FACTORIAL_LIMIT = 1_000
PLACES_LIMIT = 1_000
ROOT_LIMIT = 100  # up to here a root is looked for that is a fraction itself
MANY = 500

Result: TypeAlias = Fraction | int | float
Formula: TypeAlias = Callable[..., Result]


def bounded(value: Result) -> Fraction:
    """Refuse a number that is too long to go on with."""
    found = Fraction(value)
    if max(found.numerator.bit_length(), found.denominator.bit_length()) > BITS:
        raise RetryCall("A number on the way has more than 3,900 digits; that is too long.")
    return found


def approximate(value: Fraction) -> float:
    """Return the nearest number of the machine's own, if there is one."""
    found = float(value)
    if value and not found:
        raise FloatingPointError("too small")
    return found


def power(base: Fraction, exponent: Fraction) -> Result:
    """Raise to a power: exactly if there is an exact result."""
    if base < 0 and exponent.denominator != 1:
        raise RetryCall("A negative number has no real power with a fraction as exponent.")
    root = _root(base, exponent.denominator)
    if root is None:
        return float(approximate(base) ** approximate(exponent))
    if not _is_short_power(root, exponent.numerator):
        raise RetryCall("The power is too large: more than 3,900 digits.")
    return root**exponent.numerator


def _is_short_power(base: Fraction, exponent: int) -> bool:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    return abs(base) in (0, 1) or size * abs(exponent) <= 2 * BITS


def _root(value: Fraction, degree: int) -> Fraction | None:
    """Return the root if it is a fraction itself."""
    if degree == 1:
        return value
    if degree > ROOT_LIMIT:
        return None
    near = Fraction(approximate(value) ** (1 / degree)).limit_denominator()
    return near if near**degree == value else None


def logarithm(value: Fraction, base: Fraction) -> Result:
    """Take the logarithm, exactly where it is whole."""
    if base <= 0 or base == 1:
        raise RetryCall("The base of a logarithm is above zero and other than 1.")
    found = natural(value) / natural(base)
    near = round(found)
    return near if _is_short_power(base, near) and base**near == value else found


def natural(value: Fraction) -> float:
    """Take the natural logarithm."""
    if value <= 0:
        raise RetryCall("A logarithm needs a number above zero.")
    if 0.5 < value < 2:  # where what is left of two logarithms would be of few digits
        return math.log1p(value - 1)
    if 1e-300 < value < 1e300:
        return math.log(value)
    return math.log(value.numerator) - math.log(value.denominator)


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


def _on_angles(work: Callable[[float], float]) -> Formula:
    """Make a formula of one that has no use for more than so many turns."""

    def formula(value: Fraction) -> float:
        if abs(value) > ANGLE_LIMIT:
            raise RetryCall(f"This works for numbers up to {ANGLE_LIMIT:,} only.")
        return round(work(float(value)), DIGITS)

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
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
ANGLES = (math.sin, math.cos, math.tan, math.asin, math.acos, math.atan, math.degrees, math.radians)

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
    "exp": (math.exp, 1, 1),
    "ln": (natural, 1, 1),
    "log": (logarithm, 2, 2),
    **{f"log{base}": (partial(logarithm, base=Fraction(base)), 1, 1) for base in (2, 10)},
    **{work.__name__: (_on_angles(work), 1, 1) for work in ANGLES},
}
