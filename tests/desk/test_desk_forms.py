"""Forms speak of what can be filled in, not of lines."""

import json

import pytest

from bot.commands import shipped
from bot.desk.errors import NeedsForm
from bot.desk.forms import faults, form

SUBS = [sub for command in shipped.catalogue().commands.values() for sub in command.subs.values()]
LINES = ("--", "in a line of text", "in quotes", "its name has", "newest message", "Ids of")


@pytest.mark.parametrize("sub", SUBS, ids=lambda sub: f"{sub.command} {sub.name}")
def test_a_forms_hints_speak_of_no_line(sub):
    shown = form(sub, NeedsForm("A form"), {})

    hints = json.dumps([block["hint"]["text"] for block in shown["blocks"] if "hint" in block])
    assert not [words for words in LINES if words in hints]


def test_an_object_stands_in_a_form_in_as_many_lines_as_its_input_has():
    sub = next(one for one in SUBS if one.name == "grader run")
    initial = {"grader": {"type": "string_check"}, "item": {"answer": "Paris", "more": 1}}

    shown = form(sub, NeedsForm("A form", initial=initial), {})

    inputs = {block["block_id"]: block["element"] for block in shown["blocks"]}
    assert inputs["grader"]["initial_value"] == '{\n  "type": "string_check"\n}'
    assert inputs["item"]["initial_value"] == '{"answer": "Paris", "more": 1}'


def test_what_is_longer_than_an_input_takes_does_not_keep_a_form_from_opening():
    sub = next(one for one in SUBS if (one.command, one.name) == ("models", "test"))

    shown = form(sub, NeedsForm("A form", initial={"prompt": "x" * 3001, "system": "y"}), {})

    inputs = {block["block_id"]: block["element"] for block in shown["blocks"]}
    assert "initial_value" not in inputs["prompt"]
    assert inputs["system"]["initial_value"] == "y"


def test_a_menu_of_people_begins_with_people_alone():
    sub = next(one for one in SUBS if (one.command, one.name) == ("functions", "add"))
    initial = {"people": ["U0ANN", "S0GROUP", "@ben"], "channels": ["C0HELP", "general"]}

    shown = form(sub, NeedsForm("A form", initial=initial), {})

    inputs = {block["block_id"]: block["element"] for block in shown["blocks"]}
    assert inputs["people"]["initial_users"] == ["U0ANN"]
    assert inputs["channels"]["initial_conversations"] == ["C0HELP"]


def test_what_is_wrong_with_an_input_is_told_as_it_was_written():
    sub = next(one for one in SUBS if (one.command, one.name) == ("files", "list"))

    told = faults(sub, {"older_than": "<soon>"})

    assert told["older_than"].endswith("not <soon>.")
