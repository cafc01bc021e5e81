"""Checks of `response_format`: the form that an answer is to have."""

from typing import Any

from playground.openai.checks.schemas import fault_of
from playground.openai.checks.shape import anything, check_object, choice, flag, name, nested, text
from playground.openai.errors import bad_request, missing

SCHEMA = {"name": name, "description": text(), "schema": anything, "strict": flag}
FORMAT = {
    "type": choice("text", "json_object", "json_schema"),
    "json_schema": nested(SCHEMA, ("name",)),
}


def answer_format(value: Any, param: str) -> None:
    """Take a kind of answer, with the schema that one kind has."""
    check_object(value, FORMAT, ("type",), param)
    if value["type"] != "json_schema":
        return
    if value.get("json_schema") is None:
        raise missing(f"{param}.json_schema")
    form = value["json_schema"]
    if fault := fault_of(form.get("schema", {"type": "object"}), strict=bool(form.get("strict"))):
        raise bad_request(f"Invalid schema for response_format '{form['name']}': {fault}", param)


def check_mention(body: dict[str, Any]) -> None:
    """Refuse to answer in JSON where no message speaks of it."""
    form = body.get("response_format") or {}
    if form.get("type") == "json_object" and "json" not in str(body["messages"]).lower():
        raise bad_request(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of "
            "type 'json_object'.",
            "messages",
        )
