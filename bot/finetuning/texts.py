"""What an example says: its texts, for comparing, counting and moderating."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.finetuning.jsontext import dump, same

Message = Mapping[str, Any]

_SIMPLE = {"role", "content"}
_SPEAKERS = ("system", "user", "assistant")


def is_simple(message: Any) -> bool:
    """Tell whether a message is but a text of a well-known role, as nearly all are."""
    return (
        isinstance(message, dict)
        and message.keys() == _SIMPLE
        and isinstance(message["content"], str)
        and message["role"] in _SPEAKERS
    )


def messages(example: Mapping[str, Any]) -> Iterator[Message]:
    """Go through all messages of an example, whatever its format."""
    if "messages" in example:
        yield from example["messages"]
        return
    if "completion" in example:
        yield {"role": "user", "content": example["prompt"]}
        yield {"role": "assistant", "content": example["completion"]}
        return
    yield from example["input"]["messages"]
    yield from example["preferred_output"]
    yield from example["non_preferred_output"]


def identity(example: Mapping[str, Any]) -> int:
    """Return a number that equal examples share, whatever the order of their fields."""
    if len(example) == 1 and all(map(is_simple, example["messages"])):
        return hash(tuple([(one["role"], one["content"]) for one in example["messages"]]))
    return same(example)


def said(message: Message) -> str:
    """Return what a message says: its text, else its parts or calls as JSON."""
    content = message.get("content")
    if isinstance(content, str) and "tool_calls" not in message:
        return content
    calls = message.get("tool_calls") or message.get("function_call")
    return dump([content, calls] if calls else content)


def plain(example: Mapping[str, Any]) -> str:
    """Return all texts of an example under each other, as a moderator reads them."""
    return "\n".join(filter(None, (text for one in messages(example) for text in _words(one))))


def _words(message: Message) -> Iterator[str]:
    """Go through the words of a message: its text or text parts, and the arguments of its calls."""
    content = message.get("content")
    parts = content if isinstance(content, list) else ()
    yield from (content,) if isinstance(content, str) else ()
    yield from (part.get("text") or part.get("refusal") or "" for part in parts)
    yield message.get("refusal") or ""
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    for call in (*calls, message.get("function_call") or {}):
        yield call.get("arguments") or ""


def pictures(example: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses of all pictures of an example."""
    contents = [message.get("content") for message in messages(example)]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return tuple(part["image_url"]["url"] for part in parts if part.get("type") == "image_url")


def asked(example: Mapping[str, Any]) -> str:
    """Return the prompt of an example: all before the last answer, without system messages."""
    if "messages" not in example and "completion" in example:
        return str(example["prompt"])
    holder = example if "messages" in example else example["input"]
    before: Sequence[Message] = holder["messages"]
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
    listed = example["messages"] if "messages" in example else example["preferred_output"]
    return next((said(one) for one in reversed(listed) if one.get("role") == "assistant"), "")
