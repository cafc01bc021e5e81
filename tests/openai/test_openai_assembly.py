"""Putting an answer together: OpenAI's stream and the liberties that other servers take."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai_answers import delta, says, whole

from bot.openai.chat.assembly import Assembly
from bot.openai.errors import APIResponseValidationError

Calls = list[tuple[str, str, str]]


def numbered() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"made_{next(numbers)}"


def assembled(*chunks: Any) -> Assembly:
    assembly = Assembly(numbered())
    for chunk in chunks:
        if isinstance(chunk, dict):
            assembly.feed(chunk)
    return assembly


def calls_of(*deltas: list[dict[str, Any]]) -> Calls:
    chunks = [delta(role="assistant", content=None), *[delta(tool_calls=d) for d in deltas]]
    message = assembled(*chunks).completion().message
    return [(c.id, c.function.name, c.function.arguments) for c in message.tool_calls if c.function]


def call(name: str | None = None, arguments: Any = None, **fields: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {**fields, "function": {k: v for k, v in function.items() if v is not None}}


def test_text_usage_and_heading_come_together() -> None:
    completion = assembled(*says("Hel", "lo")).completion("req_1")

    assert completion.message.content == "Hello"
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == 3
    assert (completion.id, completion.model, completion.request_id) == (
        "chatcmpl-1",
        "m-1",
        "req_1",
    )
    assert completion.finish_reason == "stop"


def test_what_comes_beside_the_text_grows_with_it() -> None:
    def piece(token: str, data: str) -> dict[str, Any]:
        spoken = {"id": "audio_1", "data": data, "transcript": token}
        chunk = delta(audio=spoken)
        chunk["choices"][0]["logprobs"] = {"content": [{"token": token}], "refusal": None}
        return chunk

    (choice,) = assembled(piece("Hel", "QQ"), piece("lo", "==")).completion().choices

    assert choice.logprobs == {"content": [{"token": "Hel"}, {"token": "lo"}], "refusal": None}
    assert choice.message.audio == {"id": "audio_1", "data": "QQ==", "transcript": "Hello"}


def test_feed_returns_the_text_as_it_arrives() -> None:
    assembly = Assembly()

    assert [assembly.feed(chunk) for chunk in says("Hel", "lo")[:3]] == ["", "Hel", "lo"]


@pytest.mark.parametrize(
    ("content", "thoughts", "words"),
    [
        ("<think>\nA tag?</think>\n\nIt is <think>.", "\nA tag?", "It is <think>."),
        ("\n<think></think>Yes", None, "Yes"),
        ("<thin ice>", None, "<thin ice>"),
        (" <thi", None, " <thi"),
        ("Say <think> to it", None, "Say <think> to it"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_thoughts_before_an_answer_are_none_of_its_words(
    content: str, thoughts: str | None, words: str, size: int
) -> None:
    pieces = [content[place : place + size] for place in range(0, len(content), size)]
    assembly = Assembly()

    shown = "".join(assembly.feed(chunk) for chunk in says(*pieces)[:-1])

    message = assembly.completion().message
    assert message.content == words
    assert shown == words or words == " <thi"
    assert (message.model_extra or {}).get("reasoning_content") == thoughts


def test_an_answer_of_thoughts_alone_has_no_words() -> None:
    completion = assembled(*says("<think>Hm, let ", "me see")).completion()

    assert not completion.message.content


def test_streamed_calls_are_told_apart_by_index() -> None:
    calls = calls_of(
        [call("a", "", index=0, id="x", type="function")],
        [call(arguments='{"k"', index=0)],
        [call("b", "", index=1, id="y", type="function")],
        [call(arguments=":1}", index=0), call(arguments="{}", index=1)],
    )

    assert calls == [("x", "a", '{"k":1}'), ("y", "b", "{}")]


FAULTS: dict[str, tuple[list[list[dict[str, Any]]], Calls]] = {
    "no index": (
        [[call("a", '{"k"', id="x")], [call(arguments=":1}")], [call("b", "{}", id="y")]],
        [("x", "a", '{"k":1}'), ("y", "b", "{}")],
    ),
    "no index, id in each piece": (
        [[call("a", '{"k"', id="x")], [call(arguments=":1}", id="x")]],
        [("x", "a", '{"k":1}')],
    ),
    "no index, ids in pieces that interleave": (
        [
            [call("a", '{"k"', id="x"), call("b", "{", id="y")],
            [call(arguments=":1}", id="x"), call(arguments="}", id="y")],
        ],
        [("x", "a", '{"k":1}'), ("y", "b", "{}")],
    ),
    "same index, no ids, and the first is cut off": (
        [[call("a", '{"k', index=0)], [call("b", "{}", index=0)]],
        [("made_1", "a", '{"k'), ("made_2", "b", "{}")],
    ),
    "same index for all": (
        [[call("a", '{"k":1}', index=0, id="x")], [call("b", "{}", index=0, id="y")]],
        [("x", "a", '{"k":1}'), ("y", "b", "{}")],
    ),
    "same index, no ids": (
        [[call("a", '{"k":1}', index=0)], [call("a", '{"k":2}', index=0)]],
        [("made_1", "a", '{"k":1}'), ("made_2", "a", '{"k":2}')],
    ),
    "same index, one after the other in pieces": (
        [
            [call("a", "", index=0, id="x")],
            [call(arguments='{"k":', index=0)],
            [call(arguments="1}", index=0)],
            [call("a", "", index=0, id="y")],
            [call(arguments="{}", index=0)],
        ],
        [("x", "a", '{"k":1}'), ("y", "a", "{}")],
    ),
    "id and name in each piece": (
        [[call("a", '{"k"', index=0, id="x")], [call("a", ":1}", index=0, id="x")]],
        [("x", "a", '{"k":1}')],
    ),
    "another id in each piece": (
        [[call("a", '{"k"', index=0, id="x")], [call(arguments=":1}", index=0, id="z")]],
        [("x", "a", '{"k":1}')],
    ),
    "same id for two calls": (
        [[call("a", "{}", index=0, id="x"), call("b", "{}", index=1, id="x")]],
        [("x", "a", "{}"), ("made_1", "b", "{}")],
    ),
    "same id for two calls, no index": (
        [[call("a", "{}", id="x"), call("b", "{}", id="x")]],
        [("x", "a", "{}"), ("made_1", "b", "{}")],
    ),
    "neither index nor id": (
        [[call("a", '{"k"')], [call(arguments=":1}")], [call("b", "")]],
        [("made_1", "a", '{"k":1}'), ("made_2", "b", "{}")],
    ),
    "neither index nor id nor arguments": (
        [[call("a", ""), call("b", "")]],
        [("made_1", "a", "{}"), ("made_2", "b", "{}")],
    ),
    "empty id": ([[call("a", "{}", index=0, id="")]], [("made_1", "a", "{}")]),
    "arguments as an object": (
        [[call("a", {"k": "ä"}, index=0, id="x")]],
        [("x", "a", '{"k": "ä"}')],
    ),
    "arguments that are no JSON": ([[call("a", "{k", index=0, id="x")]], [("x", "a", "{k")]),
    "index as text": (
        [[call("a", '{"k"', index="0", id="x")], [call(arguments=":1}", index="0")]],
        [("x", "a", '{"k":1}')],
    ),
    "name in pieces": (
        [[call("get_", "", index=0, id="x")], [call("time", "{}", index=0)]],
        [("x", "get_time", "{}")],
    ),
    "without the function level": (
        [[{"index": 0, "id": "x", "name": "a", "arguments": "{}"}]],
        [("x", "a", "{}")],
    ),
    "whole call repeated at the end": (
        [[call("a", '{"k":1}', index=0, id="x")], [call("a", '{"k":1}', index=0, id="x")]],
        [("x", "a", '{"k":1}')],
    ),
    "a piece of nothing": ([[call(arguments="", index=0)]], []),
}


@pytest.mark.parametrize(("deltas", "calls"), FAULTS.values(), ids=FAULTS.keys())
def test_calls_survive_what_servers_do_to_them(
    deltas: list[list[dict[str, Any]]], calls: Calls
) -> None:
    assert calls_of(*deltas) == calls


@given(
    arguments=st.lists(
        st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8), max_size=3),
        min_size=1,
        max_size=4,
    ),
    places=st.lists(st.integers(0, 200), max_size=10),
    styles=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_any_chunking_of_arguments_gives_the_same_calls(
    arguments: list[dict[str, Any]], places: list[int], styles: tuple[bool, bool, bool]
) -> None:
    has_index, has_id, repeats_name = styles
    texts = [json.dumps(value) for value in arguments]
    deltas = []
    for n, text in enumerate(texts):
        fields = ({"index": n} if has_index else {}) | ({"id": f"c{n}"} if has_id else {})
        borders = sorted({0, len(text), *(place % len(text) for place in places)})
        for a, b in itertools.pairwise(borders):
            named = a == 0 or (repeats_name and (has_index or has_id))
            deltas.append([call(f"f{n}" if named else None, text[a:b], **fields)])

    calls = calls_of(*deltas)

    assert [(name, text) for _, name, text in calls] == [(f"f{n}", t) for n, t in enumerate(texts)]
    assert len({id for id, _, _ in calls}) == len(texts)


def test_calls_of_one_delta_may_interleave() -> None:
    calls = calls_of(
        [call("a", "", index=0, id="x"), call("b", "", index=1, id="y")],
        [call(arguments='{"n":', index=1), call(arguments='{"m":', index=0)],
        [call(arguments="1}", index=0)],
        [call(arguments="2}", index=1)],
    )

    assert calls == [("x", "a", '{"m":1}'), ("y", "b", '{"n":2}')]


def test_finish_reason_is_corrected_by_calls() -> None:
    chunks = [delta(tool_calls=[call("a", "{}", index=0, id="x")]), delta("stop")]

    completion = assembled(*chunks).completion()

    assert completion.finish_reason == "tool_calls"
    assert completion.choices[0].finish_reason == "stop"


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_finish_reason_keeps_what_stopped_the_answer(reason: str) -> None:
    assert assembled(delta(content="a"), delta(reason)).completion().finish_reason == reason


def test_missing_finish_reason_counts_as_stop() -> None:
    assert assembled(delta(content="a")).completion().finish_reason == "stop"


def test_a_function_call_of_old_servers_is_a_tool_call() -> None:
    chunks = [
        delta(role="assistant", function_call={"name": "a", "arguments": ""}),
        delta(function_call={"arguments": '{"k"'}),
        delta(function_call={"arguments": ":1}"}),
        delta("function_call"),
    ]

    completion = assembled(*chunks).completion()

    (tool_call,) = completion.message.tool_calls
    assert tool_call.id == "made_1"
    assert tool_call.function is not None
    assert (tool_call.function.name, tool_call.function.arguments) == ("a", '{"k":1}')
    assert completion.finish_reason == "tool_calls"


def test_custom_tool_calls_keep_their_input() -> None:
    piece = {"index": 0, "id": "x", "type": "custom", "custom": {"name": "sql", "input": "sel"}}
    rest = {"index": 0, "custom": {"input": "ect 1"}}

    message = assembled(delta(tool_calls=[piece]), delta(tool_calls=[rest])).completion().message

    assert message.tool_calls[0].custom is not None
    assert message.tool_calls[0].custom.input == "select 1"


def test_refusals_and_foreign_text_fields_are_joined() -> None:
    chunks = [delta(refusal="I ", reasoning="a"), delta(refusal="cannot", reasoning="b")]

    message = assembled(*chunks).completion().message

    assert (message.content, message.refusal) == (None, "I cannot")
    assert message.model_extra == {"reasoning": "ab"}


def test_several_choices_stay_apart_and_only_the_first_is_told() -> None:
    assembly = Assembly()
    both = {"choices": [{"index": n, "delta": {"content": str(n)}} for n in (0, 1)]}
    second = {"choices": [{"index": 1, "delta": {"content": "x"}}]}

    told = [assembly.feed(chunk) for chunk in (both, second)]

    assert told == ["0", ""]
    assert [c.message.content for c in assembly.completion().choices] == ["0", "1x"]


@pytest.mark.parametrize("choices", [[], None, "junk", [None], {}])
def test_chunks_without_choices_are_passed_over(choices: Any) -> None:
    chunks = [{"choices": choices}, delta(content="a"), {"choices": choices}]

    assert assembled(*chunks).completion().message.content == "a"


@pytest.mark.parametrize("missing", [{}, {"index": None}, {"index": "x"}])
def test_a_choice_without_index_is_counted_by_place(missing: dict[str, Any]) -> None:
    chunks = [{"choices": [missing | {"delta": {"content": piece}}]} for piece in "ab"]

    assert assembled(*chunks).completion().message.content == "ab"


def test_a_whole_message_inside_a_stream_is_the_answer() -> None:
    assert assembled(whole("hi")).completion().message.content == "hi"


def test_a_whole_message_after_its_deltas_is_not_said_twice() -> None:
    chunks = [delta(content="h"), delta(content="i"), whole("hi")]

    assert assembled(*chunks).completion().message.content == "hi"


def test_content_in_parts_becomes_text() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "thinking"}, {"type": "text", "text": "b"}]

    assert assembled(delta(content=parts)).completion().message.content == "ab"


def test_unknown_words_and_fields_are_kept() -> None:
    chunk = delta("tired", content="a") | {"service_tier": "warp", "provider": "p"}

    completion = assembled(chunk, delta("tired") | {"service_tier": "warp"}).completion()

    assert completion.finish_reason == "tired"
    assert completion.service_tier == "warp"


@pytest.mark.parametrize("answer", [{"choices": [], "usage": {}}, whole(refusal={"a": "b"})])
def test_what_has_another_form_is_no_completion(answer: Any) -> None:
    with pytest.raises(APIResponseValidationError):
        assembled(answer).completion()


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": []},
        {"prompt_tokens": 3, "prompt_tokens_details": "none"},
        {"prompt_tokens": 10**20},
        {"completion_tokens": -1},
        [1],
        7,
    ],
)
def test_counts_that_cannot_be_read_do_not_cost_the_answer(usage: Any) -> None:
    completion = assembled(delta(content="a"), {"usage": usage}).completion()

    assert (completion.message.content, completion.usage) == ("a", None)


def test_missing_counts_are_nought() -> None:
    usage = assembled(delta(content="a"), {"usage": {"prompt_tokens": None}}).completion().usage

    assert usage is not None
    assert (usage.prompt_tokens, usage.total_tokens) == (0, 0)


def test_heading_fields_of_a_wrong_kind_are_passed_over() -> None:
    chunk = {"id": 7, "created": 1.5, "model": None, "choices": [{"delta": {"annotations": "x"}}]}

    completion = assembled(chunk).completion()

    assert (completion.id, completion.created, completion.model) == ("", 1, "")


@pytest.mark.parametrize("created", [float("nan"), float("inf"), -float("inf"), 10**400])
def test_a_time_that_is_none_costs_no_answer(created: float) -> None:
    completion = assembled({"created": created, "choices": [{"delta": {"content": "a"}}]})

    assert completion.completion().message.content == "a"
