"""The named formulas and constants of `calculate`; those without an exact result say so."""

import decimal
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from functions._calculation.arithmetic import (
    Number,
    add,
    divide,
    exact_power,
    is_within,
    multiply,
    number,
)
from functions._errors import RetryCall

DIGITS = 30
ANGLE_DIGITS = 14
ANGLE_LIMIT = 1_000_000
FACTORIAL_LIMIT = 1_000
PLACES_LIMIT = 1_000

Formula = Callable[..., Number]


def power(base: Number, exponent: Number) -> Number:
    """Raise to a power."""
    return exact_power(base, exponent) or _rounded("power", base, exponent)


def square_root(value: Number) -> Number:
    """Take the square root."""
    if value.value < 0:
        raise RetryCall("A negative number has no real square root.")
    return power(value, Number(Fraction(1, 2)))


def root(value: Number, degree: Number) -> Number:
    """Take a root of any degree."""
    return power(value, divide(Number(Fraction(1)), degree))


def half_up(value: Number, places: Number = Number(Fraction(0))) -> Number:  # noqa: B008 - frozen
    """Round to decimal places, halves away from zero."""
    count = _whole(places, "round", -PLACES_LIMIT, PLACES_LIMIT)
    scaled = value.value * Fraction(10) ** count
    whole = math.floor(abs(scaled) + Fraction(1, 2))
    return number(Fraction(whole if scaled >= 0 else -whole) / Fraction(10) ** count, value)


def total(*values: Number) -> Number:
    """Add up."""
    result = Number(Fraction(0))
    for value in values:
        result = add(result, value)
    return result


def average(*values: Number) -> Number:
    """Take the mean."""
    return divide(total(*values), Number(Fraction(len(values))))


def factorial(value: Number) -> Number:
    """Multiply all whole numbers up to this one."""
    return number(math.factorial(_whole(value, "factorial", 0, FACTORIAL_LIMIT)), value)


def common_divisor(*values: Number) -> Number:
    """Return the greatest common divisor."""
    return number(math.gcd(*(_whole(value, "gcd") for value in values)), *values)


def common_multiple(*values: Number) -> Number:
    """Return the least common multiple."""
    return number(math.lcm(*(_whole(value, "lcm") for value in values)), *values)


def natural_logarithm(value: Number) -> Number:
    """Take the logarithm to the base e."""
    return _rounded("ln", _positive(value))


def logarithm(value: Number, base: Number) -> Number:
    """Take the logarithm to a base, exactly where it is whole."""
    if base.value in (0, 1) or base.value < 0:
        raise RetryCall("The base of a logarithm is a positive number other than 1.")
    found = divide(natural_logarithm(value), natural_logarithm(base))
    near = round(found.value)
    if is_within(base.value, near) and Number(base.value**near, base.digits) == value:
        return Number(Fraction(near))
    return found


def _positive(value: Number) -> Number:
    if value.value <= 0:
        raise RetryCall("A logarithm needs a number above zero.")
    return value


def _whole(value: Number, name: str, low: int = -(10**3900), high: int = 10**3900) -> int:
    if value.value.denominator != 1:
        raise RetryCall(f"{name} needs a whole number.")
    if not low <= value.value <= high:
        raise RetryCall(f"{name} takes a number from {low:,} to {high:,}.")
    return int(value.value)


def _rounded(operation: str, *values: Number) -> Number:
    """Compute with many digits more than are told."""
    context = decimal.Context(prec=DIGITS + 30, Emax=4000, Emin=-4000)
    try:
        given = [divided(value.value, context) for value in values]
        found = Fraction(getattr(context, operation)(*given))
    except (decimal.Overflow, decimal.InvalidOperation):
        raise RetryCall("The result is too large.") from None
    return number(found, *values, Number(found, DIGITS))


def divided(value: Fraction, context: decimal.Context) -> decimal.Decimal:
    """Write a fraction as a decimal number."""
    return context.divide(decimal.Decimal(value.numerator), decimal.Decimal(value.denominator))


def _from_float(operation: Callable[[float], float]) -> Formula:
    """Make a formula of one that computes with the machine's own numbers."""

    def formula(value: Number) -> Number:
        if abs(value.value) > ANGLE_LIMIT:
            raise RetryCall(f"This works for numbers up to {ANGLE_LIMIT:,} only.")
        try:
            found = operation(float(value.value))
        except ValueError:
            raise RetryCall("This is not defined for the given number.") from None
        return number(Fraction(round(found, ANGLE_DIGITS)), Number(value.value, ANGLE_DIGITS))

    return formula


def _whole_part(operation: Callable[[Fraction], int]) -> Formula:
    def formula(value: Number) -> Number:
        return number(operation(value.value), value)

    return formula


PI = Number(Fraction("3.14159265358979323846264338327950288419716939937510582097494"), DIGITS)
E = Number(Fraction("2.71828182845904523536028747135266249775724709369995957496697"), DIGITS)
CONSTANTS: Mapping[str, Number] = MappingProxyType({"pi": PI, "e": E})

# name: formula, the fewest and the most numbers it takes
FORMULAS: Mapping[str, tuple[Formula, int, int]] = MappingProxyType(
    {
        "sqrt": (square_root, 1, 1),
        "root": (root, 2, 2),
        "round": (half_up, 1, 2),
        "floor": (_whole_part(math.floor), 1, 1),
        "ceil": (_whole_part(math.ceil), 1, 1),
        "trunc": (_whole_part(math.trunc), 1, 1),
        "abs": (lambda value: number(abs(value.value), value), 1, 1),
        "min": (lambda *values: min(values, key=lambda one: one.value), 1, 500),
        "max": (lambda *values: max(values, key=lambda one: one.value), 1, 500),
        "sum": (total, 1, 500),
        "average": (average, 1, 500),
        "mean": (average, 1, 500),
        "factorial": (factorial, 1, 1),
        "gcd": (common_divisor, 1, 500),
        "lcm": (common_multiple, 1, 500),
        "exp": (lambda value: _rounded("exp", value), 1, 1),
        "ln": (natural_logarithm, 1, 1),
        "log": (logarithm, 2, 2),
        "log10": (lambda value: logarithm(value, Number(Fraction(10))), 1, 1),
        "log2": (lambda value: logarithm(value, Number(Fraction(2))), 1, 1),
        "sin": (_from_float(math.sin), 1, 1),
        "cos": (_from_float(math.cos), 1, 1),
        "tan": (_from_float(math.tan), 1, 1),
        "asin": (_from_float(math.asin), 1, 1),
        "acos": (_from_float(math.acos), 1, 1),
        "atan": (_from_float(math.atan), 1, 1),
        "degrees": (lambda value: divide(multiply(value, Number(Fraction(180))), PI), 1, 1),
        "radians": (lambda value: divide(multiply(value, PI), Number(Fraction(180))), 1, 1),
    }
)
