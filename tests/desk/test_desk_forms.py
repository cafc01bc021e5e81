"""Forms speak of what can be filled in, not of lines."""

import json

import pytest

from bot.commands import shipped
from bot.desk.errors import NeedsForm
from bot.desk.forms import form

SUBS = [sub for command in shipped.catalogue().commands.values() for sub in command.subs.values()]
LINES = ("--", "in a line of text", "in quotes", "its name has", "newest message", "Ids of")


@pytest.mark.parametrize("sub", SUBS, ids=lambda sub: f"{sub.command} {sub.name}")
def test_a_forms_hints_speak_of_no_line(sub):
    shown = form(sub, NeedsForm("A form"), {})

    hints = json.dumps([block["hint"]["text"] for block in shown["blocks"] if "hint" in block])
    assert not [words for words in LINES if words in hints]
