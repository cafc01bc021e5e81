"""What is to be run, as text: kept with a confirmation, and in the buttons and forms that go on."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.slack.inbound.invocation import Invocation

# What a press on a button of ours, or a form, does: run a line, open a form or run with what was
# filled in, ask to type a confirmation, confirm by a press or by what was typed, decline.
Verb = Literal["run", "open", "fill", "ask", "yes", "typed", "no"]


@dataclass(frozen=True, slots=True)
class Order:
    """A line and what came with it: form values, ids of files, the words of a message.

    `thread` is the thread in which it was asked, also when a click or a form goes on, `problem`
    what was wrong with the values of a form, which its person may see again.
    """

    line: str
    values: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    message_text: str = ""
    thread: str = ""
    problem: str = ""

    def text(self) -> str:
        """Return the order as text."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def parsed(text: str) -> Order:
    """Return the order that a text stands for."""
    body = json.loads(text)
    return Order(**body | {"files": tuple(body["files"])})


def order_of(invocation: Invocation, line: str) -> Order:
    """Return the order that an invocation is."""
    thread = invocation.thread_ts or ""
    if invocation.via in ("shortcut", "message"):
        thread = thread or invocation.message_ts or ""
    return Order(
        line=line, files=invocation.files, message_text=invocation.message_text, thread=thread
    )
