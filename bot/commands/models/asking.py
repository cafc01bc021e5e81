"""Asking a model from a command: one prompt, and the figures of its answer."""

import time
from dataclasses import dataclass

from bot.commands.pricing import cost, dollars, tokens
from bot.desk.request import Request
from bot.desk.values import Fields
from bot.openai.chat.completion import CompletionUsage


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt for one model."""

    model: str
    prompt: str
    system: str
    max_tokens: int


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
            pairs.append(tokens(self.usage.prompt_tokens, self.usage.completion_tokens))
        pairs.append(("Cost", cost(self.dollars)))
        if self.model and self.model != self.asked.model:
            pairs.append(("Answered by", self.model))
        if self.finish not in ("", "stop"):
            pairs.append(("Ended by", self.finish))
        return Fields(self.asked.model, pairs)


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
    total, usage = _since(began), completion.usage
    counted = (usage.prompt_tokens, usage.completion_tokens) if usage else None
    return Tried(
        asked=asked,
        text="".join(parts),
        first=first if first is not None else total,
        total=total,
        model=completion.model,
        finish=completion.finish_reason,
        usage=usage,
        dollars=dollars(request, asked.model, *counted) if counted else None,
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
