"""What a message says, read back from Slack. Pure.

The `text` of a long answer of ours is only its beginning: `chat.update` takes no more. The whole
stands in its blocks, as the Markdown that we sent or as what Slack has made of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.slack.text.markdown import CUT, plain
from bot.slack.text.mrkdwn import escape

_KINDS = ("rich_text", "header", "table")  # what Slack makes of Markdown
_LINES = frozenset({"rich_text", "rich_text_list", "table"})  # each of their elements is a line


def words_of(message: Mapping[str, Any]) -> str:
    """Return the words of a message in Slack's writing (`text`), "" if it has none."""
    text = str(message.get("text") or "")
    if text and not text.endswith(CUT):
        return text
    blocks = [block for block in message.get("blocks") or () if isinstance(block, Mapping)]
    markdown = [str(one.get("text") or "") for one in blocks if one.get("type") == "markdown"]
    if markdown:
        return plain("\n".join(markdown))
    translated = [_words(block) for block in blocks if block.get("type") in _KINDS]
    return max(text, "\n".join(translated), key=len)


def _words(part: Any) -> str:
    """Return the words of a block, or of a part of one."""
    if isinstance(part, list):
        return _joined(part, " | ")
    match part:
        case {"type": "user", "user_id": str(user)}:
            return f"<@{user}>"
        case {"type": "emoji", "name": str(name)}:
            return f":{name}:"
        case {"type": str(kind), "elements": list(parts)} | {
            "type": str(kind),
            "rows": list(parts),
        }:
            return _joined(parts, "\n" if kind in _LINES else "")
        case {"text": str(words)} | {"text": {"text": str(words)}} | {"url": str(words)}:
            return escape(words)
    return ""


def _joined(parts: Iterable[Any], between: str) -> str:
    return between.join(map(_words, parts))
