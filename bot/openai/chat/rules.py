"""The rules of a chat completion's fields: what no server could take is not sent. Pure.

It is looked at with every question, so a field is asked about only when it was given, and messages
only for their roles and what each role cannot be without. Words that other hosts add to
(`reasoning_effort`, `service_tier`) are left to the server.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import (
    METADATA,
    SEED,
    STOP,
    Rule,
    anything,
    choice,
    flag,
    number,
    pairs,
    several,
    shape,
    text,
    whole,
)

NAME = text(like=r"[A-Za-z0-9_-]{1,64}", says="must be 1 to 64 letters, digits, _ and -")
FUNCTION_NAME = text(1)
ROLES = frozenset({"developer", "system", "user", "assistant", "tool", "function"})
SAYING = frozenset({"system", "user", "assistant"})
BESIDE = {"tool": "tool_call_id", "function": "name"}
FUNCTION_KEYS = frozenset({"name", "description", "parameters", "strict"})
CHOICES = ("none", "auto", "required")
CHOSEN = ("function", "custom", "allowed_tools")
FORMATS = ("text", "json_object", "json_schema")


class FunctionShape(TypedDict, total=False):
    """A function on offer."""

    name: Required[Annotated[str, FUNCTION_NAME]]
    description: Annotated[str | None, text()]
    parameters: Annotated[Any, anything]
    strict: Annotated[bool | None, flag]


class SchemaShape(TypedDict, total=False):
    """The form that an answer must have."""

    name: Required[Annotated[str, NAME]]
    description: Annotated[str | None, text()]
    schema: Annotated[Any, anything]
    strict: Annotated[bool | None, flag]


class AudioShape(TypedDict, total=False):
    """How an answer is spoken."""

    voice: Required[Annotated[Any, anything]]
    format: Required[Annotated[str, choice("wav", "aac", "mp3", "flac", "opus", "pcm16")]]


class PredictionShape(TypedDict, total=False):
    """What most of an answer will be."""

    type: Required[Annotated[str, choice("content")]]
    content: Required[Annotated[Any, anything]]


def messages(field: str, value: Any) -> Any:
    """Check a conversation."""
    if not isinstance(value, list) and not _is_list(value):
        raise InvalidRequestError(field, "must be a list")
    if not value:
        raise InvalidRequestError(field, "must not be empty")
    for place, one in enumerate(value):
        if type(one) is dict and one.get("role") in SAYING and one.get("content") is not None:
            continue  # so are most, and a question brings all of its conversation
        if wrong := _wrong_in(one):
            raise InvalidRequestError(f"{field}[{place}]{wrong[0]}", wrong[1])
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _wrong_in(message: Any) -> tuple[str, str] | None:
    """Return the field of a message that is wrong, and why; nothing is made for right ones."""
    if not isinstance(message, (dict, Mapping)):
        return "", "must be an object"
    role = message.get("role")
    if role == "assistant":
        return None  # its content may be missing beside calls, a refusal or audio
    if role not in ROLES:
        return ".role", f"must be one of {', '.join(sorted(ROLES))}"
    if message.get("content") is None and role != "function":
        return ".content", "is required"
    needed = BESIDE.get(role)
    if needed and not message.get(needed):
        return f".{needed}", "is required"
    return None


def tools(field: str, value: Any) -> Any:
    """Check the tools: functions and custom ones."""
    if not isinstance(value, list) and not _is_list(value):
        raise InvalidRequestError(field, "must be a list")
    for place, one in enumerate(value):
        kind = one.get("type") if isinstance(one, (dict, Mapping)) else None
        if not isinstance(kind, str):
            raise InvalidRequestError(f"{field}[{place}]", "must be an object with a type")
        if kind == "function" and not _is_function(one.get("function")):
            shape(FunctionShape)(f"{field}[{place}].function", one.get("function"))
    return value


def _is_function(value: Any) -> bool:
    """Tell whether a function is one at first sight; else its shape says what is wrong."""
    if not isinstance(value, dict) or not FUNCTION_KEYS.issuperset(value):
        return False
    described, strict = value.get("description"), value.get("strict")
    return (
        bool(value.get("name"))
        and isinstance(value["name"], str)
        and (described is None or isinstance(described, str))
        and (strict is None or isinstance(strict, bool))
    )


def tool_choice(field: str, value: Any) -> Any:
    """Check which tools are called."""
    if isinstance(value, str):
        return choice(*CHOICES)(field, value)
    return _typed(CHOSEN, field, value)


def function_call(field: str, value: Any) -> Any:
    """Check which function is called, the older way."""
    if isinstance(value, Mapping):
        return FUNCTION_NAME(f"{field}.name", value.get("name")) and value
    return choice("none", "auto")(field, value)


def response_format(field: str, value: Any) -> Any:
    """Check the form of the answer."""
    _typed(FORMATS, field, value)
    if value["type"] == "json_schema":
        shape(SchemaShape)(f"{field}.json_schema", value.get("json_schema"))
    return value


def _typed(kinds: Sequence[str], field: str, value: Any) -> Any:
    choice(*kinds)(f"{field}.type", _object(field, value).get("type"))
    return value


def _object(field: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidRequestError(field, "must be an object")
    return value


RULES: Mapping[str, Rule] = {
    "model": text(1),
    "messages": messages,
    "tools": tools,
    "tool_choice": tool_choice,
    "parallel_tool_calls": flag,
    "functions": several(shape(FunctionShape), 1, 128),
    "function_call": function_call,
    "response_format": response_format,
    "reasoning_effort": text(1),
    "verbosity": choice("low", "medium", "high"),
    "service_tier": text(1),
    "max_completion_tokens": whole(0),
    "max_tokens": whole(0),
    "temperature": number(0, 2),
    "top_p": number(0, 1),
    "n": whole(1, 128),
    "stop": STOP,
    "presence_penalty": number(-2, 2),
    "frequency_penalty": number(-2, 2),
    "logit_bias": pairs(1_000_000, None, number(-100, 100)),
    "logprobs": flag,
    "top_logprobs": whole(0, 20),
    "seed": SEED,
    "modalities": several(choice("text", "audio"), 1),
    "audio": shape(AudioShape),
    "prediction": shape(PredictionShape),
    "web_search_options": _object,
    "moderation": _object,
    "store": flag,
    "metadata": METADATA,
    "safety_identifier": text(0, 64),
    "prompt_cache_key": text(),
    "prompt_cache_options": _object,
    "prompt_cache_retention": text(1),
    "user": text(),
    "stream_options": _object,
}


def check(parameters: Mapping[str, Any]) -> None:
    """Refuse what is against the specification.

    Raises:
        InvalidRequestError: nothing was sent.
    """
    for needed in ("model", "messages"):
        if parameters.get(needed) is None:
            raise InvalidRequestError(needed, "is required")
    for name, value in parameters.items():
        rule = RULES.get(name)
        if rule is not None and value is not None:
            rule(name, value)
    if parameters.get("top_logprobs") is not None and not parameters.get("logprobs"):
        raise InvalidRequestError("top_logprobs", "needs logprobs")
