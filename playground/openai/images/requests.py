"""What image requests may say, whole and by model."""

import re
from typing import Any

from playground.openai.cards import ModelCard
from playground.openai.checks.shape import (
    Rule,
    check_object,
    choice,
    flag,
    nested,
    text,
    whole,
)
from playground.openai.errors import ApiError, bad_request, unsupported
from playground.openai.moderating import is_flagged

Json = dict[str, Any]
SIZE = re.compile(r"^(\d{2,4})x(\d{2,4})$")
STANDARD = ("1024x1024", "1024x1536", "1536x1024", "auto")
SQUARES = ("256x256", "512x512", "1024x1024")
LARGEST = 3840 * 2160
FORMATS = ("png", "webp", "jpeg", "gif", "svg")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
SVG = nested({"model": text(), "reasoning": nested({"effort": choice(*EFFORTS)})}, ("model",))
ONLY_WITH = {"frame_count": "gif", "frame_duration_ms": "gif", "svg": "svg"}
SHARED: dict[str, Rule] = {
    "model": text(),
    "n": whole(1, 10),
    "size": text(),
    "quality": text(),
    "background": choice("transparent", "opaque", "auto"),
    "output_format": choice(*FORMATS),
    "output_compression": whole(0, 100),
    "stream": flag,
    "partial_images": whole(0, 3),
    "frame_count": whole(2, 16),
    "frame_duration_ms": whole(1, 655_350),
    "svg": SVG,
    "user": text(),
    "safety_identifier": text(64),
    "prompt": text(32_000, least=1),
}
GENERATION: dict[str, Rule] = {
    **SHARED,
    "moderation": choice("low", "auto"),
    "complexity": choice("low", "medium", "high"),
}
EDIT: dict[str, Rule] = {
    **SHARED,
    "input_fidelity": choice("high", "low"),
    "complexity": choice("low", "medium", "high"),
}
VARIATION: dict[str, Rule] = {
    "model": text(),
    "n": whole(1, 10),
    "size": choice(*SQUARES),
    "response_format": choice("url", "b64_json"),
    "user": text(),
}


def check_drawing(body: Json, rules: dict[str, Rule], required: tuple[str, ...]) -> None:
    """Refuse what no image model takes."""
    check_object(body, rules, required)
    if body.get("partial_images") is not None and not body.get("stream"):
        raise bad_request(
            "'partial_images' is only allowed when 'stream' is true.", "partial_images"
        )
    form = body.get("output_format") or "png"
    if body.get("output_compression") not in (None, 100) and form not in ("jpeg", "webp"):
        raise bad_request("'output_compression' needs 'jpeg' or 'webp'.", "output_compression")
    check_format(body, form)
    if body.get("background") == "transparent" and form == "jpeg":
        raise bad_request("A transparent background needs 'png' or 'webp'.", "background")


def check_format(body: Json, form: str) -> None:
    """Refuse what a format does not go with."""
    for field, needed in ONLY_WITH.items():
        if body.get(field) is not None and form != needed:
            raise bad_request(f"'{field}' is only allowed with output_format '{needed}'.", field)
    if form in ("gif", "svg") and body.get("stream"):
        raise bad_request(f"The output format '{form}' cannot be streamed.", "stream")
    if form == "svg" and body.get("n") not in (None, 1):
        raise bad_request("The output format 'svg' needs 'n' to be 1.", "n")


def check_by_model(body: Json, card: ModelCard) -> None:
    """Refuse what this image model does not take."""
    more = ("xhigh", "max") if "xhigh" in card.traits else ()
    if body.get("quality") is not None:
        choice("low", "medium", "high", *more, "auto")(body["quality"], "quality")
    if body.get("input_fidelity") is not None and "fidelity" not in card.traits:
        raise unsupported("input_fidelity")
    if body.get("size") not in (None, *STANDARD):
        check_size(body["size"], card)
    if is_flagged(body.get("prompt", "")):
        raise ApiError(
            400,
            "Your request was rejected by the safety system.",
            kind="image_generation_user_error",
            code="moderation_blocked",
        )


def check_size(size: str, card: ModelCard) -> None:
    """Refuse a size that is none of the standard ones and not within the model's limits."""
    if "any size" not in card.traits:
        choice(*STANDARD)(size, "size")
    found = SIZE.match(size)
    if not found:
        raise bad_request(f"Invalid size '{size}'. Expected WIDTHxHEIGHT.", "size", "invalid_value")
    width, height = int(found[1]), int(found[2])
    fits = width % 16 == height % 16 == 0 and width * height <= LARGEST
    if not fits or max(width, height) > 3 * min(width, height) or max(width, height) > 3840:
        raise bad_request(
            f"Invalid size '{size}'. Width and height must be divisible by 16, at most 3840x2160, "
            "and their ratio between 1:3 and 3:1.",
            "size",
            "invalid_value",
        )


def dimensions(size: str | None) -> tuple[int, int]:
    """Give width and height; the model's own choice is a square."""
    width, _, height = (size if size and size != "auto" else "1024x1024").partition("x")
    return int(width), int(height)
