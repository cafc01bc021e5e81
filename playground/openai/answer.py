"""What the server is about to answer: the same value from a test's script and from the stand-in."""

import asyncio
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from playground.openai.errors import ApiError


class Fault(StrEnum):
    """What can be wrong with an answer on its way; several may be given together.

    Faults that end the answer (`cut`, `eof`, `silence`, `error_inside`) strike after
    `Answer.after` pieces, else in the middle.
    """

    NO_INDEX = "no_index"  # tool call deltas without index
    SAME_INDEX = "same_index"  # every tool call has index 0
    NO_ID = "no_id"  # tool calls without id
    REPEAT_ID = "repeat_id"  # id and name come again with every piece
    WHOLE_CALLS = "whole_calls"  # name and all arguments in one piece
    DICT_ARGUMENTS = "dict_arguments"  # arguments as an object instead of text
    FINISH_STOP = "finish_stop"  # finish_reason is stop although there are calls
    NO_FINISH = "no_finish"  # no finish_reason at all
    EMPTY_CHOICES = "empty_choices"  # the first piece has no choices (Azure)
    NO_DONE = "no_done"  # the stream ends without [DONE]
    NO_ROLE = "no_role"  # no role in the first piece
    CRLF = "crlf"  # lines end with CR LF
    COMMENTS = "comments"  # comment lines between the events
    SPLIT_BYTES = "split_bytes"  # every byte is its own packet, letters are torn apart
    JUNK = "junk"  # a data line that is no JSON, unknown fields and events
    EMPTY = "empty"  # 200 and not one event
    WHOLE_JSON = "whole_json"  # not streamed although asked for
    ERROR_200 = "error_200"  # an error object with status 200
    HTML = "html"  # a proxy's HTML page in place of JSON
    ERROR_INSIDE = "error_inside"  # an error event in the middle
    CUT = "cut"  # the connection is reset in the middle
    EOF = "eof"  # the stream ends neatly, but too early
    SILENCE = "silence"  # nothing more comes, the connection stays open


ENDING = frozenset({Fault.ERROR_INSIDE, Fault.CUT, Fault.EOF, Fault.SILENCE})


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model makes; arguments given as a dict become JSON text."""

    name: str
    arguments: str | dict[str, Any]
    id: str | None = None

    @property
    def text(self) -> str:
        """Give the arguments as the model would write them."""
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what is said, which calls are made, how fast, and what goes wrong."""

    pieces: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"] | None = None
    usage: dict[str, Any] | None = None
    delay: float = 0.0
    gap: float | None = None
    after: int | None = None
    hold: asyncio.Event | None = None
    faults: frozenset[Fault] = field(default_factory=frozenset)
    error: ApiError | None = None

    @property
    def text(self) -> str:
        """Give the whole text."""
        return "".join(self.pieces)

    def turns_after(self) -> int:
        """Say after how many pieces the hold or the ending fault strikes."""
        middle = max(1, len(self.pieces) // 2)
        return middle if self.after is None else self.after
