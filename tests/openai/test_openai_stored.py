"""Chat completions that the server has stored."""

from typing import Any

import pytest
from openai_answers import answers_json, whole
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI

# As the service shows one: with nulls where a new answer has nothing.
MESSAGE = {"role": "assistant", "content": "hi", "tool_calls": None, "function_call": None}
STORED = whole() | {
    "metadata": {"team": "T1"},
    "request_id": "req_of_then",
    "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop", "logprobs": None}],
}


async def test_stored_completions_are_listed_by_metadata(server: Server, client: OpenAI) -> None:
    server.answers(answers_json({"object": "list", "data": [STORED], "has_more": False}))

    page = await client.chat.list(
        model="m", metadata={"team": "T1", "a b": "c&d"}, limit=5, order="desc", after="x"
    )

    assert server.paths == [
        "/v1/chat/completions?model=m&metadata%5Bteam%5D=T1&metadata%5Ba+b%5D=c%26d"
        "&limit=5&order=desc&after=x"
    ]
    assert page.data[0].message.content == "hi"
    assert page.data[0].metadata == {"team": "T1"}


async def test_one_is_retrieved_changed_and_deleted(server: Server, client: OpenAI) -> None:
    deleted = {"object": "chat.completion.deleted", "id": "chatcmpl-1", "deleted": True}
    server.answers(answers_json(STORED), answers_json(STORED), answers_json(deleted))

    found = await client.chat.retrieve("chatcmpl-1")
    await client.chat.update("chatcmpl-1", metadata={"k": "v"})
    gone = await client.chat.delete("chatcmpl-1")

    assert (found.id, found.message.tool_calls, gone.deleted) == ("chatcmpl-1", [], True)
    assert server.methods == ["GET", "POST", "DELETE"]
    assert set(server.paths) == {"/v1/chat/completions/chatcmpl-1"}
    assert server.requests[1] == {"metadata": {"k": "v"}}


async def test_its_messages_are_listed(server: Server, client: OpenAI) -> None:
    message = {"id": "chatcmpl-1-0", "role": "user", "content": "hello", "tool_calls": None}
    server.answers(answers_json({"object": "list", "data": [message], "has_more": False}))

    messages = [
        message async for message in client.chat.messages.list("chatcmpl-1", limit=1, order="asc")
    ]

    assert [(one.id, one.role, one.content) for one in messages] == [
        ("chatcmpl-1-0", "user", "hello")
    ]
    assert server.paths == ["/v1/chat/completions/chatcmpl-1/messages?limit=1&order=asc"]


@pytest.mark.parametrize("wrong", [{"metadata": {"k": 1}}, {"metadata": None}, {"store": True}])
async def test_wrong_changes_are_not_sent(server: Server, client: OpenAI, wrong: Any) -> None:
    with pytest.raises(errors.InvalidRequestError):
        await client.chat.update("chatcmpl-1", **wrong)

    assert server.paths == []


async def test_chats_can_be_had_under_openais_name(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(whole("hi")))

    completion = await client.chat.create(
        model="m", messages=[{"role": "user", "content": "hello"}]
    )

    assert completion.message.content == "hi"
