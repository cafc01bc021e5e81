"""What an operation costs: said before it is confirmed, and after it was done."""

from collections.abc import Sequence

from bot.desk.request import Request
from bot.desk.values import money
from bot.openai.audio_objects import AudioUsage
from bot.openai.chat.completion import CompletionUsage
from bot.openai.images import ImageUsage

_NOT_KNOWN = "not known (OPENAI_PRICES)"


def rate(request: Request, model: str) -> str:
    """Return what a model costs, for a confirmation."""
    price = request.equipment.house.prices.get(model)
    if price is None:
        return "It costs money; how much is not known here (OPENAI_PRICES)."
    return f"It costs ${price[0]:g} per million tokens in and ${price[1]:g} out."


def at_most(request: Request, model: str, max_tokens: int) -> str:
    """Return what an answer of so many tokens can cost, for the middle of a confirmation."""
    most = dollars(request, model, 0, max_tokens)
    if most is None:
        return f"at most {max_tokens:,} tokens of answer."
    return f"at most {max_tokens:,} tokens of answer, about {cost(most)}, and the prompt."


def dollars(request: Request, model: str, tokens_in: int, tokens_out: int = 0) -> float | None:
    """Return what tokens cost, where the model's price is set."""
    price = request.equipment.house.prices.get(model)
    return (tokens_in * price[0] + tokens_out * price[1]) / 1_000_000 if price else None


def cost(amount: float | None) -> str:
    """Return an amount of dollars, or what to do to know it."""
    return _NOT_KNOWN if amount is None else money(amount)


def tokens(tokens_in: int, tokens_out: int) -> tuple[str, str]:
    """Return the tokens of a request as a name and its value."""
    return "Tokens", f"{tokens_in:,} in, {tokens_out:,} out"


def spent(
    request: Request, model: str, usages: Sequence[CompletionUsage | None]
) -> list[tuple[str, str]]:
    """Return the tokens of completions and what they cost, where the server counted them all."""
    counted = [one for one in usages if one is not None]
    if len(counted) < len(usages):
        return [("Cost", cost(None))]
    tokens_in = sum(one.prompt_tokens for one in counted)
    tokens_out = sum(one.completion_tokens for one in counted)
    return _paid(request, model, tokens_in, tokens_out)


def figures(
    request: Request, model: str, usage: AudioUsage | ImageUsage | None
) -> list[tuple[str, str]]:
    """Return tokens and cost, as far as they are known."""
    if usage is None or usage.input_tokens is None:
        return [("Cost", cost(None))]
    return _paid(request, model, usage.input_tokens, usage.output_tokens or 0)


def _paid(request: Request, model: str, tokens_in: int, tokens_out: int) -> list[tuple[str, str]]:
    paid = dollars(request, model, tokens_in, tokens_out)
    return [tokens(tokens_in, tokens_out), ("Cost", cost(paid))]
