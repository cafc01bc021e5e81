"""Read an arithmetic expression as people write it, and work it out: no `eval`, bounded depth.

What people write is put into Python's own notation, read by Python's own parser, and of what that
finds only arithmetic is worked out. `%` is the remainder when a value follows it (`10 % 3`) and a
percent sign otherwise (`15% of 80`); that stands before the parser as an attribute, which binds as
tightly as the sign.
"""

import ast
import re
from fractions import Fraction
from itertools import accumulate
from typing import NoReturn

from functions._calculation.formulas import CONSTANTS, FORMULAS, OPERATORS, Formula, bounded
from functions._errors import RetryCall
from functions._faults import nearest, show

DEPTH = 50
NEAR = 20

WIDE = {chr(place): chr(place - 0xFEE0) for place in range(0xFF01, 0xFF5F)}  # （１＋２）
SPELLINGS = str.maketrans(
    WIDE | {"×": "*", "·": "*", "÷": "/", "−": "-", "π": "pi", "^": "**", "²": "**2", "³": "**3"}
)
FOREIGN = re.compile(
    r"[^\w\s.,()*/%+-]|\b\d[\d_]*(?!e[+-]?\d)[a-z]|\de[+-]?\d{5}", re.ASCII | re.IGNORECASE
)  # a sign of no use here, a word right after a number, an enormous exponent
OF = re.compile(r"\bof\b")
LEADING_ZEROS = re.compile(r"(?<![\w.])0+(?=\d)")
SIGNED_AFTER_PERCENT = re.compile(r"%\s*([+-])(?=\S)")
PERCENT = re.compile(r"%(?!\s*[\w.(])")
IN_PYTHON = " .percent"
TOO_DEEP = "The expression is nested too deep."


def evaluate(expression: str) -> tuple[Fraction, bool]:
    """Work out an expression: its value, and whether that is exact.

    Raises:
        RetryCall: it cannot be read, or has no value; its text says why.
    """
    text = _in_python(expression)
    try:
        tree = ast.parse(text, mode="eval")
        reader = _Reader(text)
        return reader.value(tree.body), reader.is_exact
    except SyntaxError as error:
        _refuse(text, (error.offset or 1) - 1)
    except (MemoryError, RecursionError):
        raise RetryCall(TOO_DEEP) from None


def _in_python(expression: str) -> str:
    """Write an expression as Python does, on one line, or refuse what could mean two things."""
    plain = "".join(str(int(one)) if one.isdecimal() else one for one in expression)
    text = OF.sub("*", " ".join(plain.translate(SPELLINGS).split()))
    if foreign := FOREIGN.search(text):
        _refuse(text, foreign.start())
    if max(accumulate((one == "(") - (one == ")") for one in text), default=0) > DEPTH:
        raise RetryCall(TOO_DEEP)
    if signed := SIGNED_AFTER_PERCENT.search(text):
        raise RetryCall(
            f"% before a signed number can mean two things: write x % ({signed[1]}5) for the "
            f"remainder, or x% {signed[1]} 5 for a percentage."
        )
    return LEADING_ZEROS.sub("", PERCENT.sub(IN_PYTHON, text))


def _refuse(text: str, place: int) -> NoReturn:
    near = text[max(place - NEAR // 2, 0) :][:NEAR].replace(IN_PYTHON, "%")
    raise RetryCall(
        f"The expression cannot be read near {near!r}: something unknown stands there, or a "
        "number, an operator or a parenthesis is missing. Write 2 * 3, and numbers without "
        "separators: 1234.5."
    )


class _Reader:
    """Work out a tree of arithmetic; it `is_exact` until a number is rounded."""

    def __init__(self, text: str) -> None:
        self.is_exact = True
        self._text = text

    def value(self, node: ast.expr) -> Fraction:
        """Work out a part of the expression."""
        match node:
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                result = self.value(left)
                if result != 1 and isinstance(op, ast.Add | ast.Sub):
                    _refuse_percent_of_what(left, right)
                return self._worked_out(OPERATORS[type(op)], result, self.value(right))
            case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign, operand=inner):
                value = self.value(inner)
                return -value if isinstance(sign, ast.USub) else value
            case ast.Attribute(value=inner, attr="percent"):
                return self.value(inner) / 100
            case ast.Constant():
                return self._number(node)
            case ast.Name(id=name):
                return self._constant(name.casefold())
            case ast.Call(func=ast.Name(id=name), args=inner, keywords=[]) if name not in CONSTANTS:
                formula = _formula(name.casefold(), len(inner))
                return self._worked_out(formula, *map(self.value, inner))
        _refuse(self._text, node.col_offset)

    def _number(self, node: ast.Constant) -> Fraction:
        """Read a number as it is written, for Python's own would be rounded."""
        text = self._text[node.col_offset : node.end_col_offset]
        try:
            return bounded(Fraction(text))
        except ValueError:
            _refuse(self._text, node.col_offset)

    def _constant(self, name: str) -> Fraction:
        if name in FORMULAS:
            raise RetryCall(f"{name} needs its numbers in parentheses.")
        if name not in CONSTANTS:
            raise _unknown(name)
        self.is_exact = False
        return Fraction(CONSTANTS[name])

    def _worked_out(self, formula: Formula, *values: Fraction) -> Fraction:
        """Apply a formula, and take note if its result is rounded."""
        try:
            found = formula(*values)
            result = bounded(found)
        except ZeroDivisionError:
            raise RetryCall("This divides by zero, or zero has a negative power.") from None
        except ArithmeticError:
            raise RetryCall("The result, or a number on the way, is too large or small.") from None
        except ValueError:
            raise RetryCall("This is not defined for the given number.") from None
        self.is_exact &= not isinstance(found, float)
        return result


def _refuse_percent_of_what(left: ast.expr, right: ast.expr) -> None:
    """Ask what `80 + 15%` means, where a pocket calculator and a textbook differ."""
    while isinstance(left, ast.BinOp):
        left = left.right
    if isinstance(right, ast.Attribute) and not isinstance(left, ast.Attribute):
        raise RetryCall(
            "Adding or subtracting a percentage can mean two things: write x * (1 + 15%) for that "
            "share of x, or the decimal fraction 0.15 for the number itself."
        )


def _formula(name: str, given: int) -> Formula:
    """Return a formula that takes so many numbers."""
    if name not in FORMULAS:
        raise _unknown(name)
    formula, fewest, most = FORMULAS[name]
    if not fewest <= given <= most:
        count = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        noun = "number" if most == 1 else "numbers"
        raise RetryCall(f"{name} takes {count} {noun}, not {given}.")
    return formula


def _unknown(name: str) -> RetryCall:
    likely = nearest(name, [*FORMULAS, *CONSTANTS])
    hint = f"Did you mean {likely}?" if likely else f"Known are {', '.join(FORMULAS)}."
    return RetryCall(f"There is no formula or constant {show(name)}. {hint}")
