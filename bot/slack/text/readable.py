"""Slack's text as people see it: names in the place of ids, links written out. Pure."""

import re
from collections.abc import Mapping

from bot.slack.text.mrkdwn import unescape

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
BLANK = r"\s\u200e\u200f"  # keyboards of Arabic and Hebrew put marks that nobody sees
LEADING = re.compile(rf"[{BLANK}]*{MENTION.pattern}")  # for `match`
_NAMELESS = re.compile(  # a channel or group that Slack does not name
    r"<(?:#(?=C)|!subteam\^(?=S))([CS][A-Z0-9]+)\|?>"
)
_SPECIAL = re.compile(r"<([^<>\s][^<>]*)>")
_AFTER_NAME = re.compile(r"\A(?:[ \t,、，：]|:(?![\w+'-]+:))+")  # but no emoji's colon
_EMPTY = "(No words: the bot was only mentioned.)"


def mentioned(text: str, bot_user: str) -> list[str]:
    """Return the ids of the people mentioned, the bot left out, in order, each once."""
    return [user for user in dict.fromkeys(MENTION.findall(text)) if user != bot_user]


def nameless(text: str, bot_user: str) -> list[str]:
    """Return the ids that stand in a text for names: people, channels, groups; not the bot's."""
    return [*mentioned(text, bot_user), *dict.fromkeys(_NAMELESS.findall(text))]


def written(text: str, files: str, names: Mapping[str, str], bot_user: str) -> str:
    """Return a message for the bot as the model shall read it: readable, its files by name."""
    parts = (readable(text, names, bot_user), files)
    return "\n".join(part for part in parts if part) or _EMPTY


def readable(text: str, names: Mapping[str, str], bot_user: str) -> str:
    """Return Slack's text as people see it: names, channels and links written out.

    A mention of the bot at the very start is how it was called, and left out. `names` maps ids of
    users, groups and channels to names; an unknown one stays as `@ID` or `#ID`.
    """
    first = LEADING.match(text)
    if first and first[1] == bot_user:
        text = _AFTER_NAME.sub("", text[first.end() :], count=1)
    return unescape(_SPECIAL.sub(lambda found: _written(found[1], names), text)).strip()


def _written(inside: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return "@" + (names.get(target[1:]) or label or target[1:])
    if target.startswith("#"):
        return "#" + (label or names.get(target[1:]) or target[1:])
    if target.startswith("!"):
        kind, _, about = target[1:].partition("^")
        return label or "@" + (names.get(about, about) if kind == "subteam" else kind)
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({address})" if label and label != address else address
