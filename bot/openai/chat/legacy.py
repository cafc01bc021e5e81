"""Speak `functions` and `function_call` to servers that never learned `tools`. Pure.

Callers write requests with tools; this turns them, history included, into the older form. The way
back needs nothing here: `assembly` reads a `function_call` as a tool call.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from bot.openai.chat.request import TOOLS


def to_functions(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request in the older form; tools that are no functions are left out."""
    older = {name: value for name, value in body.items() if name not in TOOLS}
    functions = [_definition(tool) for tool in body.get("tools") or () if "function" in tool]
    allowed, choice = _choice(body.get("tool_choice"), functions)
    if functions := [f for f in functions if allowed is None or f["name"] in allowed]:
        older["functions"] = functions
        if choice is not None:
            older["function_call"] = choice
    older["messages"] = list(_history(body["messages"]))
    return older


def _definition(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = {name: value for name, value in tool["function"].items() if name != "strict"}
    function.setdefault("parameters", {"type": "object", "properties": {}})
    return function


def _choice(
    choice: Any, functions: Sequence[Mapping[str, Any]]
) -> tuple[set[str] | None, str | dict[str, str] | None]:
    """Return which functions stay on offer (None: all) and the older word for the choice."""
    if choice == "required":
        # There is no such word: name the only function, or hope.
        return None, {"name": functions[0]["name"]} if len(functions) == 1 else "auto"
    if not isinstance(choice, Mapping):
        return None, choice
    if choice.get("type") == "allowed_tools":
        tools = choice["allowed_tools"]["tools"]
        return {tool["function"]["name"] for tool in tools if "function" in tool}, "auto"
    function = choice.get("function")
    return None, {"name": function["name"]} if function else "auto"


def _history(messages: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for place, message in enumerate(messages):
        if message.get("tool_calls"):
            after = takewhile(lambda m: m.get("role") == "tool", messages[place + 1 :])
            yield from _pairs(message, {result["tool_call_id"]: result for result in after})
        elif message.get("role") != "tool":
            yield dict(message)


def _pairs(
    message: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Turn one message with several calls into as many messages, each followed by its result."""
    content = message.get("content")
    kept = {name: value for name, value in message.items() if name != "tool_calls"}
    for call in message["tool_calls"]:
        function = call.get("function") or {
            "name": call["custom"]["name"],
            "arguments": call["custom"]["input"],
        }
        named = {"name": function["name"], "arguments": function["arguments"]}
        yield kept | {"content": content, "function_call": named}
        content = None
        if result := results.get(call["id"]):
            text = _text(result.get("content"))
            yield {"role": "function", "name": function["name"], "content": text}


def _text(content: Any) -> str:
    if isinstance(content, str) or content is None:
        return content or ""
    return "\n".join(part.get("text", "") for part in content)
