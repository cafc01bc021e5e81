"""Completions of a prompt, whole and streamed."""

from typing import Any

import pytest
from openai_answers import answers_bytes, answers_json, refuses, streams, streams_then_cuts
from openai_server import Server, Sleeps

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.completions import CompletionParameters

EVERYTHING: CompletionParameters = {
    "model": "ft:babbage-002:org::1",
    "prompt": "Once ->",
    "suffix": "end",
    "max_tokens": 16,
    "temperature": 0,
    "top_p": 0.5,
    "n": 2,
    "best_of": 3,
    "echo": True,
    "stop": [" END"],
    "logit_bias": {"50256": -100},
    "logprobs": 5,
    "presence_penalty": -2,
    "frequency_penalty": 2,
    "seed": 7,
    "user": "u-1",
}


def piece(text: str = "", finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": finish_reason}
    head = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m"}
    return head | {"choices": [choice]} | fields


async def test_every_field_is_sent_under_its_name(server: Server, client: OpenAI) -> None:
    usage = {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3}
    server.answers(answers_json(piece(" upon", "stop", usage=usage), **{"x-request-id": "req_1"}))

    completion = await client.completions.create(**EVERYTHING)

    assert (server.paths, server.requests) == (["/v1/completions"], [EVERYTHING])
    assert (completion.text, completion.choices[0].finish_reason) == (" upon", "stop")
    assert completion.usage is not None
    assert (completion.usage.total_tokens, completion.request_id) == (3, "req_1")


@pytest.mark.parametrize("prompt", ["a", ["a", "b"], [1, 2], [[1], [2, 3]], ""])
async def test_a_prompt_has_four_forms(server: Server, client: OpenAI, prompt: Any) -> None:
    server.always = answers_json(piece("x"))

    await client.completions.create(model="m", prompt=prompt)

    assert server.requests == [{"model": "m", "prompt": prompt}]


async def test_logprobs_can_be_read(server: Server, client: OpenAI) -> None:
    logprobs = {
        "tokens": ["a"],
        "token_logprobs": [None],
        "top_logprobs": [{"a": -0.1}],
        "text_offset": [0],
    }
    choice = {"text": "a", "index": 0, "logprobs": logprobs, "finish_reason": "of_later_days"}
    server.always = answers_json(piece() | {"choices": [choice]})

    (read,) = (await client.completions.create(model="m", prompt="a", logprobs=1)).choices

    assert read.logprobs is not None
    assert (read.logprobs.token_logprobs, read.finish_reason) == ([None], "of_later_days")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"n": 129}, "n"),
        ({"best_of": 21}, "best_of"),
        ({"best_of": 1, "n": 2}, "best_of"),
        ({"logprobs": 6}, "logprobs"),
        ({"temperature": 2.5}, "temperature"),
        ({"top_p": 1.5}, "top_p"),
        ({"stop": ["a"] * 5}, "stop"),
        ({"presence_penalty": 3}, "presence_penalty"),
        ({"logit_bias": {"1": 101}}, "logit_bias.1"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"prompt": []}, "prompt"),
        ({"prompt": ["a", 1]}, "prompt"),
        ({"model": ""}, "model"),
        ({"messages": []}, "messages"),
    ],
)
async def test_wrong_values_are_not_sent(
    server: Server, client: OpenAI, wrong: Any, field: str
) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        await client.completions.create(**({"model": "m", "prompt": "a"} | wrong))

    assert (caught.value.field, server.paths) == (field, [])


async def test_best_of_cannot_be_streamed(client: OpenAI) -> None:
    with pytest.raises(errors.InvalidRequestError, match="best_of"):
        client.completions.stream(model="m", prompt="a", best_of=2)


async def test_pieces_come_as_they_are_made(server: Server, client: OpenAI) -> None:
    last = piece() | {"choices": [], "usage": {"total_tokens": 3}}
    server.answers(streams(piece("On"), piece("ce", "stop"), last, "[DONE]"))

    async with client.completions.stream(model="m", prompt="a") as stream:
        pieces = [event async for event in stream]

    assert [event.text for event in pieces] == ["On", "ce", ""]
    assert pieces[-1].usage is not None
    assert server.headers[0]["Accept"] == "text/event-stream"
    assert server.requests == [
        {
            "model": "m",
            "prompt": "a",
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]


async def test_a_server_that_does_not_stream_is_read_too(server: Server, client: OpenAI) -> None:
    server.answers(answers_json(piece("whole", "stop")))

    async with client.completions.stream(model="m", prompt="a") as stream:
        assert [event.text async for event in stream] == ["whole"]


async def test_a_failure_before_the_first_piece_is_tried_again(
    server: Server, client: OpenAI, sleeps: Sleeps
) -> None:
    server.answers(refuses(500), answers_bytes(b""), streams(piece("a", "stop"), "[DONE]"))

    async with client.completions.stream(model="m", prompt="a") as stream:
        assert [event.text async for event in stream] == ["a"]

    assert len(sleeps) == 2


async def test_a_failure_later_raises_after_its_pieces(server: Server, client: OpenAI) -> None:
    server.answers(streams_then_cuts(piece("On"), piece("ce")))

    async with client.completions.stream(model="m", prompt="a") as stream:
        with pytest.raises(errors.StreamError):
            [event async for event in stream]


async def test_an_error_inside_the_stream_is_one(server: Server, client: OpenAI) -> None:
    server.answers(streams({"error": {"message": "no", "type": "invalid_request_error"}}))

    async with client.completions.stream(model="m", prompt="a") as stream:
        with pytest.raises(errors.BadRequestError):
            await anext(stream)
