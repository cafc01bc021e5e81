"""Work out arithmetic exactly, which models are bad at."""

import decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from functions._arithmetic import Number
from functions._expression import evaluate
from functions._formulas import DIGITS
from functions._function import function

SYNTAX = (
    "such as (3 + 4) * 2 ** 0.5 or 15% of 80. Known are + - * / // % ** and parentheses, pi, e, "
    "sqrt, root(x, n), round(x, places) with halves away from zero, floor, ceil, abs, min, max, "
    "sum, average, factorial, gcd, lcm, exp, ln, log(x, base), log10, sin, cos, tan in radians"
)
DECIMALS = 60
FRACTION_LENGTH = 60
PLAIN = 30


@function(effect="read", who="everyone", timeout=10)
def calculate(
    expression: Annotated[
        str,
        Field(min_length=1, max_length=1000, description=SYNTAX),
    ],
) -> str:
    """Work out an arithmetic expression exactly; use it for every calculation."""
    return spell(evaluate(expression))


def spell(result: Number) -> str:
    """Write a result, and say whether it is exact."""
    value, digits = result.value, result.digits
    if digits is not None:
        return f"about {_rounded(value, digits)} (rounded to {digits} digits)"
    if value.denominator == 1:
        return f"{value.numerator} (exact)"
    places = _decimal_places(value)
    if places is not None and places <= DECIMALS:
        return f"{_decimal(value, places)} (exact)"
    rounded = f"about {_rounded(value, DIGITS)} (rounded to {DIGITS} digits)"
    exact = f"{value.numerator}/{value.denominator}"
    return f"{exact} (exact), {rounded}" if len(exact) <= FRACTION_LENGTH else rounded


def _decimal_places(value: Fraction) -> int | None:
    """Count the places after the point, or return None if they never end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _decimal(value: Fraction, places: int) -> str:
    scaled = abs(value.numerator) * 10**places // value.denominator
    digits = str(scaled).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _rounded(value: Fraction, digits: int) -> str:
    context = decimal.Context(prec=digits, Emax=9999, Emin=-9999)
    found = context.divide(decimal.Decimal(value.numerator), decimal.Decimal(value.denominator))
    shortest = found.normalize(context)
    return f"{shortest:f}" if -PLAIN < shortest.adjusted() < PLAIN else f"{shortest:e}"
