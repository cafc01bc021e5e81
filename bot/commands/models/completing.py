"""What a completion model wrote, with what is known of it."""

import json

from bot.commands.pricing import spent
from bot.desk.request import Request
from bot.desk.values import Fields, File, Table, Value, Verbatim
from bot.openai.completions import Completion, CompletionLogprobs

_SHOWN = 5
_TOKENS = 40


def completed(request: Request, model: str, made: Completion) -> list[Value]:
    """Return the texts, numbered when there are several, and the figures."""
    values: list[Value] = []
    for number, choice in enumerate(made.choices[:_SHOWN], 1):
        title = f"Text {number} of {len(made.choices)}" if len(made.choices) > 1 else ""
        if choice.finish_reason not in (None, "stop"):
            title = f"{title} (ended by {choice.finish_reason})".strip()
        name = f"text-{number}.txt" if len(made.choices) > 1 else "text.txt"
        values.append(Verbatim(title, choice.text or "(nothing)", file=name))
    if len(made.choices) > _SHOWN:
        texts = [f"--- Text {n} ---\n{one.text}\n" for n, one in enumerate(made.choices, 1)]
        values.append(File("texts.txt", "\n".join(texts).encode(), "All texts."))
    if made.choices and (likely := made.choices[0].logprobs):
        values.append(_likely(likely))
    return [*values, Fields("", spent(request, model, [made.usage]))]


def _likely(found: CompletionLogprobs) -> Table:
    """Return the words of the first text, how likely each was, and what else was likely."""
    tokens, chances = found.tokens or [], found.token_logprobs or []
    others = found.top_logprobs or [None] * len(tokens)
    rows = []
    for token, chance, other in list(zip(tokens, chances, others, strict=False))[:_TOKENS]:
        named = ", ".join(
            f"{json.dumps(name)} {value:.2f}" for name, value in (other or {}).items()
        )
        rows.append((json.dumps(token), f"{chance:.2f}" if chance is not None else "", named))
    return Table(
        "Log probabilities",
        ("Token", "Chance", "Others"),
        rows,
        note=f"The first {_TOKENS} of {len(tokens):,} tokens" if len(tokens) > _TOKENS else "",
        page_size=_TOKENS,
    )
