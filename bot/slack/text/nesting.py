"""Follow in which list items the lines of a Markdown text stand. Pure.

A line four or more spaces deep belongs to an item above it. Where a message begins with such a
line it would be read as code; so the items around it are written again before it (`above`), empty,
with their own numbers.
"""

import re
from dataclasses import dataclass

DEEP = re.compile(r" {4}| {0,3}\t")  # on its own it would be read as code
_QUOTATION = re.compile(r"(?: {0,3}> ?)*")
_MARKER = re.compile(r"(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+|$)")
_BLOCK = re.compile(r" *(?:`{3}|~{3}|#{1,6} )")  # ends a paragraph
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}")
_MOST_SPACES = 3  # before what is no code


@dataclass(frozen=True, slots=True)
class _Item:
    """An open item: its number or bullet, and how deep its content stands."""

    mark: str
    depth: int


class Nesting:
    """Follow the items that are open behind the line that was read.

    What would take more than `most` characters is not written again.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._quotation = ""
        self._items: list[_Item] = []
        self._goes_on = False  # a paragraph, so that the next line may stand less deep

    def read(self, line: str) -> None:
        """Read one line that stands in no fenced block, or opens one."""
        quotation, content = _parted(line)
        if not content:
            self._goes_on = False
            return
        items = self._around(quotation, content)
        depth = _depth(content)
        begun = _begun(content.strip(), depth, items[-1].depth if items else 0)
        goes_on = self._goes_on and quotation == self._quotation
        if goes_on and not begun and not _BLOCK.match(content):
            return
        self._quotation, self._items = quotation, [*items, *begun]
        self._goes_on = True

    def above(self, line: str) -> str | None:
        """Return what must stand above a deep line that follows; None for any other line.

        "" is for a deep line in no item: it is code.
        """
        if not line.startswith((" ", "\t", ">")):
            return None  # nearly every line
        quotation, content = _parted(line)
        if not content or not DEEP.match(content):
            return None
        items = self._around(quotation, content)
        written = _written(items, quotation)
        return written if len(written) < self._most else ""

    def holds(self, line: str) -> bool:
        """Tell whether a line is not too deep for its item to begin a block in it."""
        quotation, content = _parted(line)
        items = self._around(quotation, content)
        return bool(items) and _depth(content) - items[-1].depth <= _MOST_SPACES

    def _around(self, quotation: str, content: str) -> list[_Item]:
        if quotation.count(">") != self._quotation.count(">"):
            return []
        depth = _depth(content)
        return [item for item in self._items if item.depth <= depth]


def _parted(line: str) -> tuple[str, str]:
    """Return the marks of a quotation at the start of a line, and the rest of it."""
    found = _QUOTATION.match(line)
    quotation = found.group() if found else ""
    return quotation, line[len(quotation) :].expandtabs(4).rstrip()


def _depth(content: str) -> int:
    return len(content) - len(content.lstrip())


def _begun(content: str, depth: int, around: int) -> list[_Item]:
    """Return the items that a line begins, `depth` spaces deep inside of what is `around` deep."""
    items: list[_Item] = []
    while depth - around <= _MOST_SPACES and (found := _MARKER.match(content)):
        if _RULE.fullmatch(content):
            break
        gap = len(found["gap"])
        content = content[found.end() :]
        around = depth + len(found["mark"]) + (gap if content and gap <= _MOST_SPACES + 1 else 1)
        items.append(_Item(found["mark"], around))
        depth += found.end()
    return items


def _written(items: list[_Item], quotation: str) -> str:
    """Write items again, empty, each so far in that its content stands where it stood."""
    lines, around = [], 0
    for item in items:
        start = min(item.depth - 1 - len(item.mark), around + _MOST_SPACES)
        lines.append(f"{quotation}{' ' * max(start, around)}{item.mark}\n")
        around = item.depth
    return "".join(lines)
