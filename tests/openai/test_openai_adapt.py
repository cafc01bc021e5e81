"""What refusals teach about a model, and requests shaped by it."""

from typing import Any

import pytest
from openai_answers import HELLO, TOOL

from bot.openai import errors
from bot.openai.chat.adapt import Lesson, apply, lesson

DROP = {"drop": True}
EFFORT = {"set": "none", "with": "tools"}
BODY: dict[str, Any] = {
    "model": "m",
    "messages": HELLO,
    "tools": [TOOL],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "temperature": 0.2,
    "max_tokens": 50,
    "reasoning_effort": "low",
    "logit_bias": {},
    "user": "u",
    "stream": True,
    "stream_options": {"include_usage": True},
}


def learn(message: str, rules: Any = None, *, status: int = 400, **fields: Any) -> Lesson | None:
    kind = errors.UnprocessableEntityError if status == 422 else errors.BadRequestError
    return lesson(kind(message, status=status, **fields), BODY, rules or {})


@pytest.mark.parametrize(
    ("message", "fields", "field", "rule"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            {"code": "unsupported_parameter", "param": "max_tokens"},
            "max_tokens",
            {"rename": "max_completion_tokens"},
        ),
        (
            "Unsupported value: 'temperature' does not support 0.2 with this model. Only the "
            "default (1) value is supported.",
            {"code": "unsupported_value", "param": "temperature"},
            "temperature",
            DROP,
        ),
        (
            "Function tools with reasoning_effort are not supported for gpt-5.6-luna in "
            "/v1/chat/completions. To use function tools, use /v1/responses or set "
            "reasoning_effort to 'none'.",
            {"param": "reasoning_effort"},
            "reasoning_effort",
            EFFORT,
        ),
        ("Unrecognized request argument supplied: reasoning_effort", {}, "reasoning_effort", DROP),
        ("Unknown parameter: 'stream_options.include_usage'.", {}, "stream_options", DROP),
        ("Your organization must be verified", {"code": "unsupported_value", "param": "stream"},
         "stream", DROP),
        ("create() got an unexpected keyword argument 'parallel_tool_calls'", {},
         "parallel_tool_calls", DROP),
        ("[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are "
         "not permitted', 'input': {'include_usage': True}}]", {}, "stream_options", DROP),
        ('{"detail": [{"type": "extra_forbidden", "loc": ["body", "user"], "msg": "Extra inputs '
         'are not permitted"}]}', {}, "user", DROP),
        ('[{"loc": ["body", "tools", 0, "function", "strict"], "msg": "Extra inputs are not '
         'permitted"}]', {}, "tools.function.strict", DROP),
        ("property 'logit_bias' is unsupported", {}, "logit_bias", DROP),
        ('Invalid JSON payload received. Unknown name "user": Cannot find field.', {},
         "user", DROP),
        ("parallel_tool_calls is not supported by this engine", {}, "parallel_tool_calls", DROP),
        ("json: unknown field `logit_bias`", {}, "logit_bias", DROP),
        ("max_tokens is not supported", {}, "max_tokens", {"rename": "max_completion_tokens"}),
        ("Unknown parameter: 'tools'.", {"param": "tools"}, "tools", DROP),
        ("It is not supported.", {"param": "messages[0].name"}, "messages.name", DROP),
        ("It is not supported.", {"param": "reasoning_effort"}, "reasoning_effort", DROP),
    ],
)  # fmt: skip
def test_a_refusal_teaches_what_to_change(message: str, fields: Any, field: str, rule: Any) -> None:
    assert learn(message, **fields) == Lesson(field, rule)


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("Invalid schema for function 'f'", {"param": "tools[0].function.parameters"}),
        ("messages must alternate", {"code": "unsupported_value", "param": "messages[0].role"}),
        ("This model is not supported", {"param": "model"}),
        ("You asked something unknown", {}),
        ("Unknown parameter: 'seed'.", {"param": "seed"}),
        ("temperature must be below 2", {"param": "temperature"}),
    ],
)
def test_other_refusals_teach_nothing(message: str, fields: Any) -> None:
    assert learn(message, **fields) is None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            "Invalid schema for function 'add': In context=('properties', 'x'), 'minimum' is not "
            "permitted.",
            "invalid_function_parameters",
        ),
        ("Invalid request content: `strict` mode on function call is currently not supported.", ""),
    ],
)
def test_a_strict_function_that_is_refused_is_sent_without_strict(message: str, code: str) -> None:
    strict = {"type": "function", "function": {**TOOL["function"], "strict": True}}
    error = errors.BadRequestError(message, status=400, code=code)

    found = lesson(error, {**BODY, "tools": [TOOL, strict]}, {})

    assert found == Lesson("tools.function.strict", DROP)
    assert lesson(error, BODY, {"tools.function.strict": DROP}) is None


@pytest.mark.parametrize(
    "error",
    [
        errors.RateLimitError("'user' is not supported", status=429),
        errors.ContextLengthError("'user' is not supported", status=400),
        errors.ContentFilterError("'user' is not allowed", status=400),
        errors.APIConnectionError("unknown", host="h", reason="dns"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_failures_of_another_kind_teach_nothing(error: errors.OpenAIError) -> None:
    assert lesson(error, BODY, {}) is None


def test_servers_without_tools_teach_to_leave_them_out() -> None:
    error = errors.ToolsNotSupportedError("x", status=400)

    assert lesson(error, BODY, {}) == Lesson("tools", DROP)
    assert lesson(error, {"model": "m", "messages": HELLO}, {}) is None


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported value: 'reasoning_effort' does not support 'none' with this model.",
        "Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.",
    ],
)
def test_a_model_that_takes_tools_with_no_effort_at_all_gets_none(message: str) -> None:
    found = learn(message, {"reasoning_effort": EFFORT}, param="reasoning_effort")

    assert found == Lesson("tools", DROP)


def test_a_field_refused_under_both_names_is_dropped() -> None:
    rules = {"max_tokens": {"rename": "max_completion_tokens"}}
    body = {"model": "m", "messages": HELLO, "max_completion_tokens": 5}
    error = errors.BadRequestError("Unknown parameter: 'max_completion_tokens'.", status=400)

    assert lesson(error, body, rules) == Lesson("max_completion_tokens", DROP)


def test_a_lesson_already_known_is_not_learned_again() -> None:
    assert learn("Unknown parameter: 'user'.", {"user": DROP}) is None


def test_rules_shape_requests_and_tell_what_they_left_out() -> None:
    rules = {
        "temperature": DROP,
        "max_tokens": {"rename": "max_completion_tokens"},
        "reasoning_effort": EFFORT,
    }

    shaped, left_out = apply(BODY, rules)

    assert left_out == ["temperature"]
    assert shaped["max_completion_tokens"] == 50
    assert shaped["reasoning_effort"] == "none"
    assert not {"temperature", "max_tokens"} & set(shaped)


def test_effort_is_set_only_beside_tools() -> None:
    shaped, _ = apply({"model": "m", "messages": HELLO}, {"reasoning_effort": EFFORT})

    assert "reasoning_effort" not in shaped


def test_without_tools_nothing_that_needs_them_is_sent() -> None:
    shaped, left_out = apply(BODY, {"reasoning_effort": EFFORT, "tools": DROP})

    assert left_out == ["tools", "tool_choice", "parallel_tool_calls"]
    assert shaped["reasoning_effort"] == "low"


def test_a_nested_field_is_taken_out_everywhere_and_the_request_left_as_it_was() -> None:
    tool = {"type": "function", "function": {"name": "f", "strict": True}}
    body = {"tools": [tool, {"type": "custom"}]}

    shaped, left_out = apply(body, {"tools.function.strict": DROP})

    assert shaped["tools"] == [{"type": "function", "function": {"name": "f"}}, {"type": "custom"}]
    assert left_out == ["tools.function.strict"]
    assert tool["function"] == {"name": "f", "strict": True}
