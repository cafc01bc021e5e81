"""A message as Slack takes it, and the blocks that it and our forms are made of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.text.mrkdwn import beginning, clipped

Block = dict[str, Any]

_SECTION = 3_000  # characters that Slack takes
_CONTEXT = 2_900
_LABEL = 75  # of a button, or of a choice


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message in Slack's form: blocks, and the text for notifications and screen readers."""

    text: str
    blocks: Sequence[Block] = ()

    def body(self) -> dict[str, Any]:
        """Return the fields of a call that posts it."""
        return {"text": self.text, **({"blocks": list(self.blocks)} if self.blocks else {})}


def section(text: str) -> Block:
    """Return a section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, _SECTION) or " "}}


def context(text: str) -> Block:
    """Return a small grey line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": _cut(text, _CONTEXT)}]}


def actions(*elements: Block) -> Block:
    """Return a row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action_id: str, value: str, style: str = "") -> Block:
    """Return a button; a label that Slack would refuse as too long is cut."""
    made = {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(label),
        "value": value,
    }
    return made | ({"style": style} if style else {})


def plain_text(text: str, longest: int = _LABEL) -> Block:
    """Return text that Slack shows as it is, with no markup but emoji."""
    return {"type": "plain_text", "text": clipped(text, longest)}


def rich_text(*elements: Block) -> Block:
    """Return text whose words Slack does not interpret."""
    return {"type": "rich_text", "elements": list(elements)}


def line(*parts: Block) -> Block:
    """Return a line of rich text."""
    return {"type": "rich_text_section", "elements": list(parts)}


def words(text: str, **style: bool) -> Block:
    """Return words of rich text, in a style such as `bold`."""
    made: Block = {"type": "text", "text": text}
    return {**made, "style": style} if style else made


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else beginning(text, longest - 1) + "…"
