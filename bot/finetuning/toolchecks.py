"""Checks of tools, tool calls and their answers in an example."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.finetuning.findings import Problem
from bot.finetuning.jsontext import Broken, decoder, parse

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_TOOLS = 128


def tools(value: Any, field: str) -> Iterator[Problem]:
    """Check a list of declared tools."""
    if not isinstance(value, list):
        yield Problem("wrong_tools", field, "not a list.", "write a list of tools.")
        return
    if len(value) > _MOST_TOOLS:
        text = f"{len(value)} tools; the service takes {_MOST_TOOLS}."
        yield Problem("wrong_tools", field, text, "declare fewer.")
    seen: set[str] = set()
    for at, tool in enumerate(value):
        yield from _tool(tool, f"{field}[{at}]", seen)


def _tool(tool: Any, path: str, seen: set[str]) -> Iterator[Problem]:
    function = tool.get("function", tool) if isinstance(tool, dict) else None
    wrapped = path.startswith("functions") or (
        isinstance(tool, dict) and tool.get("type") == "function"
    )
    if not isinstance(function, dict) or not wrapped:
        fix = 'write {"type": "function", "function": {"name": ..., "parameters": ...}}.'
        yield Problem("wrong_tools", path, "not a function tool.", fix)
        return
    name = function.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        fix = "use 1 to 64 letters, digits, _ or -."
        yield Problem("wrong_tools", f"{path}.name", f"{name!r} is no name.", fix)
    elif name in seen:
        yield Problem("wrong_tools", f"{path}.name", f"{name!r} is there twice.", "rename one.")
    else:
        seen.add(name)
    if not isinstance(function.get("parameters", {}), dict):
        fix = "write a JSON Schema object, or leave it out for none."
        yield Problem("wrong_tools", f"{path}.parameters", "not an object.", fix)


def declared(example: Mapping[str, Any]) -> set[str]:
    """Return the names of the declared tools."""
    names = set()
    for field in ("tools", "functions"):
        found = example.get(field)
        for tool in found if isinstance(found, list) else ():
            function = tool.get("function", tool) if isinstance(tool, dict) else {}
            if isinstance(function, dict) and isinstance(function.get("name"), str):
                names.add(function["name"])
    return names


def calls(message: Mapping[str, Any], path: str, known: set[str]) -> Iterator[Problem]:
    """Check the tool calls of an answer."""
    if "function_call" in message:
        yield from _function(message["function_call"], f"{path}.function_call", known)
    if "tool_calls" not in message:
        return
    found = message["tool_calls"]
    if not isinstance(found, list) or not found:
        fix = "write the calls, or leave the field out."
        yield Problem("broken_call", f"{path}.tool_calls", "not a list of calls.", fix)
        return
    seen: set[str] = set()
    for at, call in enumerate(found):
        yield from _call(call, f"{path}.tool_calls[{at}]", known, seen)


def _call(call: Any, path: str, known: set[str], seen: set[str]) -> Iterator[Problem]:
    if not isinstance(call, dict):
        yield Problem("broken_call", path, "not an object.", "write id, type and function.")
        return
    identity = call.get("id")
    if not isinstance(identity, str) or not identity:
        fix = "give it an id that its answer repeats as tool_call_id."
        yield Problem("broken_call", f"{path}.id", "the call has no id.", fix)
    elif identity in seen:
        fix = "give every call an id of its own."
        yield Problem("broken_call", f"{path}.id", f"{identity!r} is there twice.", fix)
    else:
        seen.add(identity)
    if call.get("type") != "function":
        fix = 'write "type": "function".'
        yield Problem("broken_call", f"{path}.type", f"{call.get('type')!r} is no type.", fix)
    yield from _function(call.get("function"), f"{path}.function", known)


def _function(function: Any, path: str, known: set[str]) -> Iterator[Problem]:
    if not isinstance(function, dict):
        yield Problem("broken_call", path, "no function.", "write its name and arguments.")
        return
    name, arguments = function.get("name"), function.get("arguments")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        fix = "use 1 to 64 letters, digits, _ or -."
        yield Problem("broken_call", f"{path}.name", f"{name!r} is no name.", fix)
    elif name not in known:
        text = f"{name!r} is not among the example's tools."
        yield Problem("unknown_tool", f"{path}.name", text, "declare it in tools.")
    if not isinstance(arguments, str):
        fix = 'write the JSON of the arguments as a text, such as "{}".'
        yield Problem("broken_call", f"{path}.arguments", "not a text.", fix)
        return
    value = parse(arguments, decoder())
    if isinstance(value, Broken):
        yield Problem("broken_call", f"{path}.arguments", value.text, value.fix)
    elif not isinstance(value, dict):
        yield Problem("broken_call", f"{path}.arguments", "no JSON object.", "write an object.")


def answered(messages: Sequence[Any], path: str) -> Iterator[Problem]:
    """Check that every call is answered directly after it; the last message may ask unanswered."""
    open_ids: dict[str, str] = {}
    for at, message in enumerate(messages):
        here = f"{path}[{at}]"
        role = message.get("role") if isinstance(message, dict) else None
        if role == "tool":
            if open_ids.pop(str(message.get("tool_call_id")), None) is None:
                text = f"{message.get('tool_call_id')!r} answers no call before it."
                fix = "repeat the id of a call of the answer directly before."
                yield Problem("unanswered_call", f"{here}.tool_call_id", text, fix)
            continue
        yield from _unanswered(open_ids)
        open_ids = _asked(message, here) if role == "assistant" else {}
    if open_ids and messages[-1].get("role") != "assistant":
        yield from _unanswered(open_ids)


def _asked(message: Mapping[str, Any], path: str) -> dict[str, str]:
    found = message.get("tool_calls")
    calls = found if isinstance(found, list) else []
    return {
        str(call.get("id")): f"{path}.tool_calls[{at}]"
        for at, call in enumerate(calls)
        if isinstance(call, dict)
    }


def _unanswered(open_ids: Mapping[str, str]) -> Iterator[Problem]:
    for identity, path in open_ids.items():
        fix = "put a message of role tool with this tool_call_id directly after."
        yield Problem("unanswered_call", path, f"the call {identity!r} is not answered.", fix)


def returned(messages: Sequence[Any], path: str) -> Iterator[Problem]:
    """Check that every message of role function answers the function call directly before it."""
    called: object = None
    for at, message in enumerate(messages):
        held = message if isinstance(message, dict) else {}
        here = f"{path}[{at}]"
        if held.get("role") == "function" and held.get("name") != called:
            text = f"{held.get('name')!r} answers no function call directly before it."
            fix = "put it after the answer whose function_call names it."
            yield Problem("unanswered_call", f"{here}.name", text, fix)
        elif called is not None and held.get("role") != "function":
            fix = "put a message of role function with this name directly after."
            text = f"the call of {called!r} is not answered."
            yield Problem("unanswered_call", f"{path}[{at - 1}].function_call", text, fix)
        call = held.get("function_call") if held.get("role") == "assistant" else None
        called = call.get("name") if isinstance(call, dict) else None
