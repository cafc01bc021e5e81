"""The blocks of Slack that every message of ours is made of. Pure."""

from typing import Any

from bot.slack.text.mrkdwn import beginning

Block = dict[str, Any]

_SECTION = 3_000  # characters that Slack takes
_CONTEXT = 2_900


def section(text: str) -> Block:
    """Return a section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, _SECTION) or " "}}


def context(text: str) -> Block:
    """Return a small grey line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": _cut(text, _CONTEXT)}]}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else beginning(text, longest - 1) + "…"
