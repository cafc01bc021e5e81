"""What the two kinds of page have in common: their size, their endings and their failures.

A page is one Slack message of an answer, a native stream (`stream`) or an edited message
(`message`).
"""

from dataclasses import dataclass
from typing import Any, Literal

PAGE_LIMIT = 11_000  # Slack takes 12,000 in a call, and a whole message fails near 13,200
SMALLEST_LIMIT = 1_000  # what is too long with less is so for another reason than its text

SessionState = Literal["active", "suspended"]


class PageFailed(Exception):
    """This message cannot be written any further; go on in another way with the same text.

    `alive` tells that the stream may still be open. The last call may have had its effect.
    """

    def __init__(self, word: str, *, alive: bool) -> None:
        self.word = word
        self.alive = alive
        super().__init__(word)


class TooLong(Exception):
    """Slack takes only less text in one message; nothing of the call was shown."""


class StoppedByUser(Exception):
    """A person has clicked Stop: post nothing more."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the last call for a page looks: is the turn over, and what stands under the text.

    `rest` is the state in which the session is left when it is over.
    """

    over: bool = True
    blocks: tuple[dict[str, Any], ...] = ()
    rest: SessionState = "active"


def too_long(word: str) -> bool:
    """Tell whether Slack's error complains of length."""
    return "too_long" in word
