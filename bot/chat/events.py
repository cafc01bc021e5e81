"""What a turn tells while it runs, and returns: pure values, drawn by `bot.slack` or stored."""

from dataclasses import dataclass

from storage.records import Message


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer's text, in order."""

    text: str


@dataclass(frozen=True, slots=True)
class FunctionCalled:
    """The model asked for a function and it is about to run."""

    call_id: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class FunctionProgress:
    """A running function says how far it is, in one short line for people."""

    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class FunctionReturned:
    """A function has ended; `note` is one short line for people (never the result itself)."""

    call_id: str
    name: str
    ok: bool
    note: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A message that belongs to the history from now on; store it before asking for more.

    Of one of the model's, `tokens_in` and `tokens_out` are what its request took, 0 where the
    server did not tell.
    """

    message: Message
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The end of a turn, and why it ended.

    `finish_reason` is `stop`, `length`, `content_filter`, `rounds` (the limit of rounds was
    reached) or `waiting` (people must decide about a call before the turn can go on).
    `without_tools` tells that the model takes none, so it could not call functions,
    `without_files` that it did not take all pictures and documents.
    """

    finish_reason: str
    model: str
    without_tools: bool
    without_files: bool


TurnEvent = TextDelta | FunctionCalled | FunctionProgress | FunctionReturned | StepFinished
