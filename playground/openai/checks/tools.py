"""Checks of `tools` and `tool_choice`, and of their older twins `functions`, `function_call`."""

from typing import Any

from playground.openai.checks.fields import (
    check_choice,
    check_holds,
    check_items,
    check_length,
    check_name,
    check_type,
)
from playground.openai.checks.schemas import fault_of
from playground.openai.errors import ApiError, bad_request

LIMIT = 128
DESCRIPTION_LIMIT = 1024


def check_tools(body: dict[str, Any]) -> None:
    """Check what is offered and what is to be chosen of it."""
    names = []
    if body.get("tools") is not None:
        check_items(body["tools"], 1, LIMIT, "tools")
        names = [check_tool(tool, f"tools[{n}]") for n, tool in enumerate(body["tools"])]
    for field in ("tool_choice", "parallel_tool_calls"):
        if body.get(field) is not None and not names:
            raise only_with(field, "tools")
    if body.get("tool_choice") is not None:
        check_tool_choice(body["tool_choice"], names)
    if body.get("parallel_tool_calls") is not None:
        check_type(body["parallel_tool_calls"], bool, "parallel_tool_calls")
    check_functions(body)


def check_functions(body: dict[str, Any]) -> None:
    """Check the deprecated fields."""
    names = []
    if body.get("functions") is not None:
        check_items(body["functions"], 1, LIMIT, "functions")
        listed = enumerate(body["functions"])
        names = [check_definition(entry, f"functions[{n}]") for n, entry in listed]
    choice = body.get("function_call")
    if choice is None:
        return
    if not names:
        raise only_with("function_call", "functions")
    if isinstance(choice, dict):
        check_chosen(choice, names, "function_call")
    else:
        check_choice(choice, ("none", "auto"), "function_call")


def only_with(field: str, other: str) -> ApiError:
    """Refuse a field that makes no sense alone."""
    return bad_request(
        f"Invalid value for '{field}': '{field}' is only allowed when '{other}' are specified.",
        field,
    )


def check_tool(tool: Any, param: str) -> str:
    """Check one offered tool and give its name."""
    check_holds(tool, ("type",), param)
    check_choice(tool["type"], ("function", "custom"), f"{param}.type")
    kind = tool["type"]
    check_holds(tool, (kind,), param)
    return check_definition(tool[kind], f"{param}.{kind}")


def check_definition(definition: Any, param: str) -> str:
    """Check name, description and parameters of a function."""
    check_holds(definition, ("name",), param)
    check_name(definition["name"], f"{param}.name")
    if definition.get("description") is not None:
        check_type(definition["description"], str, f"{param}.description")
        check_length(definition["description"], DESCRIPTION_LIMIT, f"{param}.description")
    if definition.get("strict") is not None:
        check_type(definition["strict"], bool, f"{param}.strict")
    strict = bool(definition.get("strict"))
    schema = definition.get("parameters")
    if schema is not None and (fault := fault_of(schema, strict=strict)):
        raise bad_request(
            f"Invalid schema for function '{definition['name']}': {fault}",
            f"{param}.parameters",
            "invalid_function_parameters",
        )
    return str(definition["name"])


def check_tool_choice(choice: Any, names: list[str]) -> None:
    """Check a choice by word, by name or by a list of allowed tools."""
    if not isinstance(choice, dict):
        check_choice(choice, ("none", "auto", "required"), "tool_choice")
        return
    kind: Any = choice.get("type")
    check_choice(kind, ("function", "custom", "allowed_tools"), "tool_choice.type")
    check_holds(choice, (kind,), "tool_choice")
    if kind == "allowed_tools":
        allowed = choice[kind]
        check_holds(allowed, ("mode", "tools"), "tool_choice.allowed_tools")
        check_choice(allowed["mode"], ("auto", "required"), "tool_choice.allowed_tools.mode")
        inside = "tool_choice.allowed_tools.tools"
        check_type(allowed["tools"], list, inside)
        for place, entry in enumerate(allowed["tools"]):
            check_holds(entry, ("function",), f"{inside}[{place}]")
            check_chosen(entry["function"], names, f"{inside}[{place}].function")
        return
    check_chosen(choice[kind], names, f"tool_choice.{kind}")


def check_chosen(choice: Any, names: list[str], param: str) -> None:
    """Check that a named function is on offer."""
    check_holds(choice, ("name",), param)
    if choice["name"] not in names:
        field = param.partition(".")[0]
        offer = "functions" if field == "function_call" else "tools"
        raise bad_request(
            f"Invalid value for '{field}': tool choice {choice['name']} not found in '{offer}' "
            "parameter.",
            field,
        )
