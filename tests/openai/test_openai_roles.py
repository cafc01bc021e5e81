"""Models whose templates know no instructions, or want both sides to speak in turn."""

import random
from typing import Any

import pytest
from openai_answers import TOOL, refuses, says, streams
from openai_server import Server

from bot.openai import errors
from bot.openai.chat.adapt import apply, lesson
from bot.openai.chat.roles import OPENING, SYSTEM, TURNS
from bot.openai.client import OpenAI

JOIN = {"join": True}
THREAD = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Ann: hello"},
    {"role": "user", "content": "Bob: me too"},
]
REFUSALS = [
    ("System role not supported", {}, SYSTEM),
    (
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        {"code": "unsupported_value", "param": "messages[0].role"},
        SYSTEM,
    ),
    ("Developer instruction is not enabled for models/gemma-3-27b-it", {}, SYSTEM),
    ("Conversation roles must alternate user/assistant/user/assistant/...", {}, TURNS),
    (
        "After the (optional) system message(s), user and assistant roles should be alternating.",
        {},
        TURNS,
    ),
    (
        "After the (optional) system message(s), user or tool message(s) should alternate with "
        "assistant message(s).",
        {},
        TURNS,
    ),
    (
        "After the optional system message, conversation roles must alternate "
        "user/assistant/user/assistant/...",
        {},
        TURNS,
    ),
    ("Please ensure that multiturn requests alternate between user and model.", {}, TURNS),
]


@pytest.mark.parametrize(("message", "fields", "field"), REFUSALS)
def test_a_refusal_of_roles_is_understood(message: str, fields: Any, field: str) -> None:
    error = errors.BadRequestError(message, status=400, **fields)

    found = lesson(error, {"model": "m", "messages": THREAD}, {})

    assert found
    assert (found.field, found.rule) == (field, JOIN)


def test_roles_that_alternate_and_are_refused_again_leave_only_the_instructions() -> None:
    error = errors.BadRequestError("Conversation roles must alternate", status=400)
    body = {"model": "m", "messages": THREAD}

    found = lesson(error, body, {TURNS: JOIN})

    assert found
    assert found.field == SYSTEM
    assert lesson(error, body, {TURNS: JOIN, SYSTEM: JOIN}) is None


async def test_a_model_that_takes_neither_is_asked_so_at_once_the_next_time(
    server: Server, client: OpenAI
) -> None:
    server.answers(
        refuses(400, "Conversation roles must alternate user/assistant/user/assistant/..."),
        refuses(400, "System role not supported"),
        streams(*says("a")),
        streams(*says("b")),
    )

    for _ in range(2):
        async with client.chat.stream(model="m", messages=THREAD) as stream:
            assert [text async for text in stream]

    joined = [{"role": "user", "content": "Be brief.\n\nAnn: hello\n\nBob: me too"}]
    assert [request["messages"] for request in server.requests[2:]] == [joined, joined]


def test_calls_and_their_results_stay_apart() -> None:
    called = {"role": "assistant", "content": None, "tool_calls": [TOOL]}
    results = [{"role": "tool", "tool_call_id": n, "content": n} for n in ("1", "2")]
    messages = [*THREAD, called, *results, {"role": "assistant", "content": "done"}]

    body, _ = apply({"model": "m", "messages": messages}, {TURNS: JOIN})

    assert body["messages"][2:] == messages[3:]


def test_pictures_are_joined_as_parts() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
    seen = {"role": "user", "content": [picture]}

    body, _ = apply({"model": "m", "messages": [*THREAD, seen]}, {TURNS: JOIN, SYSTEM: JOIN})

    (message,) = body["messages"]
    text = {"type": "text", "text": "Be brief.\n\nAnn: hello\n\nBob: me too"}
    assert message["content"] == [text, picture]


@pytest.mark.parametrize("seed", range(20))
def test_any_history_comes_out_in_turn_with_every_word_in_its_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    said = [
        {"role": chance.choice(["user", "assistant"]), "content": f"w{n}"}
        for n in range(chance.randrange(1, 30))
    ]
    rules = {TURNS: JOIN} | ({SYSTEM: JOIN} if seed % 2 else {})

    body, _ = apply({"model": "m", "messages": [THREAD[0], *said]}, rules)

    messages = body["messages"][0 if seed % 2 else 1 :]
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"] * (len(roles) % 2)
    words = " ".join(message["content"] for message in messages).split()
    assert [word for word in words if word[0] == "w"] == [one["content"] for one in said]
    assert seed % 2 == 1 or (OPENING in messages[0]["content"]) == (said[0]["role"] == "assistant")
