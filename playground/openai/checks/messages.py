"""Checks of `messages`: roles, contents, and every tool call answered directly after it."""

from typing import Any

from playground.openai.checks.shape import (
    NAMES,
    Rule,
    anything,
    array,
    check_object,
    choice,
    holding,
    invalid,
    name,
    no_match,
    tagged,
    text,
    wrong_type,
)
from playground.openai.errors import bad_request, missing

FUNCTION = holding({"name": name, "arguments": text()}, ("name", "arguments"))
KINDS = tagged({"function": FUNCTION, "custom": anything})
CALL_ID = holding({"id": text(40)}, ("id", "type"))


def call(value: Any, param: str) -> None:
    """Take a call that the model is said to have made."""
    CALL_ID(value, param)
    KINDS(value, param)


def picture(value: Any, param: str) -> None:
    """Take a picture by its address."""
    holding({})(value, param)
    url = value.get("url")
    if not str(url or "").startswith(("http", "data:")):
        said = f"expected a URL or a data URL, but got {NAMES[type(url)]}."
        raise invalid(f"{param}.url", said)


def speaker(value: Any, param: str) -> None:
    """Take who is said to speak."""
    text(64)(value, param)
    if not value or any(sign in value for sign in " \t\n<|\\/>"):
        raise no_match(param, "^[^\\s<|\\\\/>]+$")


WORDS = text()
PARTS = {
    "user": tagged(
        {"text": WORDS, "image_url": picture, "input_audio": holding({}), "file": holding({})}
    ),
    "assistant": tagged({"text": WORDS, "refusal": WORDS}),
}
PLAIN_PARTS = tagged({"text": WORDS})
ASKED: dict[str, Rule] = {"tool_calls": array(call, 1, 128), "function_call": FUNCTION}
ROLES: dict[str, Rule] = {
    "system": holding({"name": speaker}),
    "assistant": holding({"name": speaker, **ASKED}),
    "user": holding({"name": speaker}),
    "function": holding({"name": name}, ("name",)),
    "tool": holding({"name": speaker, "tool_call_id": text()}, ("tool_call_id",)),
    "developer": holding({"name": speaker}),
}
ROLE = choice(*ROLES)


def message(value: Any, param: str) -> None:
    """Take one message by itself."""
    check_object(value, {"role": ROLE}, ("role",), param, is_open=True)
    role = value["role"]
    ROLES[role](value, param)
    check_content(value, role, param)


def check_messages(messages: Any) -> None:
    """Refuse a list of messages that OpenAI would refuse."""
    array(message)(messages, "messages")
    check_order(messages)


def check_content(message: dict[str, Any], role: str, param: str) -> None:
    """Check what a message says; only an assistant that calls may say nothing."""
    content = message.get("content")
    if isinstance(content, str):
        return
    if content is None:
        others = ("tool_calls", "function_call", "refusal", "audio")
        if role == "assistant" and any(message.get(one) for one in others):
            return
        if role != "assistant" and "content" not in message:
            raise missing(f"{param}.content")
        said = "Invalid value for 'content': expected a string, got null."
        raise bad_request(said, f"messages.[{param[9:-1]}].content")
    if not isinstance(content, list):
        raise wrong_type(f"{param}.content", "one of a string or array of objects", content)
    array(PARTS.get(role, PLAIN_PARTS))(content, f"{param}.content")


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
