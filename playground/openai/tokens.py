"""Plausible token counts without a vocabulary: about one for each short word or sign."""

import json
import re
from typing import Any

TOKEN = re.compile(r"\w{1,6}|[^\w\s]")
IMAGE_TOKENS = 765
PER_MESSAGE = 3


def count(text: str) -> int:
    """Count the tokens of a text, roughly as o200k does."""
    return len(TOKEN.findall(text))


def count_content(content: Any) -> int:
    """Count the tokens of a message's content, whatever its form."""
    if isinstance(content, str):
        return count(content)
    if not isinstance(content, list):
        return 0
    return sum(
        count(part.get("text", "")) if part.get("type") == "text" else IMAGE_TOKENS
        for part in content
    )


def count_prompt(request: dict[str, Any]) -> int:
    """Count the tokens of a whole request: messages, calls and offered functions."""
    total = PER_MESSAGE
    for message in request["messages"]:
        total += PER_MESSAGE + count_content(message.get("content"))
        if calls := message.get("tool_calls"):
            total += count(json.dumps([call.get("function") for call in calls]))
    offered = request.get("tools") or request.get("functions")
    return total + (count(json.dumps(offered)) if offered else 0)


def usage(prompt: int, completion: int) -> dict[str, Any]:
    """Give the `usage` object."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
