"""The old edits operation, by a chat model."""

from typing import Any

import pytest
from openai_answers import answers_json, refuses, whole
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI


async def test_an_edit_is_an_instruction_to_the_chat_model(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(whole("What day is it?"), **{"x-request-id": "req_1"}))

    edit = await client.edits.create(
        model="m", input="What day of the wek is it?", instruction="Fix the spelling", n=1
    )

    assert (edit.text, edit.object, edit.request_id) == ("What day is it?", "edit", "req_1")
    assert edit.usage is not None
    assert (edit.model, edit.created) == ("m-1", 1)
    (asked,) = server.requests
    assert (server.paths, asked["n"]) == (["/v1/chat/completions"], 1)
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert "Fix the spelling" in asked["messages"][1]["content"]
    assert "What day of the wek is it?" in asked["messages"][1]["content"]


async def test_several_edits_keep_their_numbers(server: Server, client: OpenAI) -> None:
    choices = [
        {"index": n, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for n, text in enumerate(["one", "two"])
    ]
    server.answers(answers_json(whole() | {"choices": choices}))

    edit = await client.edits.create(model="m", instruction="count", n=2)

    assert [(choice.index, choice.text) for choice in edit.choices] == [(0, "one"), (1, "two")]


async def test_what_a_model_does_not_take_is_learned_as_in_a_chat(
    server: Server, client: OpenAI
) -> None:
    server.answers(
        refuses(400, "no", code="unsupported_value", param="temperature"),
        answers_json(whole("x")),
    )

    edit = await client.edits.create(model="m", input="a", instruction="b", temperature=0.2)

    assert edit.text == "x"
    assert "temperature" not in server.requests[1]


@pytest.mark.parametrize(
    "wrong", [{"instruction": ""}, {"model": ""}, {"n": 0}, {"temperature": 3}, {"stop": "a"}]
)
async def test_wrong_values_are_not_sent(server: Server, client: OpenAI, wrong: Any) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await client.edits.create(**({"model": "m", "instruction": "b"} | wrong))

    assert server.paths == []


async def test_an_answer_without_text_is_an_error(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(whole(None, refusal="I will not.")))

    with pytest.raises(errors.APIResponseValidationError, match="I will not"):
        await client.edits.create(model="m", instruction="b")
