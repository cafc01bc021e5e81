"""A turn goes on where an interrupted one stopped, and is bounded."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from bot.chat.events import (
    FunctionCalled,
    FunctionReturned,
    StepFinished,
    TextDelta,
)
from bot.chat.prompt import LEFT_OUT
from bot.chat.turn import Consent, Limits, Outcome, Turn
from bot.chat.window import Meter
from bot.openai.chat.completion import ChatCompletion
from bot.openai.errors import ContextLengthError
from storage.records import Message, ToolCall

QUESTION = Message(role="user", content="what is 1 + 1?")
CALL = ToolCall("c1", "add", "{}")


class Script:
    """A model that answers what it was told to."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    @asynccontextmanager
    async def stream(self, **parameters: Any):
        self.asked.append(parameters)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        yield Stream(answer)


class Stream:
    def __init__(self, answer: str | list[ToolCall] | ChatCompletion) -> None:
        if isinstance(answer, ChatCompletion):
            self._pieces, self.completion = iter(()), answer
            return
        text = answer if isinstance(answer, str) else ""
        calls = [] if isinstance(answer, str) else answer
        self._pieces = iter(text.split(" "))
        asked = [
            {"id": c.id, "function": {"name": c.name, "arguments": c.arguments}} for c in calls
        ]
        message = {"content": text, "tool_calls": asked}
        self.completion = ChatCompletion.model_validate({"choices": [{"message": message}]})

    def __aiter__(self):
        return self

    async def __anext__(self) -> str:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


class Tools:
    def __init__(self) -> None:
        self.made: list[tuple[str, int, int]] = []
        self.consents: dict[str, Consent] = {}
        self.on_offer = ["add"]
        self.turn: Turn | None = None  # whose they are

    def offered(self, room: int) -> list[dict[str, Any]]:
        return [{"type": "function", "function": {"name": name}} for name in self.on_offer]

    def title(self, call: ToolCall) -> str:
        return call.name

    async def consent(self, call: ToolCall, step: int, index: int) -> Consent:
        return self.consents.get(call.id, "given")

    async def call(self, call: ToolCall, step: int, index: int) -> Outcome:
        self.made.append((call.id, step, index))
        return Outcome("2", True, "")


@pytest.fixture
def tools() -> Tools:
    return Tools()


@pytest.fixture
def run(tools):
    async def run(
        model: Script,
        *newest: Message,
        history: Sequence[Message] = (),
        limits: Limits | None = None,
        shown: int = 0,
    ) -> list[Any]:
        told: list[Any] = []

        async def tell(event: Any) -> None:
            told.append(event)

        turn = Turn(
            chat=model,
            tools=tools,
            model="m",
            system="be brief",
            history=history,
            newest=newest or [QUESTION],
            meter=Meter(),
            tell=tell,
            limits=limits or Limits(),
            shown_before=shown,
        )
        tools.turn = turn
        told.append(await turn.run())
        return told

    return run


def kinds(told: list[Any]) -> list[type]:
    return [type(event) for event in told]


async def test_calls_whose_ids_a_server_counts_anew_each_round_stay_apart(run):
    model = Script([CALL], [CALL], "done")

    told = await run(model)

    assert [event.call_id for event in told if isinstance(event, FunctionCalled)] == ["c1", "c1_1"]
    answered = [m["tool_call_id"] for m in model.asked[2]["messages"] if m["role"] == "tool"]
    assert answered == ["c1", "c1_1"]


async def test_calls_are_made_and_answered_before_the_model_goes_on(run, tools):
    model = Script([CALL], "Two.")

    told = await run(model)

    assert tools.made == [("c1", 1, 0)]
    assert FunctionCalled in kinds(told)
    assert model.asked[1]["messages"][-1]["content"] == "2"


async def test_an_answer_after_calls_without_words_begins_with_no_blank_line(run):
    calls = Stream([CALL]).completion

    told = await run(Script(calls, "Two."))

    assert "".join(event.text for event in told if isinstance(event, TextDelta)) == "Two."


async def test_a_turn_that_is_cancelled_cancels_its_calls(run, tools):
    began, ended = asyncio.Event(), []

    async def call(*_: object) -> Outcome:
        began.set()
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return Outcome("2", True, "")

    tools.call = call
    turn = asyncio.create_task(run(Script([CALL])))
    await began.wait()
    turn.cancel()
    await asyncio.wait({turn})

    assert turn.cancelled()
    assert ended == ["cancelled"]


async def test_an_interrupted_turn_makes_only_the_calls_that_have_no_result(run, tools):
    calls = (ToolCall("c1", "add", "{}"), ToolCall("c2", "add", "{}"))
    asked = Message(role="assistant", content="", tool_calls=calls)
    first = Message(role="tool", content="2", tool_call_id="c1")

    await run(Script("Both are two."), QUESTION, asked, first)

    assert tools.made == [("c2", 1, 1)]


async def test_a_turn_waits_for_people_and_makes_the_other_calls_meanwhile(run, tools):
    tools.consents = {"c1": "awaited"}
    calls = [ToolCall("c1", "add", "{}"), ToolCall("c2", "add", "{}")]
    model = Script(calls)

    told = await run(model)

    assert tools.made == [("c2", 1, 1)]
    assert told[-1].finish_reason == "waiting"
    assert len(model.asked) == 1


async def test_a_call_that_people_refused_is_answered_without_a_card(run, tools):
    tools.consents = {"c1": "refused"}

    told = await run(Script([CALL], "Then not."))

    assert tools.made == [("c1", 1, 0)]
    assert FunctionCalled not in kinds(told)
    assert FunctionReturned not in kinds(told)


async def test_what_was_shown_before_is_not_said_again(run):
    said = Message(role="assistant", content="Let me see.", tool_calls=(CALL,))

    told = await run(Script("Two."), QUESTION, said, shown=2)

    assert [event.text for event in told if isinstance(event, TextDelta)] == ["Two."]


async def test_the_last_round_forbids_calls_and_then_gives_up(run):
    model = Script([CALL], [CALL])

    told = await run(model, limits=Limits(rounds=1))

    assert model.asked[1]["tool_choice"] == "none"
    assert told[-1].finish_reason == "rounds"
    [*_, last] = [e.message for e in told if isinstance(e, StepFinished)]
    assert last.content.startswith("Not run: the limit of rounds")


async def test_a_turn_without_functions_asks_without_them(run, tools):
    tools.on_offer = []
    model = Script("Two.")

    await run(model)

    assert {"tools", "tool_choice"}.isdisjoint(model.asked[0])


async def test_of_a_flood_of_calls_no_more_are_kept_than_a_conversation_may_hold(run):
    model = Script([ToolCall(f"c{n}", "add", "{}") for n in range(150)], "Done.")

    await run(model)

    assert max(len(m.get("tool_calls", ())) for m in model.asked[1]["messages"]) == 128


async def test_calls_beyond_the_limit_are_answered_but_not_run(run, tools):
    many = [ToolCall(f"c{n}", "add", "{}") for n in range(3)]

    told = await run(Script(many, "Done."), limits=Limits(calls=1))

    results = [e.message for e in told if isinstance(e, StepFinished)]
    assert len(tools.made) == 1
    assert sum("too many function calls" in m.content for m in results) == 2


@pytest.mark.parametrize(("per_minute", "kept"), [(False, 4096), (True, None)])
async def test_a_limit_that_the_server_names_holds_and_a_context_is_kept(
    run, tools, per_minute, kept
):
    refusal = ContextLengthError("too long")
    refusal.limit, refusal.per_minute = 4096, per_minute
    model = Script(refusal, "Short.")

    told = await run(model, QUESTION._replace(content="word " * 8_000))

    assert TextDelta("Short.") in told
    assert [len(str(asked["messages"])) > 20_000 for asked in model.asked] == [True, False]
    assert tools.turn.context_limit == kept


async def test_less_is_sent_each_time_to_a_server_that_names_no_limit(run):
    model = Script(*[ContextLengthError("too long")] * 3, "Short.")

    told = await run(model, QUESTION._replace(content="word " * 2_000))

    assert TextDelta("Short.") in told
    sent = [len(str(asked["messages"])) for asked in model.asked]
    assert all(less < 0.75 * more for more, less in pairwise(sent))


@pytest.mark.parametrize(
    ("words", "system"), [(10, "be brief"), (100_000, f"be brief\n\n{LEFT_OUT}")]
)
async def test_the_model_is_told_that_the_beginning_is_left_out(run, words, system):
    before = [QUESTION._replace(content="word " * words), QUESTION._replace(content="And?")]
    model = Script("Short.")

    await run(model, history=before, limits=Limits(context=32_000))

    assert model.asked[0]["messages"][0]["content"] == system
    assert model.asked[0]["messages"][-2]["content"] == "And?"


async def test_what_is_too_long_however_short_is_told(run):
    with pytest.raises(ContextLengthError):
        await run(Script(*[ContextLengthError("too long")] * 4))


async def test_text_of_later_rounds_is_set_apart(run):
    first = Message(role="assistant", content="Let me see.", tool_calls=(CALL,))
    told = await run(Script("Two."), QUESTION, first)

    assert "".join(e.text for e in told if isinstance(e, TextDelta)) == "Let me see.\n\nTwo."


async def test_what_the_server_counts_teaches_how_long_a_token_is(run, tools):
    usage = {"prompt_tokens": 2_000, "completion_tokens": 1, "total_tokens": 2_001}
    answer = {"choices": [{"message": {"content": "Long."}}], "usage": usage}

    await run(Script(ChatCompletion.model_validate(answer)), Message("user", "w" * 2_000))

    assert tools.turn.meter.characters_per_token < 2.5


async def test_texts_of_an_interrupted_turn_are_set_apart(run):
    first = Message(role="assistant", content="Let me see.", tool_calls=(CALL,))
    result = Message(role="tool", content="2", tool_call_id="c1")
    second = first._replace(content="Once more.")
    told = await run(Script("Two."), QUESTION, first, result, second)

    said = "".join(e.text for e in told if isinstance(e, TextDelta))
    assert said == "Let me see.\n\nOnce more.\n\nTwo."


async def test_what_the_server_sent_beside_a_call_is_sent_with_it_again(run):
    long_id = "call_1__thought__" + "x" * 40
    signed = {"google": {"thought_signature": "c2ln"}}
    call = {"id": long_id, "function": {"name": "add", "arguments": "{}"}, "extra_content": signed}
    message = {"reasoning_content": "I add.", "tool_calls": [call]}
    model = Script(ChatCompletion.model_validate({"choices": [{"message": message}]}), "2")

    told = await run(model)

    asked, result = model.asked[1]["messages"][-2:]
    assert asked["reasoning_content"] == "I add."
    assert asked["tool_calls"][0] == {**call, "type": "function"}
    assert result["tool_call_id"] == long_id
    (step,) = [event for event in told if isinstance(event, StepFinished)][:1]
    again = Script("2")
    await run(again, QUESTION, step.message, Message("tool", "2", tool_call_id=long_id))
    assert again.asked[0]["messages"][-2] == asked
