"""What servers want of the calls that a conversation already holds. Pure.

Some send more with a call than OpenAI does, and refuse the next request that does not bring it
again: DeepSeek and Kimi the model's reasoning, OpenRouter its details, Gemini a signature of each
call. `along` takes it out of an answer, for callers to keep and to send with the same call. Where
there is none, since another model made the call, a blank stands for the reasoning. Mistral takes no
ids of calls but in its own form. A model that takes no functions at all is told of calls in words,
since its template may know no such messages; so is, where no function is on offer, one whose server
takes calls only beside functions (LiteLLM and Bedrock).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from bot.openai.chat.completion import ChatCompletionMessage, ToolCall
from bot.openai.chat.request import Message

Rule = dict[str, Any]

OF_MESSAGE = ("reasoning_content", "reasoning_details")
OF_CALL = ("extra_content",)
FIELDS = {name: f"messages.{name}" for name in OF_MESSAGE} | {
    name: f"messages.tool_calls.{name}" for name in OF_CALL
}
REASONING = FIELDS["reasoning_content"]  # the rule to put a blank where there is none
IDS = "messages.tool_calls.id"  # the rule to write ids of calls anew
CALLS = "messages.tool_calls"  # the rule to tell of calls in words where no tools are sent

_WANTS_REASONING = re.compile(
    r"reasoning_content\b.{0,80}(?:must be passed back|is missing)|missing .?reasoning_content",
    re.IGNORECASE | re.DOTALL,
)
_WANTS_IDS = re.compile(r"tool call id\b.{0,200}length of 9", re.IGNORECASE | re.DOTALL)
_WANTS_TOOLS = re.compile(
    r"tool calling without .?tools=|toolConfig field must be defined|blocks must define tools",
    re.IGNORECASE,
)
_ID_LENGTH = 9


def along(message: ChatCompletionMessage, call: ToolCall) -> dict[str, Any]:
    """Return what came with a call, by where it belongs: `message` (for the first one), `call`."""
    parts = {"call": _extra(call, OF_CALL)}
    if call is message.tool_calls[0]:
        parts["message"] = _extra(message, OF_MESSAGE)
        if isinstance(details := parts["message"].get("reasoning_details"), list):
            parts["message"]["reasoning_details"] = _blocks(details)
    return {part: fields for part, fields in parts.items() if fields}


def wanted(message: str) -> tuple[str, Rule] | None:
    """Return the rule that a refusal asks for, if it is about earlier calls."""
    if _WANTS_REASONING.search(message):
        return REASONING, {"blank": True}
    if _WANTS_TOOLS.search(message):
        return CALLS, {"words": True}
    return (IDS, {"short": True}) if _WANTS_IDS.search(message) else None


def shaped(messages: Sequence[Message], rules: Mapping[str, Rule]) -> list[Message]:
    """Return messages as these rules want them."""
    result = list(messages)
    if rules.get(REASONING, {}).get("blank"):
        blank = {"reasoning_content": " "}
        result = [{**blank, **one} if one["role"] == "assistant" else one for one in result]
    return [_with_short_ids(one) for one in result] if IDS in rules else result


def in_words(messages: Sequence[Message]) -> list[Message]:
    """Return messages in which earlier calls and their results are words of the assistant."""
    result: list[Message] = []
    for place, one in enumerate(messages):
        if calls := one.get("tool_calls"):
            after = takewhile(lambda m: m["role"] == "tool", messages[place + 1 :])
            results = {answer["tool_call_id"]: answer["content"] for answer in after}
            said = [one["content"]] if isinstance(one.get("content"), str) else []
            told = [_in_words(call, results.get(call["id"], "")) for call in calls]
            result.append({"role": "assistant", "content": "\n".join([*said, *told])})
        elif one["role"] != "tool":
            result.append(one)
    return result


def _in_words(call: Mapping[str, Any], result: Any) -> str:
    made = call.get("function") or call["custom"]
    arguments = made.get("arguments", made.get("input"))
    return f"[{made['name']}({arguments}) returned: {result}]"


def _extra(part: ChatCompletionMessage | ToolCall, names: Sequence[str]) -> dict[str, Any]:
    extra = part.model_extra or {}
    return {name: extra[name] for name in names if extra.get(name)}


def _blocks(pieces: Sequence[Any]) -> list[Any]:
    """Join the pieces of each block of reasoning, whose signature holds for the whole of it."""
    blocks: list[Any] = []
    open_ones: dict[tuple[Any, int], dict[str, Any]] = {}
    for piece in pieces:
        place = piece.get("index") if isinstance(piece, Mapping) and "data" not in piece else None
        if not isinstance(place, int):
            blocks.append(piece)
        elif block := open_ones.get((piece.get("type"), place)):
            _grow(block, piece)
        else:
            open_ones[piece.get("type"), place] = block = dict(piece)
            blocks.append(block)
    return blocks


def _grow(block: dict[str, Any], piece: Mapping[str, Any]) -> None:
    for name, value in piece.items():
        if name in ("text", "summary") and isinstance(value, str):
            block[name] = (block.get(name) or "") + value
        elif value is not None:
            block[name] = value


def _with_short_ids(message: Message) -> Message:
    if message.get("tool_call_id"):
        return {**message, "tool_call_id": _short(message["tool_call_id"])}
    if message.get("tool_calls"):
        calls = [{**call, "id": _short(call["id"])} for call in message["tool_calls"]]
        return {**message, "tool_calls": calls}
    return message


def _short(call_id: str) -> str:
    is_fit = len(call_id) == _ID_LENGTH and call_id.isascii() and call_id.isalnum()
    return call_id if is_fit else hashlib.sha256(call_id.encode()).hexdigest()[:_ID_LENGTH]
