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

from bot.openai.chat.request import Message

Rule = dict[str, Any]

FIELDS = {"image_url": "messages.image_url", "file": "messages.file"}  # the rule: {"most": 1}
GONE = {
    "image_url": "[There are pictures here that you cannot see.]",
    "file": "[There are documents here that you cannot read.]",
}

_REFUSING = (400, 404, 413, 415, 422, 500)
_OF_THE_REQUEST = (400, 413, 422)  # something in it is refused, whatever is said
_WORDS = {
    "image_url": re.compile(r"image|picture|vision|visual|multi-?modal|mmproj", re.IGNORECASE),
    "file": re.compile(r"\bfiles?\b|\bpdf|document", re.IGNORECASE),
}
_MEDIUM = r"(?:image|vision|picture|file|pdf|document)"
_MOST = re.compile(r"at most (\d+) (?:image|picture|file|document)", re.IGNORECASE)
_NONE = re.compile(  # counts where the medium is named
    r"only supported (?:by|for|in) certain models|unknown variant|mmproj"
    r"|not a multi-?modal model|(?:unknown|unsupported) (?:content )?part"
    rf"|(?:not|n't|no \w+ found that) (?:support|accept|allow)\w* .{{0,30}}{_MEDIUM}"
    rf"|{_MEDIUM}(?: inputs?| urls?|s)? .{{0,15}}not (?:supported|enabled|allowed|available)",
    re.IGNORECASE | re.DOTALL,
)
_TEXT_ALONE = re.compile(
    r"content.{0,30} (?:must|should) be a (?:valid )?string|sequence, expected a string",
    re.IGNORECASE | re.DOTALL,
)


def wanted(status: int | None, text: str, messages: Sequence[Message]) -> tuple[str, Rule] | None:
    """Return the field and the rule that a model asks for; None if it refuses something else."""
    kinds = _kinds_in(messages)
    if status not in _REFUSING or not kinds:
        return None
    named = _named(kinds, text)
    if named and (few := _MOST.search(text)):
        return FIELDS[named[0]], {"most": int(few[1])}
    if named and _NONE.search(text):
        return FIELDS[named[0]], {"most": 0}
    return (FIELDS[kinds[0]], {"most": 0}) if _TEXT_ALONE.search(text) else None


def doubted(status: int | None, text: str, messages: Sequence[Message]) -> tuple[str, Rule] | None:
    """Return what to leave out of a request that is refused in words that nobody understands.

    That says nothing of the model: one file may be broken, or too large for a proxy (413).
    """
    kinds = _kinds_in(messages)
    named = _named(kinds, text) if status in _REFUSING else []
    tried = named or (kinds if status in _OF_THE_REQUEST else [])
    return (FIELDS[tried[-1]], {"most": 0}) if tried else None


def _kinds_in(messages: Sequence[Message]) -> list[str]:
    """Return which kinds of parts a conversation has that not every model takes."""
    return [kind for kind in FIELDS if any(_count(message, kind) for message in messages)]


def _named(kinds: Sequence[str], text: str) -> list[str]:
    return [kind for kind in kinds if _WORDS[kind].search(text)]


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
