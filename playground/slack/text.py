"""What people type and how Slack writes it: escaping, mentions, links, rich text."""

import re
from collections.abc import Iterable

from playground.slack.records import Channel, User
from playground.slack.refusal import Json

# A token of Slack's own that stays as it is: <@U1>, <#C1|name>, <!here>, <https://a|b>.
_TOKEN = re.compile(r"<(?:@[UWB][A-Z0-9]+|#[CG][A-Z0-9]+|![a-z^]|https?://|mailto:)[^<>]*>")
_USER = re.compile(r"<@([UWB][A-Z0-9]+)(?:\|[^>]*)?>")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\"']")


def escaped(text: str) -> str:
    """Escape the three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def written(text: str) -> str:
    """Return typed text as Slack stores it; tokens such as `<@U1>` stay, bare links get marked."""
    pieces, at = [], 0
    for token in _TOKEN.finditer(text):
        pieces += [_plain(text[at : token.start()]), token.group()]
        at = token.end()
    pieces.append(_plain(text[at:]))
    return "".join(pieces)


def _plain(text: str) -> str:
    return _LINK.sub(lambda link: f"<{link.group()}>", escaped(text)) if text else ""


def named(text: str, users: Iterable[User], channels: Iterable[Channel]) -> str:
    """Turn `@Name`, `#channel` and `@here` as a person types them into Slack's tokens.

    Longer names come first, and code stays as it is.
    """
    tokens = {f"@{word}": f"<!{word}>" for word in ("here", "channel", "everyone")}
    tokens |= {f"#{one.name.lower()}": f"<#{one.id}>" for one in channels if one.kind == "channel"}
    for user in users:
        names = filter(None, (user.name, user.real_name))
        tokens |= {f"@{name.lower()}": f"<@{user.id}>" for name in names}
    choice = "|".join(map(re.escape, sorted(tokens, key=len, reverse=True)))
    name = re.compile(rf"(?<![\w/&<])(?:{choice})(?!\w)", re.IGNORECASE)
    pieces = _CODE.split(text)
    pieces[::2] = [name.sub(lambda found: tokens[found[0].lower()], one) for one in pieces[::2]]
    return "".join(pieces)


def mentions(text: str) -> set[str]:
    """Return the ids of the users that a text mentions."""
    return set(_USER.findall(text)) if "<@" in text else set()


def rich_text(text: str) -> Json:
    """Return the rich_text block that Slack adds to what a person wrote."""
    elements: list[Json] = []
    at = 0
    for found in _USER.finditer(text):
        elements += _words(text[at : found.start()])
        elements.append({"type": "user", "user_id": found.group(1)})
        at = found.end()
    elements += _words(text[at:])
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}


def _words(text: str) -> list[Json]:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": plain}] if plain else []
