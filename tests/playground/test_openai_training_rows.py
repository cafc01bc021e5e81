"""Rows of training files: what each method takes, and how a wrong row is named."""

import json
from typing import Any

import pytest

from playground.openai.fine_tuning.rows import RowsError, read_rows
from tests.playground.tuning import chat, graded, pair, preference

USER = {"role": "user", "content": "hi"}
ANSWER = {"role": "assistant", "content": "hello"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
PICTURE = {"type": "image_url", "image_url": {"url": "https://127.0.0.1/a.png"}}
SOUND = {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}


def lines(*rows: Any) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def refusal(row: Any, method: str = "supervised", *, chats: bool = True) -> str:
    good = {"supervised": chat, "dpo": preference, "reinforcement": graded}[method]
    with pytest.raises(RowsError) as caught:
        read_rows(lines((good if chats else pair)(1), row), method, chats=chats, least=1)
    return caught.value.text


@pytest.mark.parametrize(
    ("row", "method"),
    [
        (chat(1), "supervised"),
        ({"messages": [USER, {**ANSWER, "weight": 0}, USER, {**ANSWER, "weight": 1}]},
         "supervised"),
        ({"messages": [{"role": "user", "content": [PICTURE]}, ANSWER]}, "supervised"),
        ({"messages": [USER, {"role": "assistant", "tool_calls": [CALL]},
                       {"role": "tool", "tool_call_id": "call_1", "content": "noon"}, ANSWER],
          "tools": [{"type": "function", "function": {"name": "now"}}],
          "parallel_tool_calls": False}, "supervised"),
        (preference(1), "dpo"),
        (graded(1), "reinforcement"),
    ],
)  # fmt: skip
def test_sound_rows_pass(row, method):
    dataset = read_rows(lines(row), method, chats=True, least=1)

    assert dataset.examples == 1
    assert dataset.tokens > 0


def test_prompt_and_completion_are_for_completion_models():
    dataset = read_rows(lines(pair(1)), "supervised", chats=False, least=1)

    assert dataset.answers == {"1 ->": " number 1 END"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"messages": []}, "empty array"),
        ({"messages": "hi"}, "array of objects"),
        ({}, "messages"),
        ({"prompt": "a", "completion": "b"}, "prompt/completion"),
        ({**chat(1), "colour": "red"}, "colour"),
        ({"messages": [USER]}, "no assistant message"),
        ({"messages": [USER, ANSWER, USER]}, "last message must be from the assistant"),
        ({"messages": [{"role": "bot", "content": "x"}, ANSWER]}, "unexpected role 'bot'"),
        ({"messages": [USER, {**ANSWER, "weight": 0}]}, "weight 1"),
        ({"messages": [USER, {**ANSWER, "weight": 0.5}]}, "weight must be 0 or 1"),
        ({"messages": [{**USER, "weight": 1}, ANSWER]}, "assistant messages only"),
        ({"messages": [{"role": "user", "content": [SOUND]}, ANSWER]}, "cannot be trained on"),
        ({"messages": [USER, {"role": "assistant", "content": None}]}, "expected a string"),
        ({"messages": [USER, {"role": "assistant", "tool_calls": [CALL]}]}, "tool_call_id"),
        ({**chat(1), "tools": [{"type": "function", "function": {"name": "a b"}}]}, "pattern"),
    ],
)
def test_wrong_conversations_are_named_by_their_line(row, says):
    said = refusal(row)

    assert said.startswith("Invalid file format. Line 2: ")
    assert says in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"input": {"messages": [USER, ANSWER]}}, "from the user"),
        ({"input": {"messages": [USER], "colour": 1}}, "input.colour"),
        ({"preferred_output": [ANSWER, ANSWER]}, "array too long"),
        ({"preferred_output": [USER]}, "must be 'assistant'"),
        ({"non_preferred_output": None}, "non_preferred_output"),
        ({"preferred_completion": "x"}, "preferred_completion"),
    ],
)
def test_wrong_preferences_are_named(change, says):
    assert says in refusal(preference(1) | change, "dpo")


def test_reinforcement_rows_end_with_the_user():
    assert "from the user" in refusal({"messages": [USER, ANSWER]}, "reinforcement")


def test_chats_are_not_for_completion_models():
    assert "chat format" in refusal(chat(1), chats=False)


def test_few_examples_are_counted():
    with pytest.raises(RowsError) as caught:
        read_rows(lines(*(chat(n) for n in range(9))), "supervised", chats=True)

    assert caught.value.code == "invalid_n_examples"
    assert caught.value.text == "file has 9 example(s), but must have at least 10 examples"


def test_a_file_full_of_violence_is_blocked():
    violent = {"messages": [{"role": "user", "content": "I will kill him"}, ANSWER]}

    with pytest.raises(RowsError) as caught:
        read_rows(lines(*[violent] * 10), "supervised", chats=True)

    assert "moderation" in caught.value.text
