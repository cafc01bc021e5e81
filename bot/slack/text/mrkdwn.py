"""Slack's own markup: words that it shows exactly as they are, and moments in each reader's zone.

Pure. Slack reads `&`, `<` and `>` in every text that is not rich text.
"""

import json
import re
import time
import unicodedata

_HIDING = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
LONGEST_NAME = 200  # characters
_UNSEEN = re.compile(  # letters, marks and signs that show nothing; but \ufe0f is part of emoji
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(
    f"(?<={_MARK}{{3}}){_MARK}"
)  # over and under a letter, until other lines hide
_TORN = re.compile(r"(?:&\w{0,3}|<[^<>]*)$")  # an entity or a link that goes on behind a cut
_JOINERS = re.compile(  # that change what is seen: in Indian scripts, Persian and emoji
    "(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d](?=[\u0900-\u0dff])"
    "|(?<=[ئبتثجحخسشصضطظعغفقكلمنهيپچکگی])\u200c(?=[\u0620-\u06ff])"
    "|(?<=[\ufe0f\U0001f300-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f300-\U0001faff])"
)


def escape(text: str) -> str:
    """Return foreign words so that Slack shows them as they are: no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Return Slack's text with the characters that people typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def bare(text: str) -> str:
    """Return words of ours as they read where there is no markup."""
    return unescape(text).replace("`", "")


def beginning(text: str, longest: int) -> str:
    """Return what of Slack's text fits, with no entity or link torn at the end."""
    return text if len(text) <= longest else _TORN.sub("", text[:longest])


def clipped(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text, or the beginning of one that is longer; by itself as much as a name has."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def one_line(text: str) -> str:
    """Return foreign words as one line in which nothing hides, so that Slack shows it as it is."""
    return escape(visible(" ".join(text.split())))


def visible(text: str) -> str:
    """Return text in which nothing hides: characters that show nothing by their number."""
    if text.isascii() and text.isprintable():
        return text
    joiners = {found.start() for found in _JOINERS.finditer(text)}
    stacked = {found.start() for found in _STACKED.finditer(text)}
    return "".join(
        one if at in joiners or (_is_plain(one) and at not in stacked) else json.dumps(one)[1:-1]
        for at, one in enumerate(text)
    )


def _is_plain(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in _HIDING and not _UNSEEN.match(character)


def in_readers_zone(milliseconds: int) -> str:
    """Return a time that Slack writes in each reader's own zone."""
    seconds = milliseconds // 1000
    plain = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
    return f"<!date^{seconds}^{{date_short_pretty}} at {{time}}|{plain}>"
