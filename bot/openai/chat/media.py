"""Pictures and documents in a conversation, for models that take none, or fewer. Pure.

Servers say so in words of their own: OpenAI "image_url is only supported by certain models", vLLM
"At most 1 image(s) may be provided" or "Unknown part type: file", DeepSeek "unknown variant
`image_url`", llama.cpp "image input is not supported", OpenRouter "No endpoints found that support
image input", those that know texts alone "content must be a string". What is wrong with one file
(its format, its size) says nothing about the model, and counts for that request alone.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]
Rule = dict[str, Any]

FIELDS = {"image_url": "messages.image_url", "file": "messages.file"}  # the rule: {"most": 1}
GONE = {
    "image_url": "[There are pictures here that you cannot see.]",
    "file": "[There are documents here that you cannot read.]",
}

_TOO_LARGE = 413  # for a proxy, and not for a model
_REFUSING = (400, 404, 415, 422, 500, _TOO_LARGE)
_WORDS = {
    "image_url": re.compile(r"image|picture|vision|visual|mmproj", re.IGNORECASE),
    "file": re.compile(r"\bfiles?\b|\bpdf|document", re.IGNORECASE),
}
_MEDIUM = r"(?:image|vision|picture|file|pdf|document)"
_MOST = re.compile(r"at most (\d+) (?:image|picture|file|document)", re.IGNORECASE)
_NONE = re.compile(
    r"only supported (?:by|for|in) certain models|unknown variant|mmproj"
    r"|not a multi-?modal model|(?:unknown|unsupported) (?:content )?part"
    rf"|(?:not|n't|no \w+ found that) (?:support|accept|allow)\w* .{{0,30}}{_MEDIUM}"
    rf"|{_MEDIUM}(?: inputs?| urls?|s)? .{{0,15}}not (?:supported|enabled|allowed|available)"
    r"|content.{0,30} (?:must|should) be a (?:valid )?string|expected a string",
    re.IGNORECASE | re.DOTALL,
)


def kinds_in(messages: Sequence[Message]) -> list[str]:
    """Return which kinds of parts a conversation has that not every model takes."""
    return [kind for kind in FIELDS if any(_count(message, kind) for message in messages)]


def wanted(
    status: int | None, text: str, messages: Sequence[Message]
) -> tuple[str, Rule, bool] | None:
    """Return field and rule that a refusal asks for, and whether it holds for the model.

    None if it is about something else.
    """
    kinds = kinds_in(messages)
    if status not in _REFUSING or not kinds:
        return None
    named = [kind for kind in kinds if _WORDS[kind].search(text)]
    field = FIELDS[(named or kinds)[0]]
    if status == _TOO_LARGE:
        return field, {"most": 0}, False
    if few := _MOST.search(text):
        return field, {"most": int(few[1])}, True
    if _NONE.search(text):
        return field, {"most": 0}, True
    return (field, {"most": 0}, False) if named else None


def shaped(
    messages: Sequence[Message], rules: Mapping[str, Rule]
) -> tuple[Sequence[Message], list[str]]:
    """Return messages as these rules want them, and the rules that left something out."""
    gone = []
    for kind, field in FIELDS.items():
        if field in rules:
            fewer = kept(messages, kind, rules[field]["most"])
            gone += [field] * (fewer != messages)
            messages = fewer
    return messages, gone


def kept(messages: Sequence[Message], kind: str, most: int) -> list[Message]:
    """Return messages with the newest parts of a kind, and with words in the place of others."""
    result: list[Message] = []
    for one in reversed(messages):
        count = _count(one, kind)
        result.append(_with_last(one, kind, most) if count > most else one)
        most = max(most - count, 0)
    return result[::-1]


def _count(message: Message, kind: str) -> int:
    content = message.get("content")
    return sum(part.get("type") == kind for part in content) if isinstance(content, list) else 0


def _with_last(message: Message, kind: str, most: int) -> Message:
    others = [part for part in message["content"] if part.get("type") != kind]
    every = [part for part in message["content"] if part.get("type") == kind]
    parts = [*others, {"type": "text", "text": GONE[kind]}, *every[len(every) - most :]]
    if any(part.get("type") != "text" for part in parts):
        return {**message, "content": parts}
    return {**message, "content": "\n".join(str(part.get("text", "")) for part in parts)}
