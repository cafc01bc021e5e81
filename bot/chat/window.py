"""Fit a history into the model's context, so that every request is legal.

`repair` makes any stored history legal (a call without a result gets one that says so, a result
without its call is dropped), so what crashed, was cut or was deleted can never poison a thread.
`fit` keeps the newest turn and as much of the history before it as the budget allows, with no gap:
it counts back from the newest message first and repairs only what is kept, so that a long thread
costs no more than what is sent of it.

Tokens are estimated from characters by a ratio that `Meter` learns from the `usage` of answers.
Of a script that models take a token for nearly every sign of (Thai, Japanese), a sign counts as the
characters of ASCII that are as long in UTF-8: so the ratio is nearly the same for all.
"""

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from operator import attrgetter, ne

from storage.records import Message, ToolCall

WAITING_RESULT = (
    "This call has not run yet: a person has been asked to approve it and has not decided. Do not "
    "call it again meanwhile."
)
LOST_RESULT = (
    "This call was broken off, by a person or when the service restarted; its outcome is unknown."
)
MOST_CHARACTERS = 12  # of a token, on average over a request; English has 4
PICTURE = 3_500  # characters that one counts as: some thousand tokens, more or less by the model
LONG = 1_000  # characters of arguments that may be cut; what is left, as an object, is shorter
MESSAGE_OVERHEAD = 4  # tokens that the chat format adds to a message (openai-cookbook)
_content = attrgetter("content")
_NO_ROOM = "[The files are not shown to you: there is no room for them.]"
_SHORTENED = "shortened"
_CUT = "\n\n[... {n} characters left out here to fit the model's context ...]\n\n"


@dataclass(slots=True)
class Meter:
    """Estimate tokens from characters; `observe` moves the ratio towards what servers count."""

    characters_per_token: float = 3.5

    def tokens(self, characters: int) -> int:
        """Return the estimate for a number of characters, never less than one."""
        return int(characters / self.characters_per_token) + 1

    def message(self, message: Message) -> int:
        """Return the estimate for one message with its tool calls."""
        return int(characters(message) / self.characters_per_token) + MESSAGE_OVERHEAD

    def observe(self, characters: int, tokens: int) -> None:
        """Learn from one request."""
        if characters < 200 or tokens < 50:  # too little text: the overhead would dominate
            return
        if characters > MOST_CHARACTERS * tokens:  # a server that leaves out what its cache held
            return
        measured = min(max(characters / tokens, 0.5), 8.0)
        before = self.characters_per_token
        # Fast towards the careful side, slow towards the daring one.
        weight = 0.5 if measured < before else 0.1
        self.characters_per_token = before + weight * (measured - before)


def length(text: str) -> int:
    """Return how many characters a text counts as."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def characters(message: Message) -> int:
    """Return how many characters of a request this message takes."""
    own = length(message.content) + len(message.name or "") + PICTURE * len(message.shown)
    if not message.tool_calls:
        return own
    calls = message.tool_calls
    return own + sum(len(one.name) + length(one.arguments) + len(one.along) + 20 for one in calls)


def sizes(messages: Iterable[Message]) -> list[int]:
    """Return `characters` of each; there are thousands, and most are plain."""
    return [
        len(message.content) + len(message.name or "")
        if message.content.isascii() and not (message.tool_calls or message.shown)
        else characters(message)
        for message in messages
    ]


def gathered(history: Iterable[Message], waiting: Collection[str]) -> list[Message]:
    """Return a history as stored with each turn in one piece, at the place where it began.

    A turn that waited for people is stored around those that came meanwhile. Of the events that
    are still `waiting`, calls without a result get one that says so.
    """
    history = list(history)
    if not waiting and _is_gathered(history):
        return history
    turns: dict[str | int, list[Message]] = {}
    for place, message in enumerate(history):
        turns.setdefault(message.event or place, []).append(message)
    for event in waiting:
        if event in turns:
            turns[event] += _awaited(turns[event])
    return [message for turn in turns.values() for message in turn]


def _is_gathered(history: Sequence[Message]) -> bool:
    """Tell whether each turn's messages already stand together."""
    events = [message.event for message in history]
    changes = sum(map(ne, events, islice(events, 1, None)))
    return changes < len(set(events)) or not events


def _awaited(turn: Sequence[Message]) -> list[Message]:
    answered = {message.tool_call_id for message in turn}
    return [
        Message(role="tool", content=WAITING_RESULT, tool_call_id=call.id)
        for message in turn
        for call in message.tool_calls
        if call.id not in answered
    ]


def repair(history: Iterable[Message]) -> list[Message]:
    """Return a legal history: every tool call answered directly after it, nothing else touched."""
    legal: list[Message] = []
    waiting: dict[str, Message | None] = {}
    for message in history:
        if message.role == "tool":
            if message.tool_call_id in waiting and waiting[message.tool_call_id] is None:
                waiting[message.tool_call_id] = message
            continue
        if waiting:
            legal += _answers(waiting)
            waiting = {}
        if message.tool_calls:
            legal.append(_with_unique_calls(message))
            waiting = {call.id: None for call in message.tool_calls}
        elif message.content or message.role != "assistant":  # servers refuse empty answers
            legal.append(message)
    return legal + _answers(waiting)


def _with_unique_calls(message: Message) -> Message:
    calls = tuple({call.id: call for call in message.tool_calls}.values())
    return message if len(calls) == len(message.tool_calls) else message._replace(tool_calls=calls)


def _answers(waiting: dict[str, Message | None]) -> list[Message]:
    return [
        answer or Message(role="tool", content=LOST_RESULT, tool_call_id=call_id)
        for call_id, answer in waiting.items()
    ]


def fit(
    history: Sequence[Message], newest: Sequence[Message], budget: int, meter: Meter
) -> list[Message]:
    """Return what fits of `history` (as stored, oldest first) followed by all of `newest`, legal.

    `budget` is in tokens and is what remains after the system prompt, the tools and the answer.
    The newest turn is always kept; where it alone is too large its longest texts are shortened in
    the middle, visibly.
    """
    turn = shorten(repair(newest), budget, meter)
    room = budget - sum(map(meter.message, turn))
    overhead = MESSAGE_OVERHEAD * meter.characters_per_token
    needed = list(accumulate(map(overhead.__add__, reversed(sizes(history)))))
    fitting = bisect_right(needed, (room - 1) * meter.characters_per_token)
    kept = repair(history[len(history) - fitting :])
    if LOST_RESULT in map(_content, kept):  # added results take room too
        kept = _drop_oldest(kept, room, meter)
    return kept + turn


def _drop_oldest(messages: list[Message], room: int, meter: Meter) -> list[Message]:
    """Drop from the front until the messages fit; a call goes with its results."""
    excess = sum(map(meter.message, messages)) - room
    first = 0
    while first < len(messages) and (excess > 0 or messages[first].role == "tool"):
        excess -= meter.message(messages[first])
        first += 1
    return messages[first:]


def shorten(messages: Sequence[Message], budget: int, meter: Meter) -> list[Message]:
    """Cut texts in the middle until the messages fit; keep every message.

    First those that the model has given to its earlier calls, then the longest of all others.
    """
    result = list(messages)
    for index, message in enumerate(result):
        if sum(map(meter.message, result)) <= budget:
            break
        result[index] = message._replace(tool_calls=tuple(map(_brief, message.tool_calls)))
    for _ in range(len(result) * 4):
        excess = sum(meter.message(message) for message in result) - budget
        if excess <= 0:
            break
        index = max(range(len(result)), key=lambda i: len(result[i].content))
        content = result[index].content
        if len(content) < 400:
            break
        share = len(content) / length(content)
        surplus = int(excess * meter.characters_per_token * share) + len(_CUT) + 20
        shorter = _cut(content, max(200, len(content) - surplus))
        result[index] = result[index]._replace(content=shorter)
    return result


def _brief(call: ToolCall) -> ToolCall:
    if len(call.arguments) < LONG:
        return call
    text = _cut(call.arguments, LONG // 5)
    return replace(call, arguments=json.dumps({_SHORTENED: text}, ensure_ascii=False))


def without_files(messages: Iterable[Message]) -> list[Message]:
    """Return messages in which words stand for pictures and documents."""
    return [
        message._replace(content=f"{message.content}\n{_NO_ROOM}", shown=())
        if message.shown
        else message
        for message in messages
    ]


def _cut(text: str, keep: int) -> str:
    head = keep * 2 // 3
    tail = keep - head
    return text[:head] + _CUT.format(n=len(text) - keep) + text[-tail:]
