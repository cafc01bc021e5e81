"""Requests for servers that know functions and no tools."""

from typing import Any

import pytest
from openai_answers import HELLO, TOOL

from bot.openai.chat.legacy import to_functions


def legacy(**fields: Any) -> dict[str, Any]:
    return to_functions({"model": "m", "messages": HELLO, **fields})


def called(id: str, name: str, arguments: str = "{}") -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_tools_become_functions() -> None:
    bare = {"type": "function", "function": {"name": "b", "strict": True}}

    body = legacy(tools=[TOOL, bare, {"type": "custom"}], parallel_tool_calls=False)

    assert body["functions"] == [
        {"name": "current_time", "parameters": {"type": "object"}},
        {"name": "b", "parameters": {"type": "object", "properties": {}}},
    ]
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & set(body)


@pytest.mark.parametrize(
    ("choice", "word"),
    [
        ("none", "none"),
        ("auto", "auto"),
        ({"type": "function", "function": {"name": "current_time"}}, {"name": "current_time"}),
        ("required", {"name": "current_time"}),
    ],
)
def test_the_choice_of_tool_becomes_the_choice_of_function(choice: Any, word: Any) -> None:
    assert legacy(tools=[TOOL], tool_choice=choice)["function_call"] == word


def test_a_required_choice_among_several_is_left_to_the_model() -> None:
    other = {"type": "function", "function": {"name": "b"}}

    assert legacy(tools=[TOOL, other], tool_choice="required")["function_call"] == "auto"


def test_allowed_tools_narrow_what_is_on_offer() -> None:
    other = {"type": "function", "function": {"name": "b"}}
    allowed = {"mode": "auto", "tools": [{"type": "function", "function": {"name": "b"}}]}

    body = legacy(
        tools=[TOOL, other], tool_choice={"type": "allowed_tools", "allowed_tools": allowed}
    )

    assert [function["name"] for function in body["functions"]] == ["b"]


def test_without_tools_the_request_stays_as_it_is() -> None:
    assert legacy(temperature=0.5) == {"model": "m", "messages": HELLO, "temperature": 0.5}


def test_several_calls_of_one_message_become_pairs() -> None:
    history = [
        *HELLO,
        {
            "role": "assistant",
            "content": "wait",
            "tool_calls": [called("x", "a"), called("y", "b")],
        },
        {"role": "tool", "tool_call_id": "y", "content": "second"},
        {"role": "tool", "tool_call_id": "x", "content": [{"type": "text", "text": "first"}]},
        {"role": "assistant", "content": "done"},
    ]

    messages = to_functions({"model": "m", "messages": history})["messages"]

    assert messages == [
        *HELLO,
        {
            "role": "assistant",
            "content": "wait",
            "function_call": {"name": "a", "arguments": "{}"},
        },
        {"role": "function", "name": "a", "content": "first"},
        {"role": "assistant", "content": None, "function_call": {"name": "b", "arguments": "{}"}},
        {"role": "function", "name": "b", "content": "second"},
        {"role": "assistant", "content": "done"},
    ]


def test_a_call_id_used_again_later_finds_its_own_result() -> None:
    turn = [{"role": "assistant", "content": None, "tool_calls": [called("x", "a")]}]
    history = [
        *turn,
        {"role": "tool", "tool_call_id": "x", "content": "early"},
        *turn,
        {"role": "tool", "tool_call_id": "x", "content": "late"},
    ]

    messages = to_functions({"model": "m", "messages": history})["messages"]

    assert [m["content"] for m in messages if m["role"] == "function"] == ["early", "late"]
