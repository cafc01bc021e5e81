"""Stored messages in the shape that every server takes."""

import pytest

from bot.chat import prompt
from storage.records import Message, ToolCall


def sent(name: str = "add", call_id: str = "c1") -> list[dict]:
    asked = Message(role="assistant", content="", tool_calls=(ToolCall(call_id, name, "{}"),))
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
