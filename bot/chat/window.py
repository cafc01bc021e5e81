"""Fit a history into the model's context, so that every request is legal.

A history is cut into *blocks* that are kept or dropped whole: an assistant message with tool calls
and the results that answer it are one block, any other message is a block of its own. `repair`
makes any stored history legal first (a call without a result gets one that says so, a result
without its call is dropped), so what crashed, was cut or was deleted can never poison a thread.
`fit` then keeps the system prompt, the newest turn, and as many blocks before it as the budget
allows, newest first, with no gap.

Tokens are estimated from characters by a ratio that `Meter` learns from the `usage` of answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from storage.records import Message

LOST_RESULT = "The result of this call was lost when the service restarted; its outcome is unknown."
_MESSAGE_OVERHEAD = 4  # tokens that the chat format adds to a message (openai-cookbook)
_CUT = "\n\n[... {n} characters left out here to fit the model's context ...]\n\n"


@dataclass(slots=True)
class Meter:
    """Estimate tokens from characters; `observe` moves the ratio towards what servers count."""

    characters_per_token: float = 3.5

    def tokens(self, characters: int) -> int:
        """Return the estimate for so many characters, never less than one."""
        return int(characters / self.characters_per_token) + 1

    def message(self, message: Message) -> int:
        """Return the estimate for one message with its tool calls."""
        return self.tokens(characters(message)) + _MESSAGE_OVERHEAD

    def observe(self, characters: int, tokens: int) -> bool:
        """Learn from one request; tell whether the ratio moved enough to be worth keeping."""
        if characters < 200 or tokens < 50:  # too little text: the overhead would dominate
            return False
        measured = min(max(characters / tokens, 0.5), 8.0)
        before = self.characters_per_token
        # Fast towards the careful side, slow towards the daring one.
        weight = 0.5 if measured < before else 0.1
        self.characters_per_token = before + weight * (measured - before)
        return abs(self.characters_per_token - before) > 0.01 * before


def characters(message: Message) -> int:
    """Return how many characters of a request this message takes."""
    calls = sum(len(call.name) + len(call.arguments) + 20 for call in message.tool_calls)
    return len(message.content) + len(message.name or "") + calls


def repair(history: Iterable[Message]) -> list[Message]:
    """Return a legal history: every tool call answered directly after it, nothing else touched."""
    legal: list[Message] = []
    waiting: dict[str, Message | None] = {}
    for message in history:
        if message.role == "tool":
            if message.tool_call_id in waiting and waiting[message.tool_call_id] is None:
                waiting[message.tool_call_id] = message
            continue
        legal += _answers(waiting)
        waiting = {call.id: None for call in message.tool_calls}
        if _says_something(message):
            legal.append(_with_unique_calls(message))
    return legal + _answers(waiting)


def _says_something(message: Message) -> bool:
    """Tell whether servers take it: they refuse an assistant that says and asks nothing."""
    return message.role != "assistant" or bool(message.content or message.tool_calls)


def _with_unique_calls(message: Message) -> Message:
    calls = tuple({call.id: call for call in message.tool_calls}.values())
    return message if len(calls) == len(message.tool_calls) else replace(message, tool_calls=calls)


def _answers(waiting: dict[str, Message | None]) -> list[Message]:
    return [
        answer or Message(role="tool", content=LOST_RESULT, tool_call_id=call_id)
        for call_id, answer in waiting.items()
    ]


def blocks(history: Sequence[Message]) -> list[list[Message]]:
    """Cut a legal history into the smallest pieces that may stand alone."""
    pieces: list[list[Message]] = []
    for message in history:
        if message.role == "tool" and pieces:
            pieces[-1].append(message)
        else:
            pieces.append([message])
    return pieces


def fit(
    history: Sequence[Message], newest: Sequence[Message], budget: int, meter: Meter
) -> list[Message]:
    """Return what fits of `history` (legal, oldest first) followed by all of `newest`.

    `budget` is in tokens and is what remains after the system prompt, the tools and the answer.
    The newest turn is always kept; where it alone is too large its longest texts are shortened in
    the middle, visibly.
    """
    newest = shorten(newest, budget, meter)
    left = budget - sum(meter.message(message) for message in newest)
    pieces = blocks(history)
    first = len(pieces)
    while first > 0:
        left -= sum(meter.message(message) for message in pieces[first - 1])
        if left < 0:
            break
        first -= 1
    return [message for block in pieces[first:] for message in block] + newest


def shorten(messages: Sequence[Message], budget: int, meter: Meter) -> list[Message]:
    """Cut the longest texts in the middle until the messages fit; keep every message."""
    result = list(messages)
    for _ in range(len(result) * 4):
        excess = sum(meter.message(message) for message in result) - budget
        if excess <= 0:
            break
        index = max(range(len(result)), key=lambda i: len(result[i].content))
        content = result[index].content
        surplus = int(excess * meter.characters_per_token) + len(_CUT) + 20
        if len(content) < 400:
            break
        shorter = _cut(content, max(200, len(content) - surplus))
        result[index] = replace(result[index], content=shorter)
    return result


def _cut(text: str, keep: int) -> str:
    head = keep * 2 // 3
    tail = keep - head
    return text[:head] + _CUT.format(n=len(text) - keep) + text[-tail:]
