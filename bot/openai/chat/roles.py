"""Messages for models that take fewer roles than OpenAI's, or want them in turn. Pure.

The chat template of a model decides: some know no instructions (Gemma 2 on vLLM: "System role not
supported", vllm-project/vllm#2964; o1-mini), some want a person's and the model's words in turn
(Mistral, Gemma 3: "Conversation roles must alternate", vllm-project/vllm#6862). In a thread several
people may speak one after the other, so both are met with.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.openai.chat.request import Message

SYSTEM = "messages.system"  # the rule to put instructions into the first words of a person
TURNS = "messages.turns"  # the rule to join what one side says in a row
OPENING = "(The conversation began earlier.)"

_NO_SYSTEM = re.compile(
    r"system role (?:is )?not supported|does not support '(?:system|developer)'"
    r"|(?:developer|system) instruction is not enabled",
    re.IGNORECASE,
)
_IN_TURN = re.compile(
    r"roles (?:must alternate|should be alternating)|alternate between user and"
    r"|should alternate with assistant",
    re.IGNORECASE,
)
_INSTRUCTING = ("system", "developer")


def refused(message: str, rules: Mapping[str, Any]) -> str | None:
    """Return the rule that a refusal asks for, if it is about roles.

    Old templates complain that roles do not alternate where it is the instructions that they do not
    know: so these come next, once turns are in order.
    """
    if _NO_SYSTEM.search(message):
        return SYSTEM
    if _IN_TURN.search(message):
        return SYSTEM if TURNS in rules else TURNS
    return None


def shaped(messages: Sequence[Message], rules: Mapping[str, Any]) -> list[Message]:
    """Return messages as these rules want them."""
    result = list(messages)
    if SYSTEM in rules:
        result = _without_system(result)
    if TURNS in rules:
        result = _in_turn(result)
    return result


def _without_system(messages: Sequence[Message]) -> list[Message]:
    told = [one for one in messages if one["role"] in _INSTRUCTING]
    rest = [one for one in messages if one["role"] not in _INSTRUCTING]
    for one in reversed(told):
        as_user = {"role": "user", "content": one["content"]}
        rest[:1] = _joined([as_user, *rest[:1]])
    return rest


def _in_turn(messages: Sequence[Message]) -> list[Message]:
    first = next((n for n, one in enumerate(messages) if one["role"] not in _INSTRUCTING), 0)
    begun = [*messages[:first], *_joined(messages[first:])]
    if begun and begun[first]["role"] == "assistant":
        begun.insert(first, {"role": "user", "content": OPENING})
    return begun


def _joined(messages: Sequence[Message]) -> list[Message]:
    """Make one message of those that one side says in a row; calls and results stay apart."""
    result: list[Message] = []
    for one in messages:
        last = result[-1] if result else None
        if last and last["role"] == one["role"] and _is_plain(last) and _is_plain(one):
            result[-1] = {**last, "content": _both(last["content"], one["content"])}
        else:
            result.append(one)
    return result


def _is_plain(message: Message) -> bool:
    return message["role"] in ("user", "assistant") and not message.get("tool_calls")


def _both(first: Any, second: Any) -> Any:
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    return [*_parts(first), *_parts(second)]


def _parts(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content or ())
