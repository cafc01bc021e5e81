"""How many tokens a text will be, estimated: no vocabulary is at hand, nor wanted.

Byte-pair vocabularies give common words one token, split long or unknown ones, take digits by
threes, and spend more on scripts that they saw less of. So the estimate counts words and kinds
of bytes, in C; English prose should come within 15 %, code, numbers and other scripts within 35 %.
"""

import string
from collections.abc import Mapping
from typing import Any

from bot.finetuning.jsontext import dump
from bot.finetuning.texts import messages

PER_MESSAGE = 3
PER_EXAMPLE = 3
PER_IMAGE = {"low": 85}
PER_IMAGE_OTHERWISE = 765

_LETTERS = string.ascii_letters.encode()
_DIGITS = string.digits.encode()
_MARKS = string.punctuation.encode()
_TWO, _THREE, _FOUR = (bytes(range(*leads)) for leads in ((0xC2, 0xE0), (0xE0, 0xF0), (0xF0, 0xF5)))
_LONG_WORD = 9


def of_text(text: str) -> int:
    """Estimate the tokens of a text."""
    if not text:
        return 0
    data = text.encode("utf-8", "surrogatepass")
    rest = data.translate(None, _LETTERS)
    letters = len(data) - len(rest)
    lines = _count(rest, b"\n")
    words = 1 + lines + _count(rest, b" ")
    if pairs := data.count(b"  "):  # of a run of spaces only one or two count
        words -= pairs + data.count(b"    ")
    tokens = 0.5 * lines + 0.02 * letters + 0.4 * max(0, letters - _LONG_WORD * words)
    tokens += words + 0.45 * _count(rest, _DIGITS) + 0.65 * _count(rest, _MARKS)
    if not text.isascii():
        tokens += 0.2 * _count(rest, _TWO) + 0.75 * _count(rest, _THREE) + 2 * _count(rest, _FOUR)
    return max(1, round(tokens))


def _count(data: bytes, kind: bytes) -> int:
    return len(data) - len(data.translate(None, kind))


def of_example(example: Mapping[str, Any]) -> int:
    """Estimate the tokens of an example of any format."""
    if "completion" in example and "messages" not in example:
        return of_text(f"{example['prompt']} {example['completion']}")
    found: list[str] = []
    total = PER_EXAMPLE
    for message in messages(example):
        total += PER_MESSAGE + 1 + _collect(message, found)
    holder = example if "messages" in example else example["input"]
    found.extend(dump(holder[field]) for field in ("tools", "functions") if holder.get(field))
    return total + of_text(" ".join(found))


def _collect(message: Mapping[str, Any], found: list[str]) -> int:
    """Collect what a message says; return the tokens of what is not text."""
    content = message.get("content")
    if isinstance(content, str):
        found.append(content)
    if len(message) > 2:  # more than role and content
        found.extend(_of_call(call["function"]) for call in message.get("tool_calls") or ())
        found.append(_of_call(message.get("function_call") or {}))
        found.append(message.get("name") or "")
    return 0 if isinstance(content, str) else _of_parts(content, found)


def _of_call(function: Mapping[str, Any]) -> str:
    return f"{function.get('name', '')} {function.get('arguments', '')}"


def _of_parts(content: Any, found: list[str]) -> int:
    total = 0
    for part in content or ():
        if part.get("type") == "image_url":
            image = part.get("image_url") or {}
            total += PER_IMAGE.get(image.get("detail", "auto"), PER_IMAGE_OTHERWISE)
        else:
            found.append(str(part.get("text") or part.get("refusal") or ""))
    return total
