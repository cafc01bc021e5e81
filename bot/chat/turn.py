"""One turn: from a person's message to the final answer, with function calls on the way.

`Turn.run()` tells its events to whoever draws and stores them, and waits until each is taken (a
callback and not a generator, so that a cancellation reaches the request at once). It holds no state
that a crash could lose: what belongs to the history leaves it as `StepFinished`, stored before the
turn goes on, and a turn begun with the messages of an interrupted one goes on where that stopped:
calls without a result are made (the ledger behind `Tools` decides whether they may run again). In
the same way a turn waits for people: it ends with `waiting` while a call may not run yet, and is
begun again when they have decided.

Rounds are bounded: after the last one the model must answer in words.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, Unpack, cast

from bot.chat import prompt, window
from bot.chat.events import (
    FunctionCalled,
    FunctionReturned,
    StepFinished,
    TextDelta,
    TurnEvent,
    TurnFinished,
)
from bot.openai.chat import echo, media
from bot.openai.chat.completion import ChatCompletion
from bot.openai.chat.request import ChatParameters
from bot.openai.errors import ContextLengthError
from bot.openai.wire.api import encode
from storage.records import Message, ToolCall

_ANSWER_RESERVE = 0.25  # share of the context kept free for the answer when it has no limit
_LEAST_BUDGET = 200  # tokens for messages, however large prompt and tools are
_TOOLS_SHARE = 2 / 3  # most of the room that functions may take; the rest is for what was said
_SHARES = (1.0, 0.6, 0.3, 0.12)  # tried in turn while the server says "too long"
_TOO_MANY_CALLS = "Not run: too many function calls in one turn. Answer with what you have."
_IN_A_MESSAGE = 128  # calls; OpenAI refuses a conversation with more in one of its messages
WAITING = "waiting"  # the reason to finish while people must decide
_NOT_RUN = "Not run: the limit of rounds is reached. Answer with what you have."


class ChatStream(Protocol):
    """An answer on its way: iterate over its text, then read `completion`."""

    @property
    def completion(self) -> ChatCompletion:
        """Return the whole answer once the iteration has ended."""

    def __aiter__(self) -> AsyncIterator[str]:
        """Iterate over pieces of text."""


class ChatModel(Protocol):
    """The seam to the model's server: `bot.openai`'s chat resource, or a script in tests."""

    def stream(
        self, **parameters: Unpack[ChatParameters]
    ) -> AbstractAsyncContextManager[ChatStream]:
        """Send one request. Raises `OpenAIError`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a function call gave: `text` for the model, `note` for people."""

    text: str
    ok: bool
    note: str


Consent = Literal["given", "awaited", "refused"]


class Tools(Protocol):
    """The seam to the functions on offer in this turn."""

    def offered(self, room: int) -> list[dict[str, Any]]:
        """Return OpenAI's `tools` entries, as many as there is room for, in characters."""

    def title(self, call: ToolCall) -> str:
        """Return what this call is, for people."""

    async def consent(self, call: ToolCall, step: int, index: int) -> Consent:
        """Return whether a call may run, waits for people or was refused.

        Asks them if they must be asked and nobody has been.
        """

    async def call(self, call: ToolCall, step: int, index: int) -> Outcome:
        """Run one call; never raises but for cancellation."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one turn."""

    rounds: int = 10
    calls: int = 40
    context: int = 32_000
    answer: int | None = None

    @property
    def room(self) -> int:
        """Return how many tokens a request may have, with room left for the answer."""
        reserve = self.answer or int(self.context * _ANSWER_RESERVE)
        return self.context - min(reserve, self.context // 2)


@dataclass(slots=True)
class Turn:
    """Everything one turn needs.

    `newest` holds the person's message and whatever an interrupted run of this turn has stored
    after it. `fields` are further request fields; `force` names a function that the first request
    must call if it is on offer, or is `none` to forbid calls. `shown_before` is how many messages
    of `newest` people have already seen.

    Also of a turn that failed, `context_limit` is the server's own limit in tokens, where it
    refused a request as too long and named it.
    """

    chat: ChatModel
    tools: Tools
    model: str
    system: str
    history: Sequence[Message]
    newest: Sequence[Message]
    meter: window.Meter
    tell: Callable[[TurnEvent], Awaitable[None]]
    limits: Limits
    named: bool = False
    force: str = "auto"
    fields: Mapping[str, Any] = field(default_factory=dict)
    shown_before: int = 0
    context_limit: int | None = field(init=False, default=None)
    _said: list[Message] = field(init=False)
    _offered: list[dict[str, Any]] = field(init=False, default_factory=list)
    _tools_size: int = field(init=False, default=0)
    _per_token: float = field(init=False)
    _has_spoken: bool = field(init=False, default=False)
    _without_tools: bool = field(init=False, default=False)
    _without_files: bool = field(init=False, default=False)

    async def run(self) -> TurnFinished:
        """Go on until the answer is whole; return how it ended.

        Raises:
            OpenAIError: the model's server failed; what was told so far stands.
        """
        self._said = list(self.newest)
        self._per_token = self.meter.characters_per_token
        for message in self._said[self.shown_before :]:
            if message.role == "assistant" and message.content:
                await self._say(message.content, first=True)
        for step in range(self._rounds(), self.limits.rounds + 1):
            if not await self._make_calls():
                return self._finished(WAITING)
            self._offer()
            reason = await self._ask(step)
            if not self._said[-1].tool_calls:
                return self._finished(reason)
        for _, call in self._unanswered():  # of a model that asks for calls after the last round
            await self._answered(call, Outcome(_NOT_RUN, False, "not run"))
        return self._finished("rounds")

    def _rounds(self) -> int:
        """Return how many times the model has asked for calls in this turn."""
        return sum(1 for message in self._said if message.tool_calls)

    def _unanswered(self) -> list[tuple[int, ToolCall]]:
        """Return the calls of the newest round without a result, each with its place in it."""
        asking = [i for i, message in enumerate(self._said) if message.tool_calls]
        if not asking:
            return []
        answered = {message.tool_call_id for message in self._said[asking[-1] :]}
        calls = enumerate(self._said[asking[-1]].tool_calls)
        return [(index, call) for index, call in calls if call.id not in answered]

    async def _say(self, text: str, *, first: bool) -> None:
        """Tell a piece of text, set apart when an earlier round has already said something."""
        apart = "\n\n" if first and self._has_spoken else ""
        self._has_spoken = True
        await self.tell(TextDelta(apart + text))

    # Asking the model

    def _offer(self) -> None:
        """Look what is on offer: a search among many functions puts those found on offer."""
        offered = self.tools.offered(int(self.limits.room * self._per_token * _TOOLS_SHARE))
        if offered != self._offered:
            self._offered = offered
            self._tools_size = len(encode({"tools": offered}))

    async def _ask(self, step: int) -> str:
        """Ask the model; return why its answer ended."""
        *shares, last = _SHARES
        for share in shares:
            try:
                return await self._stream(step, share)
            except ContextLengthError as refusal:
                self._learn_limit(refusal)
        return await self._stream(step, last)

    def _learn_limit(self, refusal: ContextLengthError) -> None:
        if refusal.limit and refusal.limit < self.limits.context:
            if not refusal.per_minute:  # that is the account's, and may grow
                self.context_limit = refusal.limit
            self.limits = replace(self.limits, context=refusal.limit)
            self._offer()

    async def _stream(self, step: int, share: float) -> str:
        messages, characters = self._request(share)
        parameters = {
            "model": self.model,
            "messages": messages,
            **self.fields,
            **self._tool_fields(step),
        }
        first = True
        async with self.chat.stream(**cast(ChatParameters, parameters)) as stream:
            async for text in stream:
                await self._say(text, first=first)
                first = False
            completion = stream.completion
        self._learn(completion, characters)
        answer = self._message(completion)
        if first and answer.content:  # a refusal: it does not come as text
            await self._say(answer.content, first=True)
        self._said.append(answer)
        usage = completion.usage
        spent = (usage.prompt_tokens, usage.completion_tokens) if usage else ()
        await self.tell(StepFinished(answer, *spent))
        return completion.finish_reason

    def _request(self, share: float) -> tuple[list[dict[str, Any]], int]:
        """Return the messages that fit, and how many characters the request has."""
        fixed = window.length(self.system) + self._tools_size
        budget = max(self._room(share, fixed) - self.meter.tokens(fixed), _LEAST_BUDGET)
        kept = window.fit(self.history, self._said, budget, self.meter)
        is_whole = not self.history or kept[0] is self.history[0]
        if share < 1 and any(message.shown for message in kept):
            kept = window.without_files(kept)
            self._without_files = True
        characters = fixed + sum(window.sizes(kept))
        if any(message.shown for message in kept):
            characters = 0  # what pictures cost says nothing of texts
        own = {call.id for message in self._said for call in message.tool_calls}
        system = self.system if is_whole else f"{self.system}\n\n{prompt.LEFT_OUT}"
        messages = [{"role": "system", "content": system}]
        return messages + prompt.to_openai(kept, named=self.named, own=own), characters

    def _room(self, share: float, fixed: int) -> int:
        """Return a share of the room, or of all that there is to send where that is less."""
        if share == 1:
            return self.limits.room
        texts = window.without_files([*self.history, *self._said])
        every = self.meter.tokens(fixed + sum(window.sizes(texts)))
        return int(min(self.limits.room, every) * share)

    def _tool_fields(self, step: int) -> dict[str, Any]:
        tools = self._offered
        if not tools:
            return {}
        if self.force == "none" or step >= self.limits.rounds:
            return {"tools": tools, "tool_choice": "none"}
        if step == 0 and any(tool["function"]["name"] == self.force for tool in tools):
            choice = {"type": "function", "function": {"name": self.force}}
            return {"tools": tools, "tool_choice": choice}
        return {"tools": tools}

    def _learn(self, completion: ChatCompletion, characters: int) -> None:
        """Learn from what a request of so many characters has taken."""
        self._without_tools = "tools" in completion.left_out
        self._without_files |= not set(media.FIELDS.values()).isdisjoint(completion.left_out)
        if completion.usage:
            self.meter.observe(characters, completion.usage.prompt_tokens)

    def _message(self, completion: ChatCompletion) -> Message:
        """Return the answer as a message."""
        said = completion.message
        used = {call.id for message in self._said for call in message.tool_calls}
        calls = (
            ToolCall(
                self._own(call.id, used),
                call.function.name,
                call.function.arguments,
                _json(echo.along(said, call)),
            )
            for call in said.tool_calls[:_IN_A_MESSAGE]
            if call.function
        )
        return Message(
            role="assistant",
            content=said.content or said.refusal or "",
            tool_calls=tuple(calls),
            tokens=completion.usage.completion_tokens if completion.usage else None,
        )

    def _own(self, call_id: str, used: Collection[str]) -> str:
        """Return an id that is the call's own in this turn; some servers count anew each round."""
        return f"{call_id}_{self._rounds()}" if call_id in used else call_id

    def _finished(self, reason: str) -> TurnFinished:
        return TurnFinished(reason, self.model, self._without_tools, self._without_files)

    # Calling functions

    async def _make_calls(self) -> bool:
        """Make the calls that have no result; False if some of them must wait for people."""
        calls = self._unanswered()
        made = sum(len(message.tool_calls) for message in self._said) - len(calls)
        allowed = calls[: max(0, self.limits.calls - made)]
        step = self._rounds()
        consents = {call.id: await self.tools.consent(call, step, index) for index, call in allowed}
        ready = [one for one in allowed if consents[one[1].id] != "awaited"]
        shown = {call_id for call_id, consent in consents.items() if consent == "given"}
        for _, call in ready:
            if call.id in shown:
                await self.tell(FunctionCalled(call.id, call.name, self.tools.title(call)))
        await self._run_together(ready, shown)
        for _, call in calls[len(allowed) :]:
            await self._answered(call, Outcome(_TOO_MANY_CALLS, False, "not run"))
        return len(ready) == len(allowed)

    async def _run_together(self, calls: list[tuple[int, ToolCall]], shown: set[str]) -> None:
        """Run the calls of one round at once; each result leaves as soon as it is there.

        What people have refused is not `shown` to them as a call: they know.
        """
        step = self._rounds()
        tasks = {
            asyncio.create_task(self.tools.call(call, step, index), name=f"call {call.name}"): call
            for index, call in calls
        }
        waiting = set(tasks)
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    call, outcome = tasks[task], task.result()
                    await self._answered(call, outcome)
                    if call.id in shown:
                        returned = FunctionReturned(call.id, call.name, outcome.ok, outcome.note)
                        await self.tell(returned)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _answered(self, call: ToolCall, outcome: Outcome) -> None:
        answer = Message(role="tool", content=outcome.text, tool_call_id=call.id)
        self._said.append(answer)
        await self.tell(StepFinished(answer))


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
