"""Checks of `tools` and `tool_choice`, and of their older twins `functions`, `function_call`."""

from collections.abc import Collection, Mapping
from typing import Any

from playground.openai.checks.schemas import fault_of
from playground.openai.checks.shape import (
    Rule,
    anything,
    array,
    check_object,
    choice,
    flag,
    holding,
    name,
    tagged,
    text,
)
from playground.openai.errors import bad_request

LIMIT = 128
NAMED = holding({"name": anything}, ("name",))
DEFINITION = holding({"name": name, "description": text(1024), "strict": flag}, ("name",))


def definition(value: Any, param: str) -> None:
    """Take name, description and parameters of a function."""
    DEFINITION(value, param)
    schema = value.get("parameters")
    if schema is not None and (fault := fault_of(schema, strict=bool(value.get("strict")))):
        raise bad_request(
            f"Invalid schema for function '{value['name']}': {fault}",
            f"{param}.parameters",
            "invalid_function_parameters",
        )


TOOLS = array(tagged({"function": definition, "custom": definition}), 1, LIMIT)
FUNCTIONS = array(definition, 1, LIMIT)


def check_tools(body: dict[str, Any]) -> None:
    """Check what is offered and what is to be chosen of it, in the new fields and the old."""
    check_object(body, {"tools": TOOLS, "functions": FUNCTIONS}, is_open=True)
    tools = [tool[tool["type"]]["name"] for tool in body.get("tools") or ()]
    functions = [one["name"] for one in body.get("functions") or ()]
    new = {"tool_choice": tool_choice(offered(tools, "tools")), "parallel_tool_calls": flag}
    old = {"function_call": by_name_or(choice("none", "auto"), offered(functions, "functions"))}
    check_only_with(body, new, "tools")
    check_only_with(body, old, "functions")


def check_only_with(body: dict[str, Any], rules: Mapping[str, Rule], offer: str) -> None:
    """Check fields that make sense only where something is on offer."""
    for field in rules:
        if body.get(field) is not None and not body.get(offer):
            raise bad_request(
                f"Invalid value for '{field}': '{field}' is only allowed when '{offer}' are "
                "specified.",
                field,
            )
    check_object(body, rules, is_open=True)


def tool_choice(one: Rule) -> Rule:
    """Take a choice by word, by name or by a list of allowed tools."""
    allowed = holding(
        {
            "mode": choice("auto", "required"),
            "tools": array(holding({"function": one}, ("function",)), 0),
        },
        ("mode", "tools"),
    )
    named = tagged({"function": one, "custom": one, "allowed_tools": allowed})
    return by_name_or(choice("none", "auto", "required"), named)


def by_name_or(word: Rule, named: Rule) -> Rule:
    """Take an object by one rule, and whatever is none by the other."""
    return lambda value, param: (named if isinstance(value, dict) else word)(value, param)


def offered(names: Collection[str], offer: str) -> Rule:
    """Take an object with the name of something that is on offer."""

    def rule(value: Any, param: str) -> None:
        NAMED(value, param)
        field = param.partition(".")[0]
        if value["name"] not in names:
            raise bad_request(
                f"Invalid value for '{field}': tool choice {value['name']} not found in '{offer}' "
                "parameter.",
                field,
            )

    return rule
