"""Questions to the stand-in, and the functions that it may call."""

import json
from typing import Any

from playground.openai.answer import Answer
from playground.openai.standin.answering import StandIn


def tool(name: str, description: str, needed: tuple[str, ...] = (), /, **properties: Any) -> Any:
    schema = {"type": "object", "properties": properties, "required": list(needed)}
    function = {"name": name, "description": description, "parameters": schema}
    return {"type": "function", "function": function}


TEXT = {"type": "string"}
DATE = {"type": "string", "format": "date"}
TOOLS = [
    tool("current_time", "Tell the date and time.", zone={"anyOf": [TEXT, {"type": "null"}]}),
    tool("calculate", "Do arithmetic exactly.", ("expression",), expression=TEXT),
    tool("search_messages", "Search earlier messages.", ("query",), query=TEXT),
    tool("find_user", "Find who a Slack user is.", ("name",), name=TEXT),
    tool(
        "set_light",
        "Switch a light.",
        ("room", "level"),
        room={"enum": ["kitchen", "living_room"]},
        level={"type": "integer"},
        blinking={"type": "boolean"},
    ),
    tool("roll_dice", "Roll dice.", sides={"type": "integer"}, count={"type": "integer"}),
    tool("working_days", "Count days.", ("start", "end"), start=DATE, end=DATE),
    tool("ticket_state", "Tell the state of a support ticket.", ("ticket",), ticket=TEXT),
]


def ask(*texts: str, more: list[Any] | None = None, **fields: Any) -> Answer:
    messages: list[Any] = []
    for text in texts[:-1]:
        messages += [{"role": "user", "content": text}, {"role": "assistant", "content": "Fine."}]
    messages += [{"role": "user", "content": texts[-1]}, *(more or [])]
    return StandIn().respond({"messages": messages, "tools": TOOLS, **fields})


def calls(answer: Answer) -> list[Any]:
    return [(call.name, json.loads(call.text)) for call in answer.calls]
