"""The blocks of Slack that every message of ours is made of. Pure."""

import re
from typing import Any

Block = dict[str, Any]

_SECTION = 3_000  # characters that Slack takes
_CONTEXT = 2_900
_TORN = re.compile(r"(?:&\w{0,3}|<[^<>]*)$")  # an entity or a link that goes on behind a cut


def section(text: str) -> Block:
    """Return a section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, _SECTION) or " "}}


def context(text: str) -> Block:
    """Return a small grey line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": _cut(text, _CONTEXT)}]}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else _TORN.sub("", text[: longest - 1]) + "…"
