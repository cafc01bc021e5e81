"""What servers send beside a call, and want to see again with it."""

from typing import Any

import pytest
from openai_answers import TOOL, delta, refuses, says, streams
from openai_server import Server

from bot.openai import errors
from bot.openai.chat.adapt import apply, lesson
from bot.openai.chat.echo import CALLS, IDS, REASONING, along
from bot.openai.client import OpenAI

CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
THREAD: list[dict[str, Any]] = [
    {"role": "user", "content": "1 + 1?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "2"},
    {"role": "assistant", "content": "2", "reasoning_content": "Easy."},
    {"role": "user", "content": "And 2 + 2?"},
]


async def test_what_came_beside_calls_is_told_by_where_it_belongs(
    server: Server, client: OpenAI
) -> None:
    signed = {"google": {"thought_signature": "c2ln"}}
    server.answers(
        streams(
            delta(role="assistant", reasoning_content="Let me "),
            delta(reasoning_content="add."),
            delta(tool_calls=[{"index": 0, **CALL, "extra_content": signed}]),
            delta(tool_calls=[{"index": 1, **CALL, "id": "call_2"}]),
            delta("tool_calls"),
        )
    )

    async with client.chat.stream(model="m", messages=THREAD[:1], tools=[TOOL]) as stream:
        assert [text async for text in stream] == []
    message = stream.completion.message

    assert [along(message, call) for call in message.tool_calls] == [
        {"call": {"extra_content": signed}, "message": {"reasoning_content": "Let me add."}},
        {},
    ]


async def test_pieces_of_a_signed_block_of_reasoning_are_joined(
    server: Server, client: OpenAI
) -> None:
    block = {"type": "reasoning.text", "index": 0, "signature": None}
    locked = {"type": "reasoning.encrypted", "index": 0, "data": "x"}
    server.answers(
        streams(
            delta(role="assistant", reasoning_details=[{**block, "text": "Let me "}]),
            delta(reasoning_details=[{**block, "text": "add."}]),
            delta(reasoning_details=[{**block, "text": None, "signature": "sig"}, locked, locked]),
            delta(tool_calls=[{"index": 0, **CALL}]),
            delta("tool_calls"),
        )
    )

    async with client.chat.stream(model="m", messages=THREAD[:1], tools=[TOOL]) as stream:
        assert [text async for text in stream] == []
    message = stream.completion.message

    whole = {**block, "text": "Let me add.", "signature": "sig"}
    told = along(message, message.tool_calls[0])["message"]
    assert told == {"reasoning_details": [whole, locked, locked]}


@pytest.mark.parametrize(
    ("message", "field", "rule"),
    [
        (
            "The `reasoning_content` in the thinking mode must be passed back to the API.",
            REASONING,
            {"blank": True},
        ),
        (
            "Missing `reasoning_content` field in the assistant message at message index 2.",
            REASONING,
            {"blank": True},
        ),
        (
            "thinking is enabled but reasoning_content is missing in assistant tool call message "
            "at index 2",
            REASONING,
            {"blank": True},
        ),
        (
            "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.",
            IDS,
            {"short": True},
        ),
        (
            "toolConfig field must be defined when using toolUse and toolResult content blocks.",
            CALLS,
            {"words": True},
        ),
        ("Unknown parameter: 'messages[3].reasoning_content'.", REASONING, {"drop": True}),
        (
            "'messages.3' : for 'role:assistant' the following must be satisfied[('messages.3' : "
            "property 'reasoning_content' is unsupported)]",
            REASONING,
            {"drop": True},
        ),
        (
            "Unknown parameter: 'messages[1].tool_calls[0].extra_content'.",
            "messages.tool_calls.extra_content",
            {"drop": True},
        ),
    ],
)
def test_a_refusal_of_earlier_calls_is_understood(message: str, field: str, rule: Any) -> None:
    error = errors.BadRequestError(message, status=400)

    found = lesson(error, {"model": "m", "messages": THREAD}, {})

    assert found
    assert (found.field, found.rule) == (field, rule)


def test_reasoning_of_another_model_is_a_blank_and_its_own_stays() -> None:
    shaped, _ = apply({"messages": THREAD}, {REASONING: {"blank": True}})

    told = [one.get("reasoning_content") for one in shaped["messages"]]
    assert told == [None, " ", None, "Easy.", None]


def test_ids_are_short_and_the_same_with_call_and_result() -> None:
    shaped, _ = apply({"messages": THREAD}, {IDS: {"short": True}})

    (call,) = shaped["messages"][1]["tool_calls"]
    assert call["id"] == shaped["messages"][2]["tool_call_id"] != "call_1"
    assert call == {**THREAD[1]["tool_calls"][0], "id": call["id"]}
    assert len(call["id"]) == 9
    assert call["id"].isalnum()


def test_a_model_without_functions_is_told_of_calls_in_words() -> None:
    shaped, _ = apply({"messages": THREAD, "tools": [TOOL]}, {"tools": {"drop": True}})

    assert shaped["messages"] == [
        THREAD[0],
        {"role": "assistant", "content": "[add({}) returned: 2]"},
        *THREAD[3:],
    ]


def test_what_came_beside_a_call_is_left_out_for_a_model_that_refuses_it() -> None:
    signed = {**CALL, "extra_content": {"google": {}}}
    thread = [{"role": "assistant", "content": None, "tool_calls": [signed]}, *THREAD]

    shaped, _ = apply({"messages": thread}, {"messages.tool_calls.extra_content": {"drop": True}})

    assert shaped["messages"][0]["tool_calls"] == [CALL]


async def test_server_that_takes_calls_only_beside_functions_is_told_of_them_in_words(
    server: Server, client: OpenAI
) -> None:
    refusal = (
        "litellm.UnsupportedParamsError: Bedrock doesn't support tool calling without `tools=` "
        "param specified. Pass `tools=` param OR set `litellm.modify_params = True`"
    )
    server.answers(refuses(400, refusal, code="400"), streams(*says("4")), streams(*says("5")))

    for tools in ([], [TOOL]):
        async with client.chat.stream(model="m", messages=THREAD, tools=tools) as stream:
            assert [text async for text in stream]

    assert server.requests[1]["messages"][1]["content"] == "[add({}) returned: 2]"
    assert server.requests[2]["messages"] == THREAD


async def test_question_is_asked_again_with_what_the_server_misses(
    server: Server, client: OpenAI
) -> None:
    refusal = "The `reasoning_content` in the thinking mode must be passed back to the API."
    server.answers(refuses(400, refusal), streams(*says("4")))

    async with client.chat.stream(model="m", messages=THREAD) as stream:
        assert [text async for text in stream] == ["4"]
    assert server.requests[1]["messages"][1]["reasoning_content"] == " "
