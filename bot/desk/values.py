"""What a command returns: small values that say what is shown, not how.

`blocks` turns them into Slack's blocks. What stands in their texts is written here, too: names,
counts, sizes and moments. Texts are Slack's mrkdwn: put foreign words through
`escape`, or into a table or a field, which do it themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.slack.text.mrkdwn import LONGEST_NAME, clipped
from bot.slack.text.mrkdwn import escape as escape  # commands take it from here
from bot.slack.workspace.user_object import zone_of

_YEAR = 31_536_000  # seconds
_QUOTED = 300  # characters
MARKDOWN = 9_000  # characters of a message
VERBATIM = 2_800
Cell = str | int | float


def code(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a name as inline code; of what is longer than any name, the beginning."""
    return f"`{escape(clipped(text, longest)).replace('`', 'ˋ')}`"


def excerpt(text: str) -> str:
    """Return the beginning of a text in quotation marks, for a confirmation."""
    return f"“{escape(clipped(' '.join(text.split()), _QUOTED))}”"


@dataclass(frozen=True, slots=True)
class Button:
    """A button that runs a line, such as `files info file-1`."""

    label: str
    line: str


def asking(account: str, buttons: Iterable[Button]) -> tuple[Button, ...]:
    """Return buttons whose lines ask the server of these credentials, if any are named."""
    extra = f" --as {account}" if account else ""
    return tuple(
        one if extra in one.line else replace(one, line=one.line + extra) for one in buttons
    )


@dataclass(frozen=True, slots=True)
class Text:
    """Words, in mrkdwn."""

    text: str
    buttons: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values of one thing; values are shown as they are."""

    title: str
    pairs: Sequence[tuple[str, str]]
    buttons: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; more than fit are shown in pages with buttons.

    Numbers stand on the right. `note` stands below, `empty` in place of a table without rows.
    With `pick` (`files info`) a menu offers to run that line with a row's cell in the column `key`.
    With `wrap` long cells run over several lines; else they end after one or two.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    empty: str = "There is nothing to show."
    page_size: int = 12
    buttons: Sequence[Button] = ()
    pick: str = ""
    key: int = 0
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text shown exactly as it is, such as the content of a file; `prose` is not framed.

    Of what is longer than `VERBATIM` the beginning is shown, and all of it comes as the `file` of
    this name, if it has one.
    """

    title: str
    text: str
    prose: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file for the person who asked; it comes where only they see it."""

    name: str
    content: bytes
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Markdown:
    """What a model wrote, in Markdown; what is longer than `MARKDOWN` comes as a `file`, too."""

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Files for the conversation, where everybody sees them: names and contents."""

    files: tuple[tuple[str, bytes], ...]
    comment: str = ""


Drawn = Text | Fields | Table | Verbatim | Markdown  # what a message shows
Value = Drawn | File | Shared  # files are sent instead
Values = Value | Sequence[Value]


def whole(value: Value) -> Sequence[Value]:
    """Return a value and, where a message shows but the beginning of it, the file with all."""
    if isinstance(value, Verbatim | Markdown) and value.file:
        most = MARKDOWN if isinstance(value, Markdown) else VERBATIM
        if len(value.text) > most:
            return value, File(value.file, value.text.encode(), "All of it.")
    return (value,)


def listed(lines: Sequence[str], most: int, more: str = "more") -> list[str]:
    """Return the first lines of a list, and how many more there are."""
    left = len(lines) - most
    return [*lines[:most], f"… and {left:,} {more}"] if left > 0 else list(lines)


def plural(count: int, noun: str) -> str:
    """Return `1 file`, `2 files`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def counted(kept: int, everything: int, noun: str) -> str:
    """Return `2 files`, or of how many they are kept: `2 of 5 files`."""
    told = plural(everything, noun)
    return told if kept == everything else f"{kept:,} of {told}"


def size(count: int) -> str:
    """Return a number of bytes as people write it."""
    amount, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return (
        f"{amount:.0f} {units[0]}"
        if units[0] == "B" or amount >= 100
        else f"{amount:.1f} {units[0]}"
    )


def money(dollars: float) -> str:
    """Return dollars as people write them; small amounts are not rounded away."""
    if dollars >= 0.1 or dollars == 0:
        return f"${dollars:,.2f}"
    return f"${dollars:.6f}".rstrip("0").rstrip(".")


def moment(seconds: float | None, tz: str = "", form: str = "%Y-%m-%d %H:%M %Z") -> str:
    """Return a moment as a person in this time zone reads it; "" for what is none."""
    try:
        return datetime.fromtimestamp(seconds, zone_of(tz)).strftime(form) if seconds else ""
    except (ValueError, OverflowError):  # of a server that counts otherwise
        return ""


def ago(seconds: float) -> str:
    """Return how long ago something was."""
    if seconds >= 2 * _YEAR:
        return f"{int(seconds // _YEAR)} y"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"
