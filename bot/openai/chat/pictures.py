"""Pictures in a conversation, for models that take none, or fewer than it holds. Pure.

Servers say so in words of their own: OpenAI "image_url is only supported by certain models", vLLM
"At most 1 image(s) may be provided" or "is not a multimodal model", DeepSeek "unknown variant
`image_url`", llama.cpp "image input is not supported", OpenRouter "No endpoints found that support
image input", those that know texts alone "content must be a string". What is wrong with one picture
(its format, its size) says nothing about the model, and counts for that request alone.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]
Rule = dict[str, Any]

FIELD = "messages.pictures"  # the rule to send the newest so many: {"most": 1}
GONE = "[There are pictures here that you cannot see.]"

_KIND = "image_url"
_TOO_LARGE = 413  # for a proxy, and not for a model
_REFUSING = (400, 404, 415, 422, 500, _TOO_LARGE)
_MOST = re.compile(r"at most (\d+) (?:image|picture)", re.IGNORECASE)
_NONE = re.compile(
    r"only supported (?:by|for|in) certain models|unknown variant .?image_url|mmproj"
    r"|not a multi-?modal model"
    r"|(?:not|n't|no \w+ found that) (?:support|accept|allow)\w* .{0,30}(?:image|vision|picture)"
    r"|(?:image|vision)(?: inputs?| urls?|s)? .{0,15}not (?:supported|enabled|allowed|available)"
    r"|content.{0,30} (?:must|should) be a (?:valid )?string|expected a string",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT = re.compile(r"image|picture|vision", re.IGNORECASE)


def are_in(messages: Sequence[Message]) -> bool:
    """Tell whether a conversation has pictures."""
    return any(map(_shown, messages))


def wanted(status: int | None, text: str, messages: Sequence[Message]) -> tuple[Rule, bool] | None:
    """Return the rule that a refusal asks for, and whether it holds for the model; else None."""
    if status not in _REFUSING or not are_in(messages):
        return None
    if status == _TOO_LARGE:
        return {"most": 0}, False
    if few := _MOST.search(text):
        return {"most": int(few[1])}, True
    if _NONE.search(text):
        return {"most": 0}, True
    return ({"most": 0}, False) if _ABOUT.search(text) else None


def kept(messages: Sequence[Message], most: int) -> list[Message]:
    """Return messages with their newest pictures, and with words in the place of the others."""
    result: list[Message] = []
    for one in reversed(messages):
        shown = _shown(one)
        result.append(_with_last(one, most) if shown > most else one)
        most = max(most - shown, 0)
    return result[::-1]


def _shown(message: Message) -> int:
    content = message.get("content")
    return sum(part.get("type") == _KIND for part in content) if isinstance(content, list) else 0


def _with_last(message: Message, most: int) -> Message:
    texts = [part for part in message["content"] if part.get("type") != _KIND]
    shown = [part for part in message["content"] if part.get("type") == _KIND]
    last = shown[len(shown) - most :]
    parts = [*texts, {"type": "text", "text": GONE}, *last]
    if last:
        return {**message, "content": parts}
    return {**message, "content": "\n".join(str(part.get("text", "")) for part in parts)}
