"""What an operation costs: said before it is confirmed, and after it was done."""

from typing import Protocol

from bot.commands._asking import cost
from bot.desk.request import Request


class Counted(Protocol):
    """What a server counted."""

    @property
    def input_tokens(self) -> int | None:
        """Return the tokens that went in."""

    @property
    def output_tokens(self) -> int | None:
        """Return the tokens that came out."""


def rate(request: Request, model: str) -> str:
    """Return what a model costs, for a question."""
    price = request.equipment.house.prices.get(model)
    if price is None:
        return "It costs money; how much is not known here (OPENAI_PRICES)."
    return f"It costs ${price[0]:g} per million tokens in and ${price[1]:g} out."


def figures(request: Request, model: str, usage: Counted | None) -> list[tuple[str, str]]:
    """Return tokens and cost, as far as they are known."""
    if usage is None or usage.input_tokens is None:
        return [("Cost", cost(None))]
    made = usage.output_tokens or 0
    price = request.equipment.house.prices.get(model)
    paid = (usage.input_tokens * price[0] + made * price[1]) / 1_000_000 if price else None
    return [("Tokens", f"{usage.input_tokens:,} in, {made:,} out"), ("Cost", cost(paid))]
