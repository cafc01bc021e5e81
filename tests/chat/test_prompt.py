"""Stored messages in the shape that every server takes."""

import json

import pytest

from bot.chat import prompt
from storage.records import Message, ToolCall


def sent(name: str = "add", call_id: str = "c1", arguments: str = "{}") -> list[dict]:
    call = ToolCall(call_id, name, arguments)
    asked = Message(role="assistant", content="", tool_calls=(call,))
    answer = Message(role="tool", content="2", tool_call_id=call_id)
    return prompt.to_openai([asked, answer], named=False)


@pytest.mark.parametrize(
    ("made_up", "legal"),
    [("functions.add", "functions_add"), ("../x y", "___x_y"), ("", "_"), ("a" * 99, "a" * 64)],
)
def test_a_name_that_the_model_has_made_up_is_sent_as_servers_take_it(made_up, legal):
    asked, _ = sent(name=made_up)

    assert asked["tool_calls"][0]["function"]["name"] == legal


def test_a_call_id_longer_than_openai_takes_is_replaced_on_both_sides():
    asked, answer = sent(call_id="chatcmpl-tool-" + "0" * 32)

    assert asked["tool_calls"][0]["id"] == answer["tool_call_id"]
    assert len(answer["tool_call_id"]) <= 40


def test_a_usual_call_id_is_kept():
    assert sent(call_id="call_abc")[1]["tool_call_id"] == "call_abc"


@pytest.mark.parametrize(
    "written", ['{"a": 1', "7", '"{}"', "[1]", "null", '{"a": NaN}', "{" + '"a":{' * 9999]
)
def test_arguments_that_are_no_object_are_sent_inside_of_one(written):
    asked, _ = sent(arguments=written)

    arguments = json.loads(asked["tool_calls"][0]["function"]["arguments"])
    assert list(arguments.values()) == [written]


@pytest.mark.parametrize("written", ["{}", ' {"a" : [1, "é"]}', '{"a": 1, "a": 2}'])
def test_arguments_that_are_an_object_are_sent_as_they_were_written(written):
    asked, _ = sent(arguments=written)

    assert asked["tool_calls"][0]["function"]["arguments"] == written


def test_a_call_without_words_has_none():
    assert sent()[0]["content"] is None


def test_who_spoke_is_told_where_the_name_is_known():
    said = [Message("user", "hi", user="U1", name=name) for name in ("Ann", None)]

    told = prompt.to_openai(said, named=True)

    assert [one["content"] for one in told] == ["Ann: hi", "hi"]
