"""Checks of what a message says: texts, parts, images."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.finetuning.findings import Problem

_MOST_IMAGES = 10
_LARGEST_IMAGE = 10_000_000
_DATA = re.compile(r"data:image/(png|jpe?g|webp|gif);base64,")
_WEB = re.compile(r"https?://[^\s/]+")


def content(message: Mapping[str, Any], role: str, path: str) -> Iterator[Problem]:
    """Check that the content is there, of a kind that the role may have, and not empty."""
    value = message.get("content")
    field = f"{path}.content"
    if isinstance(value, str):
        if not value.strip():
            yield from _empty(message, role, field)
    elif isinstance(value, list):
        yield from _parts(value, role, field)
    elif value is not None:
        yield Problem("wrong_content", field, "no text and no list of parts.", "write a text.")
    elif not _silent(message, role):
        code = "null_field" if "content" in message else "missing_field"
        text = "null." if "content" in message else "not there."
        yield Problem(code, field, text, 'write a text; "" if an empty one is meant.')


def _silent(message: Mapping[str, Any], role: str) -> bool:
    speaks_otherwise = ("tool_calls", "function_call", "refusal")
    return role == "assistant" and any(message.get(field) for field in speaks_otherwise)


def _empty(message: Mapping[str, Any], role: str, field: str) -> Iterator[Problem]:
    if role != "assistant":
        yield Problem("empty_message", field, "empty.", "write a text, or remove the message.")
    elif not _silent(message, role) and message.get("weight") != 0:
        yield Problem("empty_answer", field, "empty.", "write the answer, or remove the row.")


def _parts(parts: Sequence[Any], role: str, field: str) -> Iterator[Problem]:
    if not parts:
        code = "empty_answer" if role == "assistant" else "wrong_content"
        yield Problem(code, field, "a list without parts.", "write a text.")
    for at, part in enumerate(parts):
        here = f"{field}[{at}]"
        kind = part.get("type") if isinstance(part, dict) else None
        key = {"text": "text", "refusal": "refusal"}.get(str(kind))
        if key and not isinstance(part.get(key), str):
            yield Problem("wrong_content", here, f"its {key} is no text.", "write a text.")
        elif kind == "text" and not part["text"].strip():
            code = "empty_answer" if role == "assistant" and len(parts) == 1 else "empty_message"
            yield Problem(code, here, "empty.", "write a text, or remove the part.")
        elif kind == "refusal" and role != "assistant":
            yield Problem("wrong_content", here, "only the assistant refuses.", "write text.")
        elif kind == "image_url":
            yield from _image(part, role, here)
        elif not key:
            text = f"{kind!r} is not a kind of part that fine-tuning takes."
            yield Problem("wrong_content", here, text, "use text, or image_url of the user.")


def _image(part: Mapping[str, Any], role: str, path: str) -> Iterator[Problem]:
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    if role != "user":
        text = f"an image in a message of role {role!r}."
        yield Problem("wrong_image", path, text, "only messages of the user may hold images.")
    if not isinstance(url, str) or not (_DATA.match(url) or _WEB.match(url)):
        fix = "give an http(s) address, or data:image/png;base64,... (jpeg, webp)."
        yield Problem("wrong_image", f"{path}.image_url.url", "no address of an image.", fix)
    elif url.startswith("data:") and not _is_base64(url[url.index(",") + 1 :]):
        text = "the picture's data is no base64."
        yield Problem("wrong_image", f"{path}.image_url.url", text, "encode the file anew.")
    elif url.startswith("data:") and len(url) * 3 // 4 > _LARGEST_IMAGE:
        text = "the image is larger than 10 MB."
        yield Problem("wrong_image", f"{path}.image_url.url", text, "make it smaller.")
    if isinstance(image, dict) and image.get("detail", "auto") not in ("auto", "low", "high"):
        fix = "write auto, low or high."
        yield Problem("wrong_image", f"{path}.image_url.detail", "no level of detail.", fix)


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False


def images(messages: Sequence[Any], path: str) -> Iterator[Problem]:
    """Check that an example holds no more images than the service takes."""
    count = 0
    for message in messages:
        parts = message.get("content") if isinstance(message, dict) else None
        if isinstance(parts, list):
            kinds = [part.get("type") for part in parts if isinstance(part, dict)]
            count += kinds.count("image_url")
    if count > _MOST_IMAGES:
        text = f"{count} images; an example takes {_MOST_IMAGES}."
        yield Problem("wrong_image", path, text, "split the example.")
