"""Cut a long Markdown text into pieces that stand for themselves. Pure.

A piece ends, best first, after a paragraph, before a list item or heading, after a line, inside a
fenced block or table, after a word. A fence that is cut is closed in one piece and opened again
with its info string in the next; a table that is cut gets its header again; what stands deep in a
list gets the items around it again; a line that is cut keeps its links, code and bold words whole.
What was added stands apart (`opening`, `closing`): the texts of the pieces joined are the whole
text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from bot.slack.text.markdown import FENCE, Fence
from bot.slack.text.nesting import DEEP, Nesting

PARAGRAPH, ITEM, LINE, INSIDE, INDENTED, WORD, ANYWHERE = 6, 5, 4, 3, 2, 1, 0
_FILLED = {
    PARAGRAPH: 0.5,
    ITEM: 0.5,
    LINE: 0.4,
    INSIDE: 0.2,
    INDENTED: 0.2,
    WORD: 0.2,
}  # of the room
_STARTS = re.compile(r" {0,3}(?:[-*+] |\d{1,9}[.)] |#{1,6} |> )")
_DELIMITER = re.compile(
    r"[ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t\r]*+"
)
_MARGIN = re.compile(r"[ \t>]+")
_BEGUN = re.compile(r"[ \t>|:-]*")  # what may become a delimiter
_WORD_ENDS = re.compile(r"\s|[、。，！？；][」』）”]*")  # also in scripts without blanks
_KEPT = re.compile(  # is read as one thing: code, a link, bold words; also where more is to come
    r"(?<!`)(?P<code>`++)[^`]{1,500}+(?:(?P=code)|\Z)"
    r"|\[[^\[\]]{0,500}+(?:\Z|\](?:\Z|\((?:[^\s()\[]|\([^\s()\[]*+\)?){0,500}+(?:\)|\Z)))"
    r"|\*\*[^\s*][^*]{0,500}+(?:\*\*|\Z)"
)
_LONGEST_KEPT = 1_000
_JOINER = "\u200d"  # makes one emoji of two
_JOINED = re.compile(  # belongs to what is before it
    "[\u1160-\u11ff\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_HALF_FLAG = re.compile("(?<![🇦-🇿])(?:[🇦-🇿]{2})*[🇦-🇿]$")
_VIRAMA = 9  # the class of signs that join two letters of Indian scripts
_FLAGS = 80  # letters of them that are looked at
_SMALL_ROOM = 0.25  # of the limit
_LARGEST_OPENING = 0.25  # of the limit; a longer header, info string or margin is not repeated
_NEARLY_FULL = ((0.95, INSIDE), (0.85, ITEM))  # of the limit, and what a message then ends with


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a message ends: with `head` and `closing`; `opening` and `remainder` follow."""

    head: str
    closing: str
    opening: str
    remainder: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A position where the text can be cut, how good it is, and what mends the cut."""

    at: int
    rank: int
    closing: str = ""
    opening: str = ""


def cut(shown: str, pending: str, limit: int) -> Cut:
    """Cut `pending`, which follows `shown` in a message of at most `limit` characters.

    The head is empty where the message is as good as full; never where `shown` is only an opening
    that leaves room.
    """
    whole = shown + pending
    room = max(0, limit - len(shown))
    within = takewhile(lambda place: place.at <= limit, _places(whole, limit))
    places = [place for place in within if place.at + len(place.closing) <= limit]
    for rank in (PARAGRAPH, ITEM, LINE, INSIDE, INDENTED):
        least = len(shown) + room * _FILLED[rank]
        best = [place for place in places if place.rank == rank and place.at >= least]
        if best:
            return _cut_at(best[-1], len(shown), whole)
    return _cut_at(_within_line(whole, len(shown), limit), len(shown), whole)


def end_of_growing(shown: str, pending: str, limit: int) -> Cut | None:
    """Cut where a message that grows piece by piece is to end; None while there is room.

    What is shown cannot be taken back, so a message that is nearly full ends with a block, then
    with any line: else a row of a table, or a line of code, would be parted sooner or later.
    """
    length = len(shown) + len(pending)
    if length > limit:
        return cut(shown, pending, limit)
    rank = next((rank for filled, rank in _NEARLY_FULL if length > filled * limit), None)
    return None if rank is None else last_break(shown, pending, limit, rank)


def last_break(shown: str, pending: str, limit: int, rank: int = LINE) -> Cut | None:
    """Cut after the last line (or better) of `pending`, or before it; None if neither ends one."""
    whole = shown + pending
    begun = len(shown) - len(shown.rstrip(" \t"))
    margin = min(begun, limit * _LARGEST_OPENING)  # of the next line, where that has begun so
    good = [
        _behind(place, max(place.at, len(shown)), whole)
        for place in _places(whole, limit)
        if place.rank >= rank and place.at >= len(shown) - margin
    ]
    return _cut_at(good[-1], len(shown), whole) if good else None


def cut_at_end(shown: str, pending: str) -> Cut:
    """Cut after all of `pending`, mending an open fence or table."""
    whole = shown + pending
    *_, last = [_Place(0, ANYWHERE), *_places(whole, 1 << 30)]
    return _cut_at(_mended(len(whole), ANYWHERE, whole, last, len(whole)), len(shown), whole)


def fitting(opening: str, text: str) -> str:
    """Return what stands before `text`: the header of a table only where a row follows."""
    last = opening.rstrip("\n").rpartition("\n")[2]
    is_header = "|" in opening and _DELIMITER.fullmatch(last) is not None
    return "" if is_header and "|" not in text.partition("\n")[0] else opening


def _behind(place: _Place, at: int, whole: str) -> _Place:
    """Return a place, or the one behind the margin of the line that follows it."""
    return replace(place, at=at, opening=place.opening + whole[place.at : at])


def _cut_at(place: _Place, start: int, whole: str) -> Cut:
    return Cut(whole[start : place.at], place.closing, place.opening, whole[place.at :])


def _places(whole: str, limit: int) -> Iterator[_Place]:
    """Yield every end of a line with its rank, in order."""
    fence, table, nesting = _Fence(limit), _Table(limit), Nesting(limit * _LARGEST_OPENING)
    lines = whole.split("\n")
    at = 0
    for number, line in enumerate(lines[:-1]):
        at += len(line) + 1
        following = lines[number + 1]
        above = nesting.above(line) or ""
        if fence.rank is None:
            nesting.read(line)
        fence.read(line, nesting)
        if fence.rank is not None:
            yield _Place(at, fence.rank, fence.closing, fence.opening)
            continue
        table.read(line, following, above)
        place = table.place(at, following, at == len(whole))
        yield place or _between(at, line, following, nesting)


def _between(at: int, line: str, following: str, nesting: Nesting) -> _Place:
    """Return the place between two lines that stand in no block that must be mended."""
    if "|" in line and _BEGUN.fullmatch(following):
        return _Place(at, ANYWHERE)  # perhaps a header, of which no more has arrived
    above = nesting.above(following)
    if above is None:
        return _Place(at, _rank(line, following))
    goes_on = line.strip() and not (_STARTS.match(following.lstrip()) or DEEP.match(line))
    return _Place(at, INDENTED if goes_on else INSIDE, "", above)


def _rank(line: str, following: str) -> int:
    if not line.strip():
        return PARAGRAPH if following.strip() else ANYWHERE
    if _STARTS.match(following) or FENCE.match(following):
        return ITEM
    return LINE if following.strip() else ANYWHERE


class _Fence:
    """Follow fenced blocks, and what mends a cut in them.

    `rank` is how good it is to cut behind the line that was read, None outside of a block.
    """

    def __init__(self, limit: int) -> None:
        self.rank: int | None = None
        self.opening = self.closing = ""
        self._most = limit * _LARGEST_OPENING
        self._fence = Fence()

    def read(self, line: str, nesting: Nesting) -> None:
        """Read one line, which `nesting` knows already if it may open a block."""
        opens = self._fence.read(line)
        if not self._fence.mark:
            self.rank = None
        elif opens:
            self._open(nesting)
        else:
            self.rank = INSIDE

    def _open(self, nesting: Nesting) -> None:
        self.rank = ANYWHERE  # never directly behind the opening line
        margin, again = self._fence.margin, self._fence.first
        if len(margin) >= self._most:
            margin = ""
        self.closing = margin + self._fence.mark
        if len(margin + again) >= self._most:
            again = self._fence.mark
        above = ""
        if nesting.holds(margin + again):
            above = nesting.above(margin + again) or ""
        elif DEEP.match(margin):
            margin = _item(margin)
        self.opening = f"{above}{margin}{again}\n"


def _item(margin: str) -> str:
    """Return the start of a list item whose content stands as deep as `margin`."""
    depth = len(margin.expandtabs(4))
    return "- " * (depth // 2 - 2) + "-".ljust(4 + depth % 2)


class _Table:
    """Follow whether the lines read belong to a table, and remember its header."""

    def __init__(self, limit: int) -> None:
        self._most = limit * _LARGEST_OPENING
        self._header: list[str] | None = None
        self._above = ""
        self._rows = 0

    def read(self, line: str, following: str, above: str) -> None:
        """Read one line, with a look at the next; `above` is what a deep header needs."""
        if self._header is None:
            if _is_header(line, following) and (above or not DEEP.match(line)):
                self._above, self._header, self._rows = above, [line], 0
        elif self._rows == 0 and len(self._header) == 1:
            self._header.append(line)
        elif "|" in line:
            self._rows += 1
        else:
            self._header = None

    def place(self, at: int, following: str, is_end: bool) -> _Place | None:
        """Return the cut behind this line if it stands inside the table, or may do so at the end.

        See `fitting`.
        """
        row = "|" in following
        if self._header is None or not (row or is_end or _MARGIN.fullmatch(following)):
            return None
        opening = self._above + "".join(f"{line}\n" for line in self._header)
        if len(self._header) == 1 or len(opening) >= self._most:
            opening = ""
        rank = INSIDE if self._rows and row else ANYWHERE  # a header alone is no table
        return _Place(at, rank, "", opening)


def _is_header(line: str, following: str) -> bool:
    """Tell whether a line is the header of a table, as the line below it says."""
    return "|" in line and "-" in following and _DELIMITER.fullmatch(following) is not None


def _within_line(whole: str, start: int, limit: int) -> _Place:
    """Return a cut inside the last line that fits: after a word if possible."""
    closing = _last_place(whole, max(limit, start), limit).closing
    end = max(start, min(limit - (len(closing) + 1 if closing else 0), len(whole)))
    least = start + int((end - start) * _FILLED[WORD])
    kept = _kept(whole, least, end)
    ends = [least + found.end() for found in _WORD_ENDS.finditer(whole[least:end])]
    word = next((at for at in reversed(ends) if not _is_torn(at, kept)), None)
    at = word or _between_characters(whole, least, end, kept)
    before, is_small = whole[:start][-1:], end - start < limit * _SMALL_ROOM
    if is_small and (before == "\n" or (before.isspace() and word is None)):
        at = start  # rather the next message than half a line, or half a word
    room = limit * _LARGEST_OPENING
    return _mended(at, WORD, whole, _last_place(whole, at, limit), room)


def _kept(whole: str, least: int, end: int) -> list[tuple[int, int]]:
    """Return where code, links and bold words stand in the last line up to `end`."""
    line = whole.rfind("\n", 0, least) + 1
    return [found.span() for found in _KEPT.finditer(whole, line, end + _LONGEST_KEPT)]


def _is_torn(at: int, kept: list[tuple[int, int]]) -> bool:
    return any(first < at < last for first, last in kept)


def _between_characters(whole: str, least: int, end: int, kept: list[tuple[int, int]]) -> int:
    """Return the last position up to `end` where nothing is torn; else no letter or emoji."""
    least = max(least, end - _LONGEST_KEPT)
    signs = [at for at in range(end, least, -1) if not _is_inside(whole, at)]
    return next((at for at in signs if not _is_torn(at, kept)), signs[0] if signs else end)


def _is_inside(whole: str, at: int) -> bool:
    """Tell whether what people see as one sign goes on behind a position."""
    before, behind = whole[at - 1], whole[at : at + 1]
    return bool(
        _JOINED.match(behind)
        or before == _JOINER
        or unicodedata.combining(before) == _VIRAMA
        or _HALF_FLAG.search(whole[max(at - _FLAGS, 0) : at])
        or (behind and unicodedata.category(behind).startswith("M"))
    )


def _last_place(whole: str, position: int, limit: int) -> _Place:
    """Return the last end of a line that is not behind a position."""
    last = _Place(0, ANYWHERE)
    for place in _places(whole, limit):
        if place.at > position:
            break
        last = place
    return last


def _mended(at: int, rank: int, whole: str, before: _Place, room: float) -> _Place:
    """Return a cut at `at` that closes the fence, or the table, which `before` is in.

    The margin of a line is written again where it has `room`.
    """
    begun = whole[before.at : at]
    is_margin = begun.isspace() or (not before.closing and _MARGIN.fullmatch(begun))
    if is_margin and len(begun) <= room:
        return replace(_behind(before, at, whole), rank=rank)
    if not before.closing:
        return _Place(at, rank, "", before.opening)
    closing = before.closing if whole[at - 1 : at] == "\n" else "\n" + before.closing
    return _Place(at, rank, closing, before.opening)
