"""Answers that a test ordered beforehand; they come first, in order."""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from playground.openai.answer import Answer, Fault, ToolCall
from playground.openai.errors import ApiError

Request = dict[str, Any]
Call = ToolCall | tuple[str, str | dict[str, Any]]
CHAT = "chat/completions"


def words(text: str) -> tuple[str, ...]:
    """Cut a text into words with the space after them, so that joining them gives it back."""
    return tuple(re.findall(r"\s*\S+\s*|\s+", text))


@dataclass(frozen=True, slots=True)
class Ordered:
    """An answer that waits for its request."""

    answer: Answer
    on: str
    when: Callable[[Request], bool] | None

    def fits(self, request: Request, asked: str) -> bool:
        """Say whether this request is the one; `asked` is its method and its path."""
        method, _, path = asked.rpartition(" ")
        if " " in self.on:
            meant = fnmatchcase(f"{method} {path}", self.on)
        else:
            meant = path == self.on or path.startswith(f"{self.on}/")
        return meant and (self.when is None or self.when(request))


@dataclass(slots=True)
class Script:
    """The queue of ordered answers."""

    waiting: list[Ordered] = field(default_factory=list)

    def enqueue(
        self,
        text: str | Sequence[str] = (),
        *,
        calls: Iterable[Call] = (),
        refusal: str | None = None,
        finish_reason: Any = None,
        usage: dict[str, Any] | None = None,
        after: int | None = None,
        hold: asyncio.Event | None = None,
        faults: Iterable[Fault | str] = (),
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        message: str = "The playground was told to fail.",
        headers: dict[str, str] | None = None,
        when: Callable[[Request], bool] | None = None,
        on: str = CHAT,
    ) -> None:
        """Order one answer.

        A text is streamed word by word, a sequence exactly in its pieces. `hold` stops the answer
        after `after` pieces until the event is set; `faults` are the words of `Fault`; `status`
        refuses the request; `when` keeps the answer for the first request that it accepts.
        `on` names the operation: a path below /v1 with all that lies under it ("files"), or a
        method and a whole path, in which `*` stands for anything ("POST fine_tuning/jobs").
        """
        error = None
        if status is not None:
            error = ApiError(status, message, code=code, param=param, headers=headers)
        answer = Answer(
            pieces=words(text) if isinstance(text, str) else tuple(text),
            calls=tuple(c if isinstance(c, ToolCall) else ToolCall(*c) for c in calls),
            refusal=refusal,
            finish_reason=finish_reason,
            usage=usage,
            after=after,
            hold=hold,
            faults=frozenset(Fault(fault) for fault in faults),
            error=error,
        )
        self.waiting.append(Ordered(answer, on, when))

    def take(self, request: Request, asked: str = CHAT) -> Answer | None:
        """Give the first answer that fits the request, and forget it."""
        for place, ordered in enumerate(self.waiting):
            if ordered.fits(request, asked):
                del self.waiting[place]
                return ordered.answer
        return None
