"""Lists in pages, as Slack cuts them: at most `limit` at once, the next ones by a cursor."""

from collections.abc import Sequence
from typing import TypeVar

from playground.slack.arguments import Arguments
from playground.slack.refusal import Json, Refusal

_MOST = 1000
_MARK = "next:"

T = TypeVar("T")


def page(items: Sequence[T], a: Arguments, usual: int = _MOST) -> tuple[Sequence[T], str]:
    """Return the page that is asked for, and the cursor of the next one, "" for the last."""
    limit = min(a.number("limit", usual) or usual, _MOST)
    if limit < 1:
        raise Refusal("invalid_limit")
    start = _start(a.text("cursor"))
    end = start + limit
    return items[start:end], f"{_MARK}{end}" if end < len(items) else ""


def paged(name: str, items: Sequence[object], a: Arguments, usual: int = _MOST) -> Json:
    """Answer with the page that is asked for, under a name of the method's."""
    shown, cursor = page(items, a, usual)
    return {name: shown, "response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    number = cursor.removeprefix(_MARK)
    if cursor and not (number.isdecimal() and cursor.startswith(_MARK)):
        raise Refusal("invalid_cursor")
    return int(number or 0)
