"""The page about datasets knows every finding and every option."""

from pathlib import Path

from bot.cli.dataset import dataset
from bot.finetuning.codes import MEANINGS, SEVERITIES

PAGE = (Path(__file__).parents[2] / "docs/datasets.md").read_text()


def test_every_finding_stands_in_the_table():
    for code, severity in SEVERITIES.items():
        assert f"| `{code}` | {severity} | {MEANINGS[code]} |" in PAGE, code


def test_every_option_is_told():
    options = {option for command in dataset.commands.values() for option in command.params}

    for option in options:
        assert option.opts[0] in PAGE or option.param_type_name == "argument", option.name
