"""What the local model server refuses, in OpenAI's words."""

from typing import Any

import pytest

from playground.openai.cards import ModelCard
from playground.openai.checks.chat import check_chat, check_model
from playground.openai.checks.shape import choice
from playground.openai.errors import ApiError

USER = {"role": "user", "content": "hi"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
ASKED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOLD = {"role": "tool", "tool_call_id": "call_1", "content": "noon"}
NOW = {"type": "function", "function": {"name": "now"}}


def body(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "stand-in", "messages": list(messages) or [USER], **fields}


def form(schema: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, **fields}}


def allowed(tools: Any) -> dict[str, Any]:
    return {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": tools}}


def refusal(request: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        check_chat(request)
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize(
    "request_",
    [
        body(),
        body(USER, ASKED, TOLD),
        body(USER, ASKED, TOLD, {"role": "assistant", "content": "noon"}, USER),
        body({"role": "developer", "content": [{"type": "text", "text": "x"}]}, USER),
        body({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}),
        body(tools=[NOW], tool_choice="required", parallel_tool_calls=False),
        body(tools=[NOW], tool_choice=allowed([NOW])),
        body(functions=[{"name": "now"}], function_call={"name": "now"}),
        body(USER | {"name": "Ann"}, temperature=0, n=1, stop=["x"], metadata={"a": "b"}),
        body(temperature=None, tools=None),
        body(stream=True, stream_options={"include_usage": True}),
        body({"role": "user", "content": "In JSON."}, response_format={"type": "json_object"}),
        body(response_format=form({"type": "object"})),
    ],
)
def test_sound_requests_pass(request_):
    check_chat(request_)


@pytest.mark.parametrize(
    ("request_", "param", "code"),
    [
        ({"messages": [USER]}, None, None),
        ({"model": "m"}, "messages", "missing_required_parameter"),
        ({"model": "m", "messages": []}, "messages", "empty_array"),
        (body({"content": "x"}), "messages[0].role", "missing_required_parameter"),
        (body({"role": "bot", "content": "x"}), "messages[0].role", "invalid_value"),
        (body({"role": "user"}), "messages[0].content", "missing_required_parameter"),
        (body({"role": "user", "content": None}), "messages.[0].content", None),
        (body({"role": "user", "content": 7}), "messages[0].content", "invalid_type"),
        (body({"role": "user", "content": []}), "messages[0].content", "empty_array"),
        (body({"role": "assistant", "content": None}), "messages.[0].content", None),
        (body(USER | {"name": "Ann Lee"}), "messages[0].name", "invalid_value"),
        (body(USER, ASKED), "messages.[1].role", None),
        (body(USER, ASKED, USER, TOLD), "messages.[2].role", None),
        (body(USER, TOLD), "messages.[1].role", None),
        (body(USER, ASKED, TOLD, TOLD), "messages.[3].role", None),
        (body(USER, ASKED, TOLD | {"tool_call_id": "x"}), "messages.[2].tool_call_id", None),
        (body(USER, {"role": "tool", "content": "x"}), "messages[1].tool_call_id",
         "missing_required_parameter"),
        (body(temperature=3), "temperature", "decimal_above_max_value"),
        (body(temperature="hot"), "temperature", "invalid_type"),
        (body(n=True), "n", "invalid_type"),
        (body(reasoning_effort="huge"), "reasoning_effort", "invalid_value"),
        (body(stop=["a"] * 5), "stop", "array_above_max_length"),
        (body(frobnicate=1), "frobnicate", "unknown_parameter"),
        (body(stream_options={"include_usage": True}), "stream_options", None),
        (body(tool_choice="auto"), "tool_choice", None),
        (body(parallel_tool_calls=True), "parallel_tool_calls", None),
        (body(tools=[]), "tools", "empty_array"),
        (body(tools=[NOW] * 129), "tools", "array_above_max_length"),
        (body(tools=[{"type": "function", "function": {"name": "a b"}}]),
         "tools[0].function.name", "invalid_value"),
        (body(tools=[{"type": "function", "function": {"name": "a" * 65}}]),
         "tools[0].function.name", "string_above_max_length"),
        (body(tools=[NOW], tool_choice={"type": "function", "function": {"name": "x"}}),
         "tool_choice", None),
        (body(tools=[NOW], tool_choice={"type": "allowed_tools", "allowed_tools": 5}),
         "tool_choice.allowed_tools", "invalid_type"),
        (body(tools=[NOW], tool_choice=allowed("now")), "tool_choice.allowed_tools.tools",
         "invalid_type"),
        (body(tools=[NOW], tool_choice=allowed(["now"])), "tool_choice.allowed_tools.tools[0]",
         "invalid_type"),
        (body(function_call="auto"), "function_call", None),
        (body(stream=True, stream_options="usage"), "stream_options", "invalid_type"),
        (body(response_format="json"), "response_format", "invalid_type"),
        (body(response_format={"type": "xml"}), "response_format.type", "invalid_value"),
        (body(response_format={"type": "json_object"}), "messages", None),
        (body(response_format={"type": "json_schema"}), "response_format.json_schema",
         "missing_required_parameter"),
        (body(response_format=form({"type": "array", "items": {}})), "response_format", None),
        (body(response_format=form({"type": "object"}, strict=True)), "response_format", None),
        (body(max_tokens=5, max_completion_tokens=5), "max_tokens",
         "invalid_parameter_combination"),
    ],
)  # fmt: skip
def test_unsound_requests_name_parameter_and_code(request_, param, code):
    error = refusal(request_)

    assert (error.param, error.code) == (param, code)


@pytest.mark.parametrize(
    ("choices", "said"),
    [(["a"], "'a'"), (["a", "b"], "'a' and 'b'"), (["a", "b", "c"], "'a', 'b', and 'c'")],
)
def test_refused_word_is_told_the_others(choices, said):
    with pytest.raises(ApiError) as caught:
        choice(*choices)("x", "word")

    assert f"Supported values are: {said}." in caught.value.message


def test_call_arguments_must_be_text():
    call = {**CALL, "function": {"name": "now", "arguments": {"zone": "UTC"}}}

    error = refusal(body(USER, ASKED | {"tool_calls": [call]}, TOLD))

    assert error.param == "messages[1].tool_calls[0].function.arguments"


@pytest.mark.parametrize(
    "parameters",
    [
        {"type": "string"},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
        {"type": "object", "properties": {"a": {"default": 1}}, "required": ["a"],
         "additionalProperties": False},
    ],
)  # fmt: skip
def test_strict_schemas_are_checked(parameters):
    tool = {"name": "now", "strict": True, "parameters": parameters}

    error = refusal(body(tools=[{"type": "function", "function": tool}]))

    assert error.code == "invalid_function_parameters"


@pytest.mark.parametrize(
    ("parameter", "place"),
    [
        ({"type": "array"}, "('properties', 'a')"),
        ({"type": ["array", "null"]}, "('properties', 'a')"),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, "('properties', 'a', 'anyOf', '1')"),
        ({"type": "array", "items": {"type": "array"}}, "('properties', 'a', 'items')"),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, "('properties', 'a')"),
    ],
)
def test_an_array_must_say_what_is_in_it(parameter, place):
    tool = {"name": "now", "parameters": {"type": "object", "properties": {"a": parameter}}}

    error = refusal(body(tools=[{"type": "function", "function": tool}]))

    assert (error.param, error.code) == (
        "tools[0].function.parameters",
        "invalid_function_parameters",
    )
    assert f"'now': In context={place}, array schema missing items" in error.message


@pytest.mark.parametrize(
    "parameters",
    [
        {"properties": 5},
        {"properties": {"a": 5}},
        {"properties": {"a": {"enum": None}}},
        {"properties": {"a": {"$ref": 5}}},
        {"required": "a"},
        {"required": [["a"]]},
        {"anyOf": {"type": "object"}},
    ],
)
def test_what_is_no_schema_is_refused(parameters):
    tool = {"name": "now", "parameters": {"type": "object", **parameters}}

    error = refusal(body(tools=[{"type": "function", "function": tool}]))

    assert error.code == "invalid_function_parameters"


def test_an_array_of_anything_passes():
    tool = {"name": "now", "parameters": {"type": "object", "properties": {
        "a": {"type": "array", "items": {}}, "b": {"const": []}}}}  # fmt: skip

    check_chat(body(tools=[{"type": "function", "function": tool}]))


def test_models_refuse_what_their_card_says():
    card = ModelCard("m", refuses=frozenset({"max_tokens"}))

    with pytest.raises(ApiError) as caught:
        check_model(body(max_tokens=5), card)

    assert (caught.value.param, caught.value.code) == ("max_tokens", "unsupported_parameter")


def test_reasoning_model_takes_tools_only_without_effort():
    card = ModelCard("m", tools_need_effort_none=True)

    check_model(body(tools=[NOW], reasoning_effort="none"), card)
    with pytest.raises(ApiError) as caught:
        check_model(body(tools=[NOW]), card)

    assert caught.value.param == "reasoning_effort"
    assert caught.value.code is None


def test_too_long_a_prompt_is_refused():
    with pytest.raises(ApiError) as caught:
        check_model(body({"role": "user", "content": "word " * 200}), ModelCard("m", context=100))

    assert caught.value.code == "context_length_exceeded"
