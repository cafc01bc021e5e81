"""How many tokens a text will be, estimated: no vocabulary is at hand, nor wanted.

Byte-pair vocabularies give common words one token, split long or unknown ones, take digits by
threes, and spend more on scripts that they saw less of. So the estimate counts words and kinds
of bytes, in C; English prose comes within some 10 %, code, numbers and other scripts within 30 %.
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
_NOT_DIGITS = bytes(set(range(256)) - set(string.digits.encode()))
_NOT_MARKS = bytes(set(range(256)) - set(string.punctuation.encode()))
_NOT_TWO = bytes(set(range(256)) - set(range(0xC2, 0xE0)))
_NOT_THREE = bytes(set(range(256)) - set(range(0xE0, 0xF0)))
_NOT_FOUR = bytes(set(range(256)) - set(range(0xF0, 0xF5)))
_LONG_WORD = 9


def of_text(text: str) -> int:
    """Estimate the tokens of a text."""
    if not text:
        return 0
    data = text.encode("utf-8", "surrogatepass")
    words = len(data.split())
    letters = len(data) - len(data.translate(None, _LETTERS))
    digits = len(data.translate(None, _NOT_DIGITS))
    marks = len(data.translate(None, _NOT_MARKS))
    beyond = max(0, letters - _LONG_WORD * words)
    tokens = words + 0.02 * letters + 0.4 * beyond + 0.45 * digits + 0.65 * marks
    tokens += 0.5 * data.count(b"\n")
    if not text.isascii():
        tokens += 0.2 * len(data.translate(None, _NOT_TWO))
        tokens += 0.75 * len(data.translate(None, _NOT_THREE))
        tokens += 2 * len(data.translate(None, _NOT_FOUR))
    return max(1, round(tokens))


def of_example(example: Mapping[str, Any]) -> int:
    """Estimate the tokens of an example of any format."""
    if "completion" in example and "messages" not in example:
        return of_text(example["prompt"]) + of_text(example["completion"])
    total = PER_EXAMPLE + sum(_of_message(message) for message in messages(example))
    for place in (example, example.get("input", {})):
        for field in ("tools", "functions"):
            if place.get(field):
                total += of_text(dump(place[field]))
    return total


def _of_message(message: Mapping[str, Any]) -> int:
    total = PER_MESSAGE + 1 + (1 if message.get("name") else 0)
    total += _of_content(message.get("content"))
    for call in message.get("tool_calls") or ():
        total += PER_MESSAGE + _of_call(call.get("function") or {})
    return total + _of_call(message.get("function_call") or {})


def _of_call(function: Mapping[str, Any]) -> int:
    return of_text(str(function.get("name", ""))) + of_text(str(function.get("arguments", "")))


def _of_content(content: Any) -> int:
    if isinstance(content, str):
        return of_text(content)
    total = 0
    for part in content or ():
        if part.get("type") == "image_url":
            image = part.get("image_url") or {}
            total += PER_IMAGE.get(image.get("detail", "auto"), PER_IMAGE_OTHERWISE)
        else:
            total += of_text(str(part.get("text") or part.get("refusal") or ""))
    return total
