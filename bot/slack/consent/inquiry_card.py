"""The message in which a function asks a person back, and later says what they answered. Pure."""

import json

from bot.slack.inbound.invocation import INQUIRY
from bot.slack.text.blocks import (
    Block,
    actions,
    button,
    context,
    line,
    plain_text,
    rich_text,
    words,
)
from bot.slack.text.mrkdwn import beginning, in_readers_zone, one_line, visible
from storage.records import Inquiry

OPTIONS = 25  # that Slack shows in one row
_QUESTION = 2_500  # characters


def blocks(inquiry: Inquiry) -> list[Block]:
    """Return the card as it is now."""
    shown = [rich_text(line(words(visible(inquiry.question)[:_QUESTION])))]
    if inquiry.state == "open":
        shown += _ways(inquiry)
    return [*shown, context(ending(inquiry))]


def text(inquiry: Inquiry) -> str:
    """Return the card in one line, for notifications and screen readers."""
    return f":question: {beginning(one_line(inquiry.question), _QUESTION)}"


def ending(inquiry: Inquiry) -> str:
    """Return who may answer and until when, or what became of it."""
    match inquiry.state:
        case "open":
            until = in_readers_zone(inquiry.expires)
            return f"<@{inquiry.user}> can answer here or in the thread until {until}"
        case "answered":
            return f"<@{inquiry.user}> answered: {one_line(inquiry.answer)}"
    return "An answer is no longer needed"


def chosen(inquiry: Inquiry, given: str, verb: str) -> str | None:
    """Return the answer that a click gives: an option by its number, or a text; None for none."""
    options = json.loads(inquiry.options)
    if not options:
        return given.strip() or None
    number = verb.removeprefix("pick")
    known = number.isdecimal() and int(number) < len(options)
    return str(options[int(number)]) if known else None


def written(inquiry: Inquiry, text: str) -> str | None:
    """Return the answer that a message gives: any text, or the name of an option."""
    options = json.loads(inquiry.options) or [text.strip()]
    named = (str(option) for option in options if _same(str(option), text))
    return next(named, None) or None


def _same(option: str, text: str) -> bool:
    return " ".join(option.split()).casefold() == " ".join(text.split()).casefold()


def _ways(inquiry: Inquiry) -> list[Block]:
    options = json.loads(inquiry.options)
    if not options:
        return [_input(inquiry), _row(inquiry, [_button(inquiry, "send", "Answer")])]
    buttons = [_button(inquiry, f"pick{n}", option) for n, option in enumerate(options)]
    return [_row(inquiry, buttons)]


def _row(inquiry: Inquiry, buttons: list[Block]) -> Block:
    return {**actions(*buttons), "block_id": f"{INQUIRY}.{inquiry.id}.row"}


def _button(inquiry: Inquiry, verb: str, label: str) -> Block:
    shown = visible(" ".join(label.split())) or "…"
    return button(shown, f"{INQUIRY}.{verb}", inquiry.id)


def _input(inquiry: Inquiry) -> Block:
    return {
        "type": "input",
        "block_id": f"{INQUIRY}.{inquiry.id}",
        "dispatch_action": True,  # Enter sends it, too
        "label": plain_text("Your answer"),
        "element": {
            "type": "plain_text_input",
            "action_id": f"{INQUIRY}.text",
            "max_length": 3000,
        },
    }
