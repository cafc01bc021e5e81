"""Work out arithmetic exactly, which models are bad at."""

import decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from functions._calculation.expression import evaluate
from functions._calculation.formulas import DIGITS
from functions._declaring.function import function

SYNTAX = (
    "such as (3 + 4) * 2 ** 0.5 or 15% of 80. Known are + - * / // % ** and parentheses, pi, e, "
    "sqrt, root(x, n), round(x, places) with halves away from zero, floor, ceil, abs, min, max, "
    "sum, average, factorial, gcd, lcm, exp, ln, log(x, base), log10, sin, cos, tan in radians"
)
LENGTH = 4000
DECIMALS = 60
FRACTION_LENGTH = 60
PLAIN = 30


@function(effect="read", who="everyone", timeout=10)
def calculate(
    expression: Annotated[str, Field(min_length=1, max_length=1000, description=SYNTAX)],
) -> str:
    """Work out an arithmetic expression exactly; use it for every calculation."""
    return spell(*evaluate(expression))


def spell(value: Fraction, is_exact: bool) -> str:
    """Write a result, and say whether it is exact."""
    if is_exact and (decimals := _decimals(value)):
        return f"{decimals} (exact)"
    rounded = f"about {_rounded(value)} (rounded to {DIGITS} digits)"
    if not is_exact:
        return rounded
    exact = f"{value.numerator}/{value.denominator}"
    return f"{exact} (exact), {rounded}" if len(exact) <= FRACTION_LENGTH else rounded


def _decimals(value: Fraction) -> str | None:
    """Write a value in full, or return None if its places end late or never."""
    try:
        found = _divided(value, decimal.Context(prec=LENGTH, traps=[decimal.Inexact]))
    except decimal.Inexact:
        return None
    return f"{found:f}" if -int(found.as_tuple().exponent) <= DECIMALS else None


def _rounded(value: Fraction) -> str:
    context = decimal.Context(prec=DIGITS, Emax=9999, Emin=-9999)
    shortest = _divided(value, context).normalize(context)
    return f"{shortest:f}" if -PLAIN < shortest.adjusted() < PLAIN else f"{shortest:e}"


def _divided(value: Fraction, context: decimal.Context) -> decimal.Decimal:
    return context.divide(decimal.Decimal(value.numerator), decimal.Decimal(value.denominator))
