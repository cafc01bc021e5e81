"""The completions operation: choices, echo, stops, logprobs, streams, refusals."""

import json
from typing import Any

import pytest

ASKED = {"model": "stand-in-base", "prompt": "Once upon a time"}


async def texts(api: Any, **fields: Any) -> list[str]:
    answer = (await api.post("/completions", json=ASKED | fields)).json()
    return [choice["text"] for choice in answer["choices"]]


async def stream(api: Any, **fields: Any) -> tuple[list[Any], str]:
    raw = (await api.post("/completions", json=ASKED | {"stream": True} | fields)).text
    lines = [line[6:] for line in raw.splitlines() if line.startswith("data: {")]
    return [json.loads(line) for line in lines], raw


async def test_a_completion_has_sixteen_tokens_and_the_old_shape(api):
    answer = (await api.post("/completions", json=ASKED)).json()
    choice = answer["choices"][0]

    assert answer["object"] == "text_completion"
    assert answer["id"].startswith("cmpl-")
    assert (choice["index"], choice["logprobs"], choice["finish_reason"]) == (0, None, "length")
    assert answer["usage"]["completion_tokens"] == 16


async def test_the_same_request_gives_the_same_text(api):
    assert await texts(api) == await texts(api)
    assert await texts(api) != await texts(api, seed=5)


async def test_every_prompt_gets_its_choices(api):
    answer = (await api.post("/completions", json=ASKED | {"prompt": ["a", "b"], "n": 2})).json()

    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2, 3]
    assert len({choice["text"] for choice in answer["choices"]}) == 4


@pytest.mark.parametrize("prompt", ["x", ["x"], [1, 2], [[1, 2], [3]], None])
async def test_prompts_come_in_every_form(api, prompt):
    assert (await texts(api, prompt=prompt))[0]


async def test_echo_repeats_the_prompt(api):
    plain, echoed = await texts(api), await texts(api, echo=True)

    assert echoed == ["Once upon a time" + plain[0]]


async def test_nothing_new_is_written_with_echo_and_no_tokens(api):
    assert await texts(api, echo=True, max_tokens=0) == ["Once upon a time"]


async def test_stop_sequences_end_the_text(api, host):
    host.enqueue("one two END three", on="completions")

    answer = (await api.post("/completions", json=ASKED | {"stop": ["none", " END"]})).json()

    assert answer["choices"][0]["text"] == "one two"
    assert answer["choices"][0]["finish_reason"] == "stop"


async def test_logprobs_belong_to_the_tokens(api):
    fields = {"logprobs": 3, "echo": True, "max_tokens": 4}
    answer = (await api.post("/completions", json=ASKED | fields)).json()
    text, numbers = answer["choices"][0]["text"], answer["choices"][0]["logprobs"]

    assert "".join(numbers["tokens"]) == text
    assert numbers["token_logprobs"][0] is None
    assert numbers["top_logprobs"][0] is None
    assert len(numbers["top_logprobs"][1]) == 3
    for token, offset in zip(numbers["tokens"], numbers["text_offset"], strict=True):
        assert text[offset : offset + len(token)] == token


async def test_choices_that_were_not_chosen_cost_as_well(api):
    answer = (await api.post("/completions", json=ASKED | {"best_of": 3})).json()

    assert answer["usage"]["completion_tokens"] == 48


async def test_a_stream_gives_the_same_text_reason_and_end(api):
    whole = await texts(api, n=2)
    chunks, raw = await stream(api, n=2, stream_options={"include_usage": True})
    parts = [chunk["choices"][0] for chunk in chunks if chunk["choices"]]
    said = ["".join(part["text"] for part in parts if part["index"] == n) for n in (0, 1)]

    assert said == whole
    assert [part["finish_reason"] for part in parts[-2:]] == ["length", "length"]
    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    assert (chunks[-1]["choices"], chunks[-1]["usage"]["completion_tokens"]) == ([], 32)
    assert raw.endswith("data: [DONE]\n\n")


async def test_suffix_is_for_the_instruct_model(api):
    assert await texts(api, model="stand-in-instruct", suffix=" the end")


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"model": None}, "model", "missing_required_parameter"),
        ({"prompt": {}}, "prompt", "invalid_type"),
        ({"prompt": []}, "prompt", "empty_array"),
        ({"prompt": [True, "x", {}]}, "prompt[0]", "invalid_type"),
        ({"suffix": "x"}, "suffix", "unsupported_parameter"),
        ({"best_of": 2, "n": 3}, "best_of", None),
        ({"best_of": 2, "stream": True}, "best_of", None),
        ({"best_of": 21}, "best_of", "integer_above_max_value"),
        ({"logprobs": 6}, "logprobs", "integer_above_max_value"),
        ({"max_tokens": -1}, "max_tokens", "integer_below_min_value"),
        ({"max_tokens": 17_000}, "prompt", "context_length_exceeded"),
        ({"stop": list("abcde")}, "stop", "array_above_max_length"),
        ({"logit_bias": {"50256": -101}}, "logit_bias.50256", "decimal_below_min_value"),
        ({"logit_bias": {"word": 1}}, "logit_bias", "invalid_value"),
        ({"stream_options": {"include_usage": True}}, "stream_options", None),
        ({"messages": []}, "messages", "unknown_parameter"),
    ],
)
async def test_unsound_requests_are_refused(api, fields, param, code):
    refused = await api.post("/completions", json=ASKED | fields)

    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["code"]) == (400, param, code)
