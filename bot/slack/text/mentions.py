"""Mentions in the model's text: which ring, which become plain names. Pure.

Whole workspaces must never be rung by a model: `<!channel>` and its kin, groups, and `@channel` as
plain words get an invisible joiner. A person other than the asker is shown by name. The asker's
mention and links to channels stay.
"""

import re
from collections.abc import Mapping

JOINER = "\u2060"  # invisible, and no place for a line break
_LABEL = r"(?:\|(?P<label>[^<>\n]{0,80}))?"
_LOUD = r"channel|here|everyone|group"

BROADCAST = re.compile(rf"<\\?!(?P<word>{_LOUD}){_LABEL}>", re.IGNORECASE)
GROUP = re.compile(rf"<\\?!subteam\\?\^(?P<id>[A-Z0-9]{{0,30}}){_LABEL}>", re.IGNORECASE)
USER = re.compile(rf"<\\?@(?P<id>[A-Z0-9]{{1,30}}){_LABEL}>", re.IGNORECASE)
_ENDS = r"(?![A-Za-z0-9])"  # also before a letter of a script that writes without spaces
PLAIN = re.compile(rf"@(?P<word>channel|here|everyone){_ENDS}", re.IGNORECASE)

_DANGEROUS = re.compile(rf"<\\?(?:!(?:{_LOUD}|subteam)|@)", re.IGNORECASE)
_OPEN_TOKEN = re.compile(
    r"<\\?(?:!?|![a-z]{1,8}|!subteam\\?\^[A-Z0-9]{0,30}|@[A-Z0-9]{0,30}"
    rf"|(?:!(?:{_LOUD}|subteam\\?\^[A-Z0-9]{{0,30}})|@[A-Z0-9]{{1,30}})\|[^<>\n]{{0,80}})"
    r"|<\\?!subteam\\",
    re.IGNORECASE,
)
_WORDS = ("channel", "here", "everyone")


def may_continue(rest: str) -> bool:
    """Tell whether `rest`, which starts with `<` or `@`, may become a mention with more text."""
    if rest[0] == "@":
        word = rest[1:].lower()
        return any(loud.startswith(word) for loud in _WORDS)
    return _OPEN_TOKEN.fullmatch(rest) is not None


def quiet(rest: str, asker: str, names: Mapping[str, str]) -> tuple[str, int]:
    """Return what to show for the start of `rest` and how many characters that stands for.

    `rest` starts with `<` or `@` and is long enough to decide (`may_continue` is false).
    """
    if rest[0] == "@":
        found = PLAIN.match(rest)
        return (f"@{JOINER}{found['word']}", found.end()) if found else ("@", 1)
    if found := USER.match(rest):
        return _person(found, asker, names), found.end()
    if found := BROADCAST.match(rest):
        return f"@{JOINER}{found['word']}", found.end()
    if found := GROUP.match(rest):
        label = _inside(found["label"] or "group")
        return f"@{JOINER}{label.lstrip('@')}", found.end()
    if _DANGEROUS.match(rest):  # not well formed; Slack may read it more kindly than we do
        return f"<{JOINER}", 1
    return "<", 1


def _person(found: re.Match[str], asker: str, names: Mapping[str, str]) -> str:
    user = found["id"].upper()
    if user == asker:
        return f"<@{user}>"
    name = names.get(user) or found["label"] or user
    return "@" + _inside(name).lstrip("@")


def _inside(name: str) -> str:
    """Return a name that cannot itself be a mention."""
    bare = name.lstrip("@")
    name = re.sub(r"@(?=channel|here|everyone)", "@" + JOINER, bare, flags=re.IGNORECASE)
    name = re.sub(r"[<>\n]", " ", name)
    return JOINER + name if re.match(rf"(?:channel|here|everyone){_ENDS}", name, re.I) else name
