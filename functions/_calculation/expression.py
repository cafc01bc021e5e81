"""Read an arithmetic expression as people write it, and work it out: no `eval`, bounded depth.

    sum      = product (("+" | "-") product)*
    product  = sign (("*" | "/" | "//" | "%" | "of") sign)*
    sign     = ("+" | "-") sign | power
    power    = percent (("**" | "^") sign)?
    percent  = value "%"?
    value    = number | constant | formula "(" sum ("," sum)* ")" | "(" sum ")"

`%` is the remainder when a value follows it (`10 % 3`) and a percent sign otherwise (`15% of 80`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from functions._calculation.arithmetic import (
    Number,
    Operation,
    add,
    divide,
    floor_divide,
    multiply,
    number,
    remainder,
    subtract,
)
from functions._calculation.formulas import CONSTANTS, FORMULAS, power
from functions._errors import RetryCall
from functions._faults import nearest

LENGTH = 1000
DEPTH = 50
EXPONENT = 3900

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d]\w*)|(?P<sign>\*\*|//|[-+*/%^(),]))",
    re.ASCII,
)
SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "π": "pi", "²": "^2", "³": "^3"})
SUM, PRODUCT, SIGN, POWER = range(1, 5)  # from what binds least to what binds most
OPERATORS: Mapping[str, tuple[int, Operation]] = {
    "+": (SUM, add),
    "-": (SUM, subtract),
    "*": (PRODUCT, multiply),
    "of": (PRODUCT, multiply),
    "/": (PRODUCT, divide),
    "//": (PRODUCT, floor_divide),
    "%": (PRODUCT, remainder),
    "**": (POWER, power),
    "^": (POWER, power),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the expression and where it stands."""

    kind: str
    text: str
    at: int


def evaluate(expression: str) -> Number:
    """Work out an expression, or raise `RetryCall` with what is wrong with it."""
    if len(expression) > LENGTH:
        raise RetryCall(f"The expression is longer than {LENGTH:,} characters.")
    reader = _Reader(_tokens(expression.translate(SPELLINGS)))
    result = reader.read()
    reader.end()
    return result


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise RetryCall(f"The expression cannot be read from character {at + 1} on.")
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*found, Token("end", "", len(text) + 1)]


class _Reader:
    """Work through the tokens from left to right, computing on the way."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._bare_percents: set[int] = set()

    def read(self, least: int = SUM) -> Number:
        """Work out what is bound at least so tightly."""
        self._depth += 1
        if self._depth > DEPTH:
            raise RetryCall("The expression is nested too deep.")
        result = self._signed()
        while (sign := self._now.text) in OPERATORS and OPERATORS[sign][0] >= least:
            binds, operation = OPERATORS[sign]
            self._place += 1
            start = self._place
            right = self.read(PRODUCT if binds == SUM else SIGN)
            if binds == SUM and result.value != 1:
                self._refuse_percent_of_what(start, sign)
            result = operation(result, right)
        self._depth -= 1
        return result

    def end(self) -> None:
        """Make sure that nothing is left over."""
        if self._now.kind != "end":
            raise RetryCall(
                f"An operator is missing before character {self._now.at}. "
                "Write 2 * 3, and numbers without separators: 1234.5."
            )

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *texts: str) -> str:
        """Step over the next token if it is one of these."""
        text = self._now.text if self._now.kind in ("sign", "word") else ""
        if text not in texts:
            return ""
        self._place += 1
        return text

    def _signed(self) -> Number:
        if sign := self._take("+", "-"):
            result = self.read(SIGN)
            return number(-result.value, result) if sign == "-" else result
        result = self._value()
        if self._now.text == "%" and not self._value_follows():
            self._place += 1
            self._refuse_signed_after_percent()
            self._bare_percents.add(self._place)
            return divide(result, Number(Fraction(100)))
        return result

    def _value_follows(self) -> bool:
        after = self._tokens[self._place + 1]
        return (
            after.kind == "number"
            or after.text == "("
            or (after.kind == "word" and after.text != "of")
        )

    def _refuse_signed_after_percent(self) -> None:
        """Ask what `17 % -5` means, where the minus stands at its number."""
        sign = self._now
        if sign.text in ("+", "-") and self._tokens[self._place + 1].at == sign.at + 1:
            raise RetryCall(
                f"% before a signed number can mean two things: write x % ({sign.text}5) for the "
                f"remainder, or x% {sign.text} 5 for a percentage."
            )

    def _refuse_percent_of_what(self, start: int, sign: str) -> None:
        """Ask what `80 + 15%` means, where a pocket calculator and a textbook differ."""
        alone = self._place in self._bare_percents and self._place - start == 2
        if alone and start - 1 not in self._bare_percents:
            raise RetryCall(
                f"Adding or subtracting a percentage can mean two things: write x * (1 {sign} 15%) "
                "for that share of x, or the decimal fraction 0.15 for the number itself."
            )

    def _value(self) -> Number:
        token = self._now
        self._place += 1
        if token.kind == "number":
            return _literal(token.text)
        if token.kind == "word":
            return self._named(token)
        if token.text == "(":
            result = self.read()
            self._close()
            return result
        raise RetryCall(f"A number is missing at character {token.at}.")

    def _named(self, token: Token) -> Number:
        name = token.text.casefold()
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name not in FORMULAS:
            likely = nearest(name, [*FORMULAS, *CONSTANTS])
            hint = f"Did you mean {likely}?" if likely else f"Known are {', '.join(FORMULAS)}."
            raise RetryCall(f"There is no formula or constant at character {token.at}. {hint}")
        if not self._take("("):
            raise RetryCall(f"{name} needs its numbers in parentheses.")
        values = [self.read()]
        while self._take(","):
            values.append(self.read())
        self._close()
        formula, fewest, most = FORMULAS[name]
        if not fewest <= len(values) <= most:
            raise RetryCall(f"{name} takes {_count(fewest, most)}, not {len(values)}.")
        return formula(*values)

    def _close(self) -> None:
        if not self._take(")"):
            raise RetryCall(f"A closing parenthesis is missing at character {self._now.at}.")


def _literal(text: str) -> Number:
    mantissa, _, exponent = text.replace("_", "").lower().partition("e")
    if abs(int(exponent or 0)) > EXPONENT:
        raise RetryCall(f"An exponent is larger than {EXPONENT:,}.")
    return number(Fraction(mantissa) * Fraction(10) ** int(exponent or 0))


def _count(fewest: int, most: int) -> str:
    if fewest == most:
        return "1 number" if fewest == 1 else f"{fewest} numbers"
    return f"{fewest} to {most} numbers"
