"""One chat completion being asked for: the request, and what refusals taught about it so far.

Lessons count for this call at once and for the model only when a request shaped by them was
accepted, so a misunderstood refusal is forgotten with its call.

After a stream that brought nothing whole, the answer is asked for in one piece: some servers refuse
inside a stream by ending it, and only so say why (llama-cpp-python, of what is too long).
"""

import logging
from collections.abc import Callable
from typing import Any

from bot.openai.chat.adapt import Lesson, Rules, apply, lesson
from bot.openai.chat.legacy import to_functions
from bot.openai.chat.request import PATH
from bot.openai.errors import IncompleteAnswerError, OpenAIError
from bot.openai.wire.api import Ask, Call
from bot.openai.wire.attempts import STREAM

logger = logging.getLogger(__name__)

MOST_LESSONS = 8
IN_ONE_PIECE: Rules = {"stream": {"drop": True}}


class Asking:
    """A chat request that changes with what the server refuses."""

    def __init__(
        self,
        body: dict[str, Any],
        call: Call,
        learned: dict[str, Rules],
        on_learned: Callable[[str, Rules], None] | None,
        *,
        legacy_functions: bool,
        timeout: float | None,
        longest: float,
    ) -> None:
        self.call = call
        self.left_out: tuple[str, ...] = ()
        self._body = body
        self._model = str(body["model"])
        self._learned = learned
        self._on_learned = on_learned
        self._legacy_functions = legacy_functions
        self._timeout = timeout
        self._longest = longest
        self._sent: dict[str, Any] = {}
        self._new: Rules = {}
        self._once: Rules = {}
        self._for_now: Rules = {}
        self._lessons = 0

    @property
    def in_one_piece(self) -> bool:
        """Tell whether a stream is asked for without streaming, which tells nothing of streams."""
        return bool(self._for_now)

    def ask(self) -> Ask:
        """Return the request as the model is known to want it."""
        self._sent, left_out = apply(self._body, self._rules())
        self.left_out = tuple(name for name in left_out if name != "stream_options")
        body = to_functions(self._sent) if self._legacy_functions else self._sent
        if body.get("stream"):
            return Ask("POST", PATH, body=body, headers=STREAM, first_byte=self._timeout)
        # A whole answer sends its first byte when its last token is made.
        return Ask("POST", PATH, body=body, first_byte=self._timeout or self._longest)

    def accepted(self) -> None:
        """Keep what this call has learned: the server has taken the request."""
        if self._new:
            rules = self._learned.get(self._model, {}) | self._new
            self._new = {}
            self._learned[self._model] = rules
            logger.info("model_parameters_learned", extra={"model": self._model, "rules": rules})
            if self._on_learned is not None:
                self._on_learned(self._model, rules)

    async def recover(self, error: OpenAIError) -> None:
        """Make the next attempt possible, by asking differently or by waiting, or raise."""
        found = lesson(error, self._sent, self._rules())
        if found is None or self._lessons >= MOST_LESSONS:
            await self.call.wait(error)
            self._for_now = IN_ONE_PIECE if isinstance(error, IncompleteAnswerError) else {}
        else:
            self._learn(found)

    def _learn(self, found: Lesson) -> None:
        self._lessons += 1
        (self._new if found.lasting else self._once)[found.field] = found.rule

    def _rules(self) -> Rules:
        rules = self._learned.get(self._model, {})
        if self._legacy_functions:
            # That the model takes no tools was learned before it was asked for functions.
            rules = {field: rule for field, rule in rules.items() if field != "tools"}
        return rules | self._new | self._once | self._for_now
