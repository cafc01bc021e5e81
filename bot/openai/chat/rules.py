"""The rules of what only a chat completion has: messages, tools, formats. Pure.

They are looked at with every question, so messages are asked only for their roles and what each
role cannot be without.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from bot.openai.errors import InvalidRequestError
from bot.openai.rules import Filled, choice, shape, text

NAME = text(like=r"[A-Za-z0-9_-]{1,64}", says="must be 1 to 64 letters, digits, _ and -")
ROLES = frozenset({"developer", "system", "user", "assistant", "tool", "function"})
SAYING = frozenset({"system", "user", "assistant"})
BESIDE = {"tool": "tool_call_id", "function": "name"}
FUNCTION_KEYS = frozenset({"name", "description", "parameters", "strict"})
CHOICES = ("none", "auto", "required")
CHOSEN = ("function", "custom", "allowed_tools")
FORMATS = ("text", "json_object", "json_schema")


class FunctionDefinition(TypedDict, total=False):
    """A function on offer; `parameters` is a JSON Schema."""

    name: Required[Filled]
    description: str | None
    parameters: Any
    strict: bool | None


class SchemaShape(TypedDict, total=False):
    """The form that an answer must have."""

    name: Required[Annotated[str, NAME]]
    description: str | None
    schema: Any
    strict: bool | None


class AudioShape(TypedDict, total=False):
    """How an answer is spoken."""

    voice: Required[Any]
    format: Required[Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]]


class PredictionShape(TypedDict, total=False):
    """What most of an answer will be."""

    type: Required[Literal["content"]]
    content: Required[Any]


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
            shape(FunctionDefinition)(f"{field}[{place}].function", one.get("function"))
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
        return text(1)(f"{field}.name", value.get("name")) and value
    return choice("none", "auto")(field, value)


def response_format(field: str, value: Any) -> Any:
    """Check the form of the answer."""
    _typed(FORMATS, field, value)
    if value["type"] == "json_schema":
        shape(SchemaShape)(f"{field}.json_schema", value.get("json_schema"))
    return value


def _typed(kinds: Sequence[str], field: str, value: Any) -> Any:
    choice(*kinds)(f"{field}.type", an_object(field, value).get("type"))
    return value


def an_object(field: str, value: Any) -> Any:
    """Check that a field is an object; what is in it the server judges."""
    if not isinstance(value, Mapping):
        raise InvalidRequestError(field, "must be an object")
    return value
