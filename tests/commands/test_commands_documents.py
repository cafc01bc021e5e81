"""Manifest and reference are made from the commands, and keep Slack's limits."""

from pathlib import Path

import pytest

from bot.commands import shipped
from bot.commands.documented import page, shortcuts, slash_commands
from bot.desk.catalogue import Catalogue
from bot.desk.reading import read

CATALOGUE: Catalogue = shipped.catalogue()
SUBS = [sub for command in CATALOGUE.commands.values() for sub in command.subs.values()]


def test_the_reference_is_the_one_that_the_code_makes():
    written = Path("docs/commands.md").read_text().partition("-->\n\n")[2]

    assert written == page()


@pytest.mark.parametrize("entry", slash_commands("workspace"), ids=lambda one: one["command"])
def test_slash_commands_keep_slacks_limits(entry):
    assert entry["command"].startswith("/workspace")
    assert len(entry["command"]) <= 32
    assert len(entry["description"]) <= 2000
    assert len(entry["usage_hint"]) <= 1000
    assert entry["should_escape"] is True
    assert "url" not in entry


def test_in_http_mode_slash_commands_have_an_address():
    entries = slash_commands("ai", "https://bot.example/slack/events")

    assert {entry["url"] for entry in entries} == {"https://bot.example/slack/events"}


def test_shortcuts_keep_slacks_limits():
    made = shortcuts()

    assert len(made) <= 10
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in made)


@pytest.mark.parametrize("sub", SUBS, ids=lambda one: f"{one.command} {one.name}")
def test_every_sub_command_is_documented_and_its_examples_are_read(sub):
    assert sub.summary.endswith((".", "?"))
    assert all(one.description.endswith(".") for one in sub.parameters)
    assert sub.examples
    for example in sub.examples:
        found, rest = CATALOGUE.find(f"{sub.command} {example}")
        assert found is sub
        read(sub, rest)
