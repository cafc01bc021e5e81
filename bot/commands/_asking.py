"""Asking a model from a command: one prompt, and the figures of its answer."""

import time
from dataclasses import dataclass

from bot.desk.errors import NeedsForm
from bot.desk.request import Request
from bot.desk.values import Fields, escape
from bot.openai.completion import CompletionUsage

_QUOTED = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt for one model."""

    model: str
    prompt: str
    system: str = ""
    max_tokens: int = 256


def prompting() -> NeedsForm:
    """Return what opens the form of `models test`."""
    return NeedsForm(
        "Try a model",
        fields=("prompt", "system", "max_tokens"),
        required=("prompt",),
        initial={"prompt": "Say ok."},
        intro="The answer comes with its times, its tokens and what it cost.",
        keep={"form": False},
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model answered, and its figures; times in milliseconds."""

    asked: Asked
    text: str
    first: int
    total: int
    model: str = ""
    finish: str = ""
    usage: CompletionUsage | None = None
    dollars: float | None = None
    failure: str = ""

    def fields(self) -> Fields:
        """Return the figures as they are shown."""
        pairs = [
            ("First words after", f"{self.first:,} ms"),
            ("Whole answer after", f"{self.total:,} ms"),
        ]
        if self.usage:
            tokens = f"{self.usage.prompt_tokens:,} in, {self.usage.completion_tokens:,} out"
            pairs.append(("Tokens", tokens))
        pairs.append(("Cost", cost(self.dollars)))
        if self.model and self.model != self.asked.model:
            pairs.append(("Answered by", self.model))
        if self.finish not in ("", "stop"):
            pairs.append(("Ended by", self.finish))
        return Fields(self.asked.model, tuple(pairs))


def quoted(prompt: str) -> str:
    """Return a prompt as it is quoted in a question."""
    text = " ".join(prompt.split())
    return f"“{escape(text[:_QUOTED])}{'…' if len(text) > _QUOTED else ''}”"


def cost(dollars: float | None) -> str:
    """Return an amount, or what to do to know it."""
    return (
        f"${dollars:.6f}".rstrip("0").rstrip(".")
        if dollars is not None
        else "not known (OPENAI_PRICES)"
    )


def price_of(request: Request, model: str, max_tokens: int) -> str:
    """Return what an answer can cost at most."""
    price = request.equipment.house.prices.get(model)
    if price is None:
        return f"At most {max_tokens:,} tokens of answer."
    most = cost(price[1] * max_tokens / 1_000_000)
    return f"At most {max_tokens:,} tokens of answer, about {most}, and the prompt."


async def ask(request: Request, asked: Asked) -> Tried:
    """Ask a model and measure it."""
    messages = [{"role": "system", "content": asked.system}] if asked.system else []
    messages.append({"role": "user", "content": asked.prompt})
    began = time.monotonic()
    first: int | None = None
    parts: list[str] = []
    async with request.openai().chat.stream(
        model=asked.model, messages=messages, max_completion_tokens=asked.max_tokens
    ) as stream:
        async for text in stream:
            first = first if first is not None else _since(began)
            parts.append(text)
        completion = stream.completion
    total = _since(began)
    return Tried(
        asked=asked,
        text="".join(parts),
        first=first if first is not None else total,
        total=total,
        model=completion.model,
        finish=completion.finish_reason,
        usage=completion.usage,
        dollars=dollars(request, asked.model, completion.usage),
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def dollars(request: Request, model: str, usage: CompletionUsage | None) -> float | None:
    """Return what an answer cost, where the model's price is set."""
    price = request.equipment.house.prices.get(model)
    if price is None or usage is None:
        return None
    return (usage.prompt_tokens * price[0] + usage.completion_tokens * price[1]) / 1_000_000
