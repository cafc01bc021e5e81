"""The message that asks people whether a function call may run, and later says how it ended. Pure.

What people approve is what runs, so the card shows every argument as it is: as rich text, which
Slack does not interpret, with characters made visible that would hide or turn others. What is too
long for a message, or would hide behind many blanks, goes into a file beside it.
"""

import json
import re
from typing import Any

from bot.slack.inbound.invocation import APPROVAL
from bot.slack.text.blocks import Block, actions, button, context, line, rich_text, section, words
from bot.slack.text.mrkdwn import clipped, in_readers_zone, one_line, visible
from storage.records import Approval, ApprovalState

Shown = tuple[str, str, str]  # name, value and a remark on it

_ROOM = 2_500  # characters of all arguments on the card
_PREVIEW = 800  # of those whose whole is in a file
_SHORT = 120  # of a value that stands in a line
_MOST = 20  # arguments on the card
_BLANKS = re.compile(r"\s{40,}|(?:[^\S\n]*\n){4,}")  # behind which a message would be folded
_HEADS: dict[ApprovalState, str] = {
    "pending": ":lock: *Approval needed:* {}",
    "approved": ":white_check_mark: *Approved:* {}",
    "denied": ":no_entry_sign: *Denied:* {}",
    "expired": ":hourglass: *Expired:* {}",
    "cancelled": ":octagonal_sign: *Stopped:* {}",
}


def blocks(approval: Approval) -> list[Block]:
    """Return the card as it is now."""
    head = _HEADS[approval.state].format(one_line(approval.title))
    shown = [section(head), rich_text(*_arguments(approval))]
    if approval.state == "pending":
        yes = button("Approve", f"{APPROVAL}.approve", approval.id, "primary")
        shown.append(actions(yes, button("Deny", f"{APPROVAL}.deny", approval.id, "danger")))
    return [*shown, _context(approval)]


def text(approval: Approval) -> str:
    """Return the card in one line, for notifications and screen readers."""
    return f"{_HEADS[approval.state].format(one_line(approval.title))} ({one_line(approval.name)})"


def file(approval: Approval) -> bytes | None:
    """Return all arguments as a file where the card has no room for them."""
    values = _values(approval)
    size = sum(len(name) + len(value) for name, value, _ in values)
    is_plain = not any(_BLANKS.search(name) or _BLANKS.search(value) for name, value, _ in values)
    if size <= _ROOM and len(values) <= _MOST and is_plain:
        return None
    whole = {**json.loads(approval.defaults), **json.loads(approval.arguments)}
    return visible(json.dumps(whole, ensure_ascii=False, indent=2)).encode()


# Arguments


def _values(approval: Approval) -> list[Shown]:
    """Return every argument, the given ones first."""
    given = json.loads(approval.arguments)
    rest = json.loads(approval.defaults)
    return [
        *((visible(name), _written(value), "") for name, value in given.items()),
        *((visible(name), _written(value), " (default)") for name, value in rest.items()),
    ]


def _written(value: Any) -> str:
    """Return a value as people read it; a text that could be taken for something else, quoted."""
    if isinstance(value, str) and not _is_misleading(value):
        return visible(value)
    flat = json.dumps(value, ensure_ascii=False)
    indented = len(flat) > _SHORT and not isinstance(value, str)
    return visible(json.dumps(value, ensure_ascii=False, indent=2) if indented else flat)


def _is_misleading(text: str) -> bool:
    if _is_short(text) and (not text or text != text.strip()):
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and "\n" not in text


def _arguments(approval: Approval) -> list[Block]:
    values = _values(approval)
    if not values:
        return [_item(words("Without arguments."))]
    whole = file(approval) is None
    elements: list[Block] = []
    for name, value, remark in values if whole else _cut(values):
        elements += _argument(words(f"{name}{remark}: ", bold=True), value)
    if not whole:
        note = "This is not all: the whole is in the file above."
        elements.append(_item(words(note, bold=True)))
    return _joined(elements)


def _cut(values: list[Shown]) -> list[Shown]:
    """Return the first arguments; the long ones share the room that the short ones leave."""
    first = [
        (clipped(_seen(name), _SHORT), _seen(value), remark)
        for name, value, remark in values[:_MOST]
    ]
    long = [value for _, value, _ in first if not _is_short(value)]
    taken = sum(len(name) + len(value) for name, value, _ in first if _is_short(value))
    room = max((_PREVIEW - taken) // max(len(long), 1), _SHORT)
    return [
        (name, value if _is_short(value) else clipped(value, room), remark)
        for name, value, remark in first
    ]


def _seen(text: str) -> str:
    """Return a text with the number of many blanks in their place."""
    return _BLANKS.sub(lambda blanks: f" [{len(blanks[0])} blanks] ", text)


def _argument(label: Block, value: str) -> list[Block]:
    if _is_short(value):
        return [_item(label, words(value, code=True))]
    kind = "rich_text_preformatted" if value[0] in "[{" else "rich_text_quote"
    return [_item(label), {"type": kind, "elements": [words(value)]}]


def _joined(elements: list[Block]) -> list[Block]:
    """Put lines that follow each other into one list."""
    joined: list[Block] = []
    for one in elements:
        if joined and one["type"] == joined[-1]["type"] == "rich_text_list":
            joined[-1]["elements"] += one["elements"]
        else:
            joined.append(one)
    return joined


def _item(*parts: Block) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": [line(*parts)]}


# Around them


def _context(approval: Approval) -> Block:
    parts = [f"`{one_line(approval.name)}`"]
    if "://" in approval.origin:
        parts.append(f"sends to {one_line(approval.origin)}")
    elif approval.origin.endswith("(MCP)"):  # its title is what a server chose
        parts.append(f"comes from {one_line(approval.origin)}")
    if approval.state != "pending" or approval.approvers:
        parts.append(f"asked for by <@{approval.user}>")
    parts.append(ending(approval))
    return context(" · ".join(parts))


def ending(approval: Approval) -> str:
    """Return who may decide and until when, or who has and when."""
    at = in_readers_zone(approval.decided or 0)
    match approval.state:
        case "pending":
            until = in_readers_zone(approval.expires)
            asked = "" if approval.approvers else " asked for this and"
            return f"{approvers(approval)}{asked} can decide until {until}, then it is denied"
        case "approved" | "denied":
            return f"{approval.state} by <@{approval.decided_by}>, {at}"
        case "expired":
            return f"nobody decided in time, so it was not run, {at}"
        case "cancelled":
            return f"stopped before anybody decided, so it was not run, {at}"


def approvers(approval: Approval) -> str:
    """Return who may decide, in words that ring for those who are named."""
    if approval.approvers == ("admins",):
        return "an admin"
    return " or ".join(f"<@{user}>" for user in approval.approvers or (approval.user,))
