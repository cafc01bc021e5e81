"""Draw what a command returned as Slack's blocks, within Slack's limits. Pure.

Every message also carries the same in plain text, for notifications, screen readers, and wherever
Slack refuses the blocks.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from textwrap import wrap
from typing import Any

from bot.desk.order import Verb
from bot.desk.values import (
    MARKDOWN,
    VERBATIM,
    Button,
    Cell,
    Drawn,
    Fields,
    Markdown,
    Table,
    Text,
    Verbatim,
    escape,
)
from bot.slack.inbound.invocation import ACTION
from bot.slack.text import blocks as shapes
from bot.slack.text.blocks import (
    Block,
    SlackMessage,
    actions,
    context,
    plain_text,
    rich_text,
    section,
    words,
)
from bot.slack.text.markdown import screened
from bot.slack.text.mrkdwn import beginning, clipped

_BLOCKS = 48  # of a message
_MESSAGE = 12_000  # characters, from here on
_TEXT = 3500  # in plain text
_SECTION = 2900
_FIELD = 1900
_TABLE = 9_000
_CELL = 80
_WRAPPED = 1_500  # of a cell that runs over several lines
_ONE_LINE = 30  # of a cell, that stay on one line; ids of files and jobs have 27
_BUTTON = 2000  # of what a button carries
_OPTION = 150  # of what a choice carries
_UNITS = {" B", "kB", "MB", "GB", "ms", " s"}  # behind numbers, which stand on the right


def draw(values: Sequence[Drawn], line: str = "", page: int = 1, note: str = "") -> SlackMessage:
    """Return the message for all values; `line` is what a page's buttons run again."""
    blocks: list[Block] = []
    texts: list[str] = []
    for value in values:
        shown, text = _drawn(value, line, page)
        if _has_table(shown) and _has_table(blocks):  # a message holds one
            shown = sections(text)
        blocks += shown
        texts.append(text)
    if note:
        blocks.append(context(note))
    return SlackMessage(beginning("\n".join(texts), _TEXT) or " ", _within_limits(blocks))


def plain_message(text: str) -> SlackMessage:
    """Return a sentence as it is shown."""
    return draw([Text(text)])


def _has_table(blocks: Iterable[Block]) -> bool:
    return any(block["type"] == "table" for block in blocks)


def _within_limits(blocks: list[Block]) -> list[Block]:
    """Leave out what would make the message too long; Slack refuses the whole message else."""
    kept: list[Block] = []
    left = _MESSAGE
    for block in blocks:
        left -= _characters(block)
        if left < 0 or len(kept) == _BLOCKS:
            return [*kept, context("… there is more than a message can hold.")]
        kept.append(block)
    return kept


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        inside = sum(_characters(item) for item in value.values())
        return inside + (len(own) if isinstance(own, str) else 0)
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _drawn(value: Drawn, line: str, page: int) -> tuple[list[Block], str]:
    match value:
        case Text(text, buttons):
            return [*sections(text), *runners(buttons)], text
        case Fields():
            return _fields(value)
        case Table():
            return _table(value, line, page)
        case Verbatim():
            return _verbatim(value)
        case Markdown(text, _):
            return [{"type": "markdown", "text": _quiet(text)}], escape(text)


def _quiet(text: str) -> str:
    """Return a model's Markdown so that it rings nobody and fetches nothing."""
    return clipped(screened(text), MARKDOWN) or " "


def sections(text: str) -> list[Block]:
    """Return a long text as several sections, cut at the ends of lines; a long line by words."""
    parts: list[str] = []
    for line in chain.from_iterable(map(_wrapped, text.split("\n"))):
        if parts and len(parts[-1]) + len(line) < _SECTION:
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return [section(part) for part in parts if part.strip()]


def _wrapped(line: str) -> list[str]:
    return [line] if len(line) <= _SECTION else wrap(line, _SECTION, break_on_hyphens=False)


def button(
    label: str, verb: Verb, value: dict[str, Any], style: str = "", number: int = 0
) -> Block:
    """Return one of our buttons; `verb` says what a click does, `value` with what."""
    carried = _json({"do": verb, **value})
    return shapes.button(label, f"{ACTION}{verb}.{number}", carried, style)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def runners(buttons: Iterable[Button]) -> list[Block]:
    """Return a row of buttons that run lines."""
    row: list[Block] = []
    for number, one in enumerate(buttons):
        row += _run(one.label, {"line": one.line}, number)
    return [actions(*row)] if row else []


def _run(label: str, value: dict[str, Any], number: int) -> list[Block]:
    """Return a button that runs a line, or none when the line is too long for a button."""
    made = button(label, "run", value, number=number)
    return [made] if len(made["value"]) <= _BUTTON else []


def _fields(value: Fields) -> tuple[list[Block], str]:
    """Draw names and values, a line for each; foreign words in them are not read as markup."""
    elements: list[Block] = []
    for name, text in value.pairs:
        start = "\n" if elements else ""
        elements.append(words(f"{start}{name}:", bold=True))
        elements.append(words(clipped(f"  {text or '–'}", _FIELD)))
    blocks = [_bold(value.title)] if value.title else []
    if elements:
        blocks.append(rich_text(shapes.line(*elements)))
    said = [f"*{escape(value.title)}*"] if value.title else []
    said += [f"{escape(name)}: {escape(text)}" for name, text in value.pairs]
    return [*blocks, *runners(value.buttons)], "\n".join(said)


def _table(value: Table, line: str, page: int) -> tuple[list[Block], str]:
    title = f"*{escape(value.title)}*" if value.title else ""
    if not value.rows:
        text = f"{title}\n{value.empty}".strip()
        return [*sections(text), *runners(value.buttons)], text
    pages = -(-len(value.rows) // value.page_size)
    page = min(max(page, 1), pages)
    start = (page - 1) * value.page_size
    rows = value.rows[start : start + value.page_size]
    blocks = [section(title)] if title else []
    blocks.append(_grid(value, rows))
    if note := _paged(value, start, len(rows)) if pages > 1 else value.note:
        blocks.append(context(note))
    row = [*_picker(value, rows), *(_pager(line, page, pages) if pages > 1 else ())]
    if row:
        blocks.append(actions(*row))
    return [*blocks, *runners(value.buttons)], f"{title}\n{_plain(value.columns, rows)}".strip()


def _paged(value: Table, start: int, count: int) -> str:
    """Say which rows are shown; a note that begins with how many there are tells of what."""
    every = f"{len(value.rows):,}"
    told = value.note if value.note.startswith(f"{every} ") else f"{every} · {value.note}"
    return f"{start + 1:,}–{start + count:,} of {told}".removesuffix(" · ")


def _grid(value: Table, rows: Sequence[Sequence[Cell]]) -> Block:
    columns, most = value.columns, _CELL
    if value.wrap:
        most = min(_WRAPPED, _TABLE // (len(columns) * len(rows)))
    settings = [
        {
            "align": "right" if _is_number(rows[0][place]) else "left",
            "is_wrapped": max(len(str(row[place])) for row in rows) > _ONE_LINE,
        }
        for place in range(len(columns))
    ]
    head = [_bold(name) for name in columns]
    return {
        "type": "table",
        "column_settings": settings,
        "rows": [head, *([_cell(cell, most) for cell in row] for row in rows)],
    }


def _bold(text: str) -> Block:
    """Draw a heading; whatever is in it is shown as it is."""
    return rich_text(shapes.line(words(text, bold=True)))


def _cell(value: Cell, most: int) -> Block:
    return {"type": "raw_text", "text": _shown(value, most) or "–"}


def _shown(value: Cell, most: int = _CELL) -> str:
    text = f"{value:,}" if isinstance(value, int | float) else " ".join(value.split())
    return clipped(text, most)


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float) or (value[:1].isdecimal() and value[-2:] in _UNITS)


def _picker(table: Table, rows: Sequence[Sequence[Cell]]) -> list[Block]:
    """Return a menu of the rows that are shown; an option's value may have 150 characters."""
    if not table.pick:
        return []
    options = []
    for row in rows:
        value = _json({"do": "run", "line": f"{table.pick} {row[table.key]}"})
        names = (str(row[0]).strip(), str(row[table.key]).strip())
        label = " · ".join(dict.fromkeys(name for name in names if name))
        if label and len(value) <= _OPTION:
            options.append({"text": plain_text(label), "value": value})
    placeholder = plain_text("Look at one …")
    menu = {"type": "static_select", "action_id": f"{ACTION}pick", "placeholder": placeholder}
    return [menu | {"options": options}] if options else []


def _pager(line: str, page: int, pages: int) -> list[Block]:
    back = _run("‹ Back", {"line": line, "page": page - 1}, 100) if page > 1 else []
    further = _run("Next ›", {"line": line, "page": page + 1}, 101) if page < pages else []
    return [*back, *further]


def _plain(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Return a table as monospaced text."""
    cells = [list(columns), *([_shown(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "```" + escape("\n".join(lines)).replace("```", "'''") + "```"


def _verbatim(value: Verbatim) -> tuple[list[Block], str]:
    title, text = value.title, value.text
    cut = text if len(text) <= VERBATIM else text[:VERBATIM] + "\n…"
    head = [_bold(title)] if title else []
    if value.prose:
        plain = {"type": "plain_text", "text": cut or " ", "emoji": False}
        return [*head, {"type": "section", "text": plain}], f"*{escape(title)}*\n{escape(cut)}"
    pre = {"type": "rich_text_preformatted", "elements": [words(cut or " ")]}
    shown = escape(cut).replace("```", "'''")
    return [*head, rich_text(pre)], f"*{escape(title)}*\n```{shown}```"
