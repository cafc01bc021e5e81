"""What an example says: its texts, for comparing, counting and moderating."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.finetuning.jsontext import dump

Message = Mapping[str, Any]


def messages(example: Mapping[str, Any]) -> Iterator[Message]:
    """Go through all messages of an example, whatever its format."""
    yield from example.get("messages") or ()
    yield from (example.get("input") or {}).get("messages") or ()
    yield from example.get("preferred_output") or ()
    yield from example.get("non_preferred_output") or ()


def said(message: Message) -> str:
    """Return what a message says: its text, else its parts or calls as JSON."""
    content = message.get("content")
    if isinstance(content, str) and "tool_calls" not in message:
        return content
    calls = message.get("tool_calls") or message.get("function_call")
    return dump([content, calls] if calls else content)


def plain(example: Mapping[str, Any]) -> str:
    """Return all texts of an example under each other, as a moderator reads them."""
    if "messages" not in example and "completion" in example:
        return f"{example['prompt']}\n{example['completion']}"
    return "\n".join(said(message) for message in messages(example))


def asked(example: Mapping[str, Any]) -> str:
    """Return the prompt of an example: all before the last answer, without system messages."""
    if "messages" not in example and "completion" in example:
        return str(example["prompt"])
    before: Sequence[Message] = example.get("messages") or ()
    if not before and "input" in example:
        before = example["input"]["messages"]
    last = _last_answer(before)
    return "\n".join(said(one) for one in before[:last] if one.get("role") != "system")


def _last_answer(listed: Sequence[Message]) -> int:
    """Return the position of the last answer, or the end if there is none."""
    for at in range(len(listed) - 1, -1, -1):
        if listed[at].get("role") == "assistant":
            return at
    return len(listed)


def answer(example: Mapping[str, Any]) -> str:
    """Return the answer to learn."""
    if "messages" not in example and "completion" in example:
        return str(example["completion"])
    listed = example.get("messages") or example.get("preferred_output") or ()
    return next((said(one) for one in reversed(listed) if one.get("role") == "assistant"), "")
