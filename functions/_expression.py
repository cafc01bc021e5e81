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
from dataclasses import dataclass
from fractions import Fraction

from functions._arithmetic import (
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
from functions._errors import RetryCall
from functions._faults import nearest
from functions._formulas import CONSTANTS, FORMULAS, power

LENGTH = 1000
DEPTH = 50
EXPONENT = 3900

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d]\w*)|(?P<sign>\*\*|//|[-+*/%^(),]))",
    re.ASCII,
)
SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "π": "pi", "²": "^2", "³": "^3"})
PRODUCTS: dict[str, Operation] = {
    "*": multiply,
    "of": multiply,
    "/": divide,
    "//": floor_divide,
    "%": remainder,
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
    result = reader.sum()
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

    def sum(self) -> Number:
        self._depth += 1
        if self._depth > DEPTH:
            raise RetryCall(f"The expression is nested deeper than {DEPTH} levels.")
        result = self._product()
        while sign := self._take("+", "-"):
            start = self._place
            right = self._product()
            if result.value != 1:
                self._refuse_percent_of_what(start, sign)
            result = add(result, right) if sign == "+" else subtract(result, right)
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

    def _product(self) -> Number:
        result = self._signed()
        while sign := self._take(*PRODUCTS):
            result = PRODUCTS[sign](result, self._signed())
        return result

    def _signed(self) -> Number:
        negative = False
        while sign := self._take("+", "-"):
            negative ^= sign == "-"
        result = self._power()
        return number(-result.value, result) if negative else result

    def _power(self) -> Number:
        base = self._percent()
        if not self._take("**", "^"):
            return base
        self._depth += 1
        if self._depth > DEPTH:
            raise RetryCall(f"The expression is nested deeper than {DEPTH} levels.")
        result = power(base, self._signed())
        self._depth -= 1
        return result

    def _percent(self) -> Number:
        result = self._value()
        if self._now.text == "%" and not self._value_follows():
            self._place += 1
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
            result = self.sum()
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
        values = [self.sum()]
        while self._take(","):
            values.append(self.sum())
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
