"""Checks of `messages`: roles, contents, and every tool call answered directly after it."""

from typing import Any

from playground.openai.checks.fields import (
    check_choice,
    check_holds,
    check_items,
    check_length,
    check_name,
    check_type,
    name_of,
    wrong_type,
)
from playground.openai.errors import bad_request

ROLES = ("system", "assistant", "user", "function", "tool", "developer")
PARTS = {
    "user": ("text", "image_url", "input_audio", "file"),
    "assistant": ("text", "refusal"),
}
CALL_ID_LIMIT = 40


def check_messages(messages: Any) -> None:
    """Refuse a list of messages that OpenAI would refuse."""
    check_items(messages, 1, None, "messages")
    for place, message in enumerate(messages):
        check_message(message, place)
    check_order(messages)


def check_message(message: Any, place: int) -> None:
    """Check one message by itself."""
    param = f"messages[{place}]"
    check_holds(message, ("role",), param)
    role = message["role"]
    check_choice(role, ROLES, f"{param}.role")
    if role == "tool":
        check_tool_answer(message, param)
    elif role == "assistant":
        check_assistant(message, param)
    elif role == "function":
        check_holds(message, ("name",), param)
    check_content(message, role, param)
    if message.get("name") is not None:
        check_speaker(message["name"], f"{param}.name", role)


def check_speaker(name: Any, param: str, role: str) -> None:
    """Check who is said to speak."""
    if role == "function":
        check_name(name, param)
        return
    check_type(name, str, param)
    check_length(name, 64, param)
    if not name or any(sign in name for sign in " \t\n<|\\/>"):
        raise bad_request(
            f"Invalid '{param}': string does not match pattern. Expected a string that matches "
            "the pattern '^[^\\s<|\\\\/>]+$'.",
            param,
            "invalid_value",
        )


def check_tool_answer(message: dict[str, Any], param: str) -> None:
    """Check the fields that only a tool message has."""
    check_holds(message, ("tool_call_id",), param)
    check_type(message["tool_call_id"], str, f"{param}.tool_call_id")


def check_assistant(message: dict[str, Any], param: str) -> None:
    """Check the calls of an assistant message."""
    if message.get("tool_calls") is not None:
        check_items(message["tool_calls"], 1, 128, f"{param}.tool_calls")
        for place, call in enumerate(message["tool_calls"]):
            check_call(call, f"{param}.tool_calls[{place}]")
    if message.get("function_call") is not None:
        check_function(message["function_call"], f"{param}.function_call")


def check_call(call: Any, param: str) -> None:
    """Check one call that the model is said to have made."""
    check_holds(call, ("id", "type"), param)
    check_type(call["id"], str, f"{param}.id")
    check_length(call["id"], CALL_ID_LIMIT, f"{param}.id")
    check_choice(call["type"], ("function", "custom"), f"{param}.type")
    if call["type"] == "function":
        check_holds(call, ("function",), param)
        check_function(call["function"], f"{param}.function")


def check_function(function: Any, param: str) -> None:
    """Check name and arguments: arguments are text, never an object."""
    check_holds(function, ("name", "arguments"), param)
    check_name(function["name"], f"{param}.name")
    check_type(function["arguments"], str, f"{param}.arguments")


def check_content(message: dict[str, Any], role: str, param: str) -> None:
    """Check what a message says; only an assistant that calls may say nothing."""
    content = message.get("content")
    if content is None:
        spoken = message.get("tool_calls") or message.get("function_call")
        if role == "assistant" and (spoken or message.get("refusal") or message.get("audio")):
            return
        if role != "assistant":
            check_holds(message, ("content",), param)
        text = "Invalid value for 'content': expected a string, got null."
        raise bad_request(text, f"messages.[{param[9:-1]}].content")
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        expected = "one of a string or array of objects"
        raise wrong_type(f"{param}.content", expected, content)
    check_items(content, 1, None, f"{param}.content")
    for place, part in enumerate(content):
        check_part(part, PARTS.get(role, ("text",)), f"{param}.content[{place}]")


def check_part(part: Any, kinds: tuple[str, ...], param: str) -> None:
    """Check one part of a content."""
    check_holds(part, ("type",), param)
    kind = part["type"]
    check_choice(kind, kinds, f"{param}.type")
    check_holds(part, (kind,), param)
    check_type(part[kind], str if kind in ("text", "refusal") else dict, f"{param}.{kind}")
    if kind == "image_url" and not str(part[kind].get("url", "")).startswith(("http", "data:")):
        raise bad_request(
            f"Invalid '{param}.image_url.url': expected a URL or a data URL, but got "
            f"{name_of(part[kind].get('url'))}.",
            f"{param}.image_url.url",
            "invalid_value",
        )


def check_order(messages: list[dict[str, Any]]) -> None:
    """Refuse calls without an answer directly after them, and answers without a call."""
    owed: list[str] = []
    for place, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in owed:
                raise stray_answer(place, known=bool(owed))
            owed.remove(message["tool_call_id"])
            continue
        if owed:
            raise unanswered(owed, place)
        owed = [call["id"] for call in message.get("tool_calls") or ()]
    if owed:
        raise unanswered(owed, len(messages) - 1)


def unanswered(ids: list[str], place: int) -> Exception:
    """Refuse calls that nobody answered."""
    return bad_request(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. The following tool_call_ids did not have response messages: "
        + ", ".join(ids),
        f"messages.[{place}].role",
    )


def stray_answer(place: int, *, known: bool) -> Exception:
    """Refuse an answer to a call that was not made directly before."""
    if known:
        return bad_request(
            "Invalid parameter: 'tool_call_id' of the message does not match any "
            "'tool_calls' of the previous message.",
            f"messages.[{place}].tool_call_id",
        )
    return bad_request(
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message "
        "with 'tool_calls'.",
        f"messages.[{place}].role",
    )
