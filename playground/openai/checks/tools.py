"""Checks of `tools` and `tool_choice`, and of their older twins `functions`, `function_call`."""

from collections.abc import Collection
from typing import Any

from playground.openai.checks.schemas import fault_of
from playground.openai.checks.shape import (
    Rule,
    anything,
    array,
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
    tools, functions = body.get("tools"), body.get("functions")
    if tools is not None:
        TOOLS(tools, "tools")
    check_chosen(body, "tools", [tool[tool["type"]]["name"] for tool in tools or ()])
    if functions is not None:
        FUNCTIONS(functions, "functions")
    check_chosen(body, "functions", [one["name"] for one in functions or ()])


def check_chosen(body: dict[str, Any], offer: str, names: Collection[str]) -> None:
    """Check the fields that make sense only where something is on offer."""
    one = offered(names, offer)
    old = choice("none", "auto")
    fields: dict[str, Rule] = {"function_call": by_name_or(old, one)}
    if offer == "tools":
        fields = {"tool_choice": tool_choice(one), "parallel_tool_calls": flag}
    for field, rule in fields.items():
        if body.get(field) is not None and not names:
            raise bad_request(
                f"Invalid value for '{field}': '{field}' is only allowed when '{offer}' are "
                "specified.",
                field,
            )
        if body.get(field) is not None:
            rule(body[field], field)


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
