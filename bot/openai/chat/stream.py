"""A streamed chat completion: its text piece by piece, then the whole of it.

Until the first piece was handed out, a refusal may also teach us to ask differently.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.openai.chat.asking import Asking
from bot.openai.chat.assembly import Assembly
from bot.openai.chat.completion import ChatCompletion
from bot.openai.errors import APIConnectionError, OpenAIError
from bot.openai.wire.api import API
from bot.openai.wire.attempts import Attempt, Attempts
from bot.openai.wire.refusals import refusal_inside
from bot.openai.wire.transport import Response

LONGEST_TEXT = 1_000_000  # characters, twice of what the largest models can say at once


@dataclass(slots=True)
class Habits:
    """What the streams of one server have shown.

    A server that has once said where an answer ends ([DONE], finish_reason) always says it: an
    answer without it was cut short. Of a server that never has, the end of the body must do; but
    one whose pieces have a place for it (finish_reason null), or whose body ends with nothing but
    the connection, is asked again the first time.
    """

    closes_answers: bool = False
    leaves_answers_open: bool = False


class ChatStream(Attempts[str]):
    """Iterate over the pieces of the answer's text; `completion` is the answer afterwards."""

    def __init__(self, api: API, asking: Asking, habits: Habits) -> None:
        super().__init__(api)
        self._asking = asking
        self._habits = habits
        self._attempt: _Attempt | None = None
        self._completion: ChatCompletion | None = None

    @property
    def completion(self) -> ChatCompletion:
        """Return the whole answer, once the pieces have been read."""
        if self._completion is None:
            raise RuntimeError("Read the stream to its end before asking for the completion.")
        return self._completion

    async def _advance(self) -> str:
        if self._attempt is None:
            response = await self._api.connect(self._asking.ask(), self._asking.call)
            self._asking.accepted()
            habits = Habits() if self._asking.in_one_piece else self._habits
            self._attempt = _Attempt(self._api, self._began(response), habits)
        text = await self._read_on(self._attempt)
        if self._attempt.ended:
            self._completion = self._attempt.completion(self.request_id, self._asking.left_out)
            self._ended = True
            self._release()
        return text

    async def _read_on(self, attempt: "_Attempt") -> str:
        try:
            return "".join(await attempt.read())
        except APIConnectionError:
            if not attempt.said_all:
                raise
            attempt.ended = True  # only [DONE], and perhaps the usage, did not come
            return ""

    async def _try_again(self, error: OpenAIError) -> None:
        self._attempt = None
        await self._asking.recover(error)


class _Attempt(Attempt[str]):
    """Chunks to text, and to the whole answer."""

    def __init__(self, api: API, response: Response, habits: Habits) -> None:
        super().__init__(api, response)
        self.assembly = Assembly()
        self._habits = habits
        self._events = 0
        self._characters = 0
        self._may_stay_open = habits.leaves_answers_open

    def completion(self, request_id: str | None, left_out: tuple[str, ...]) -> ChatCompletion:
        """Return the answer, which has ended."""
        if self._events and not self.assembly.has_choices:
            raise self._api.incomplete("an empty answer", self._response)
        if self.assembly.finished:
            self._habits.closes_answers = True
        if self.assembly.broken_off:
            raise self._api.incomplete("the word that it broke the answer off", self._response)
        return self.assembly.completion(request_id, left_out)

    @property
    def said_all(self) -> bool:
        """Tell whether the server has said that the answer ends, and nothing of it is missing."""
        return self.assembly.finished and not self.assembly.torn

    def _whole(self, data: Any) -> list[str]:
        return [self._feed(data)]

    def _event(self, text: str) -> str:
        self._events += 1
        if text.startswith("[DONE]"):
            self.ended = self._habits.closes_answers = True
            return ""
        try:
            chunk = json.loads(text)
        except (ValueError, RecursionError):
            if "\n" in text:  # events with no empty line between them
                return "".join(self._event(line) for line in text.split("\n") if not self.ended)
            return ""  # a junk line between good ones is no reason to lose the answer
        return self._feed(chunk)

    def _feed(self, chunk: Any) -> str:
        if not isinstance(chunk, dict):
            return ""
        if error := chunk.get("error") or (_is_error(chunk) and chunk):
            raise refusal_inside(self._api.endpoint, error, self._response.headers)
        text = self.assembly.feed(chunk)
        self._characters += len(text)
        if self._characters > LONGEST_TEXT:  # a model that does not find its end
            self.assembly.cut_off()
            self.ended = True
        elif self.assembly.finished:
            self._response.expect_end(soon=self.assembly.closed)
        return text

    def _end(self) -> None:
        """Accept the end of a body without [DONE], unless the answer is plainly not whole."""
        if not self._events and self._start.strip():
            raise self._api.strange(self._start, self._response)
        if not self.assembly.begun:
            raise self._api.incomplete("an empty answer", self._response)
        if not self.assembly.finished and (self.assembly.torn or self._cut_short()):
            raise self._api.incomplete("an answer that stops in the middle", self._response)
        self.ended = True

    def _cut_short(self) -> bool:
        """Tell whether an answer whose end the server has not marked must be taken for a part."""
        self._habits.leaves_answers_open = True
        if self._habits.closes_answers:
            return True
        says_ends = self.assembly.promises_end or not self._response.tells_its_length
        return says_ends and not self._may_stay_open


def _is_error(chunk: Mapping[str, Any]) -> bool:
    """Tell whether this is an error without the word `error` around it (vLLM, FastAPI)."""
    if "choices" in chunk:
        return False
    named = "error" in (chunk.get("object"), chunk.get("type")) or "code" in chunk
    return (named and "message" in chunk) or isinstance(chunk.get("detail"), str)
