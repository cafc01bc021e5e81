"""From the model's Markdown to what is sent to Slack, piece by piece as it arrives. Pure.

Slack renders Markdown itself (tables, fences, lists, links, raw `<` and `&` keep their look), so
little is changed: mentions are made quiet (`mentions`), and an image becomes a link that
names its host, because fetching it would carry data out unseen. What may be the beginning of such
a token is held back until it is clear; any way of cutting the text gives the same output.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.slack.text import mentions
from bot.slack.text.mrkdwn import escape
from bot.slack.text.nesting import DEEP

FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)")
_MARGIN = re.compile(r"[ \t]*(?:>[ \t]*)*")  # of a line in a list or a quotation
_ITEMS = re.compile(r"[ \t]*(?:(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))[ \t]*)*")  # that it may begin
_SPECIAL = re.compile(r"[<@!]")
_IMAGE = re.compile(
    r"!\[(?P<alt>[^\]\n]{0,300})\]\([ \t]{0,9}<?(?P<url>[^\s()<>]{1,500})>?"
    r"(?:[ \t]{1,9}\"[^\"()\n]{0,300}\")?[ \t]{0,9}\)"
)
_OPEN_IMAGE = re.compile(r"!(?:\[[^\]\n]{0,300}(?:\](?:\([^()\n]{0,900})?)?)?")
_IMAGE_REACH = 1_300  # characters that an image may take
_LINE_REACH = 200  # characters of a line by which it is known
CUT = "…"  # ends a text of which there is more
_NOBODY: Mapping[str, str] = MappingProxyType({})


class Screen:
    """Turn pieces of the model's text into pieces that may be shown.

    Args:
        asker: The user id whose mention may ring.
        names: Names of other people, by user id.
    """

    def __init__(self, asker: str = "", names: Mapping[str, str] = _NOBODY) -> None:
        self._asker = asker
        self._names = names
        self._held = ""
        self._last = ""
        self._code = _Code()

    def feed(self, text: str) -> str:
        """Return what can be shown of everything so far."""
        if not self._held and _SPECIAL.search(text) is None:
            return self._pass(text)  # nearly every piece
        self._held += text
        return self._drain(final=False)

    def flush(self) -> str:
        """Return the rest: no more text comes."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        shown: list[str] = []
        text, self._held = self._held, ""
        at = 0
        while found := _SPECIAL.search(text, at):
            if found.start() > at:
                shown.append(self._pass(text[at : found.start()]))
            at = found.start()
            rest = text[at : at + _IMAGE_REACH]
            if not final and self._must_wait(rest):
                self._held = text[at:]
                return "".join(shown)
            if rest[0] == "!":
                text, at = self._image(text, at), 1
                shown.append(self._pass(text[0]))
                continue
            written, length = self._mention(rest)
            shown.append(self._pass(written))
            at += length
        shown.append(self._pass(text[at:]))
        return "".join(shown)

    def _must_wait(self, rest: str) -> bool:
        if rest[0] != "!":
            return mentions.may_continue(rest)
        if self._code.in_block:
            return False
        return _OPEN_IMAGE.fullmatch(rest) is not None or self._may_be_code(rest)

    def _may_be_code(self, rest: str) -> bool:
        """Tell whether it is open if the image at the start of `rest` stands in code."""
        if not (self._code.in_line and rest.startswith("![")) or len(rest) == _IMAGE_REACH:
            return False
        found = _IMAGE.match(rest)
        return {"`", "\n"}.isdisjoint(rest[found.end() if found else 2 :])

    def _mention(self, rest: str) -> tuple[str, int]:
        if rest[0] == "@" and self._last.isascii() and self._last.isalnum():
            return "@", 1  # an address of mail
        written, length = mentions.quiet(rest, self._asker, self._names)
        if self._last == "<" and written[0] == "@":  # the two must not make a new mention
            written = mentions.JOINER + written
        return written, length

    def _image(self, text: str, at: int) -> str:
        """Return the text from `at` on, its image written as a link; the link is read again."""
        if self._code.in_block or not text.startswith("![", at):
            return text[at:]
        found = _IMAGE.match(text, at)
        after = text[found.end() if found else at + 2 : at + _IMAGE_REACH]
        if self._code.in_line and "`" in after.partition("\n")[0]:
            return text[at:]
        if found is None:
            return text[at + 1 :]
        alt, url = found["alt"] or "image", found["url"]
        host = host_of(url)
        label = f"{alt} ({host})" if host else alt
        return f"[{label}]({url}){text[found.end() :]}"

    def _pass(self, text: str) -> str:
        if text:
            self._last = text[-1]
            self._code.feed(text)
        return text


class Fence:
    """Follow, line by line, whether a fenced block is open, also in a list or a quotation.

    `mark` is what opened it, "" outside of a block; `first` is its first line, and `margin` what
    stands before each of its lines.
    """

    def __init__(self) -> None:
        self.mark = self.margin = self.first = ""

    def read(self, line: str) -> bool:
        """Read one line, and tell whether it opens a block."""
        if self.mark and not self.is_left(line):
            around = _start(_MARGIN, line) if ">" in self.margin or DEEP.match(self.margin) else ""
            self.mark = _fence_after(line[len(around) :], self.mark)
            return False
        items = _start(_ITEMS, line)
        self.first = line[len(items) :]
        self.mark = _fence_after(self.first, "")
        self.margin = re.sub(r"[^>\s]", " ", items)
        return bool(self.mark)

    def is_left(self, line: str) -> bool:
        """Tell whether the item or quotation ends before a line, and the block with it."""
        margin = _start(_MARGIN, line)
        if ">" in self.margin:
            return ">" not in margin
        return bool(line.strip()) and len(margin) + 3 < len(self.margin)

    def may_be_left(self, line: str) -> bool:
        """Tell whether it ends before a line that stands a little less deep, as by CommonMark."""
        return bool(self.mark and line.strip()) and len(_start(_MARGIN, line)) < len(self.margin)


class _Code:
    """Follow whether text that arrives in pieces is inside of code."""

    def __init__(self) -> None:
        self._fence = Fence()
        self._doubtful = False  # the block has ended for some readers
        self._line = ""
        self._ticks = 0  # in the line

    @property
    def in_block(self) -> bool:
        """Tell whether an image that follows stands in a fenced block, for every reader."""
        line = f"{self._line}!"
        left = self._doubtful or self._fence.is_left(line) or self._fence.may_be_left(line)
        return bool(self._fence.mark) and not left

    @property
    def in_line(self) -> bool:
        """Tell whether a backtick in the line so far is not closed."""
        return self._ticks % 2 == 1

    def feed(self, text: str) -> None:
        """Read on."""
        *lines, rest = text.split("\n")
        for line in lines:
            whole = (self._line + line)[:_LINE_REACH]
            doubtful = self._doubtful or self._fence.may_be_left(whole)
            self._fence.read(whole)
            self._doubtful = doubtful and bool(self._fence.mark)
            self._line, self._ticks = "", 0
        if len(self._line) < _LINE_REACH:
            self._line = (self._line + rest)[:_LINE_REACH]
        self._ticks += rest.count("`")


def _start(pattern: re.Pattern[str], line: str) -> str:
    found = pattern.match(line)
    return found.group() if found else ""


def _fence_after(line: str, mark: str) -> str:
    """Return the mark of the fence that is open after `line`; `mark` was open before it."""
    found = FENCE.match(line)
    if found is None:
        return mark
    if not mark:
        return "" if "`" in found["info"] and found["mark"][0] == "`" else found["mark"]
    closes = found["mark"].startswith(mark) and not found["info"].strip()
    return "" if closes else mark


def host_of(url: str) -> str:
    """Return the host that an address points to, or ""."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def screened(text: str, asker: str = "", names: Mapping[str, str] = _NOBODY) -> str:
    """Return a whole text as it may be shown."""
    screen = Screen(asker, names)
    return screen.feed(text) + screen.flush()


_KEPT = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^<>\n]*)?)>")


def plain(text: str, limit: int | None = None) -> str:
    """Return a screened text, or its beginning, as Slack's own `text`; `limit` counts that."""
    length = len(text)
    shown = _escaped(text[:limit])
    while limit is not None and (length > limit or len(shown) > limit):
        length = min(limit, length * limit // max(len(shown), limit) - 1)
        shown = _escaped(text[: length - 1] + CUT)
    return shown


def _escaped(text: str) -> str:
    pieces, at = [], 0
    for kept in _KEPT.finditer(text):
        pieces += [escape(text[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join([*pieces, escape(text[at:])])
