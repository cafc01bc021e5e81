"""The house stays in order: sizes, and files that are made from code match the code."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from click import Context
from click.testing import CliRunner

from bot.__main__ import main
from bot.manifest import manifest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "functions", "storage", "playground", "bench", "tests")
MODULES = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]


def test_files_stay_small():
    lines = {file: len(file.read_text().splitlines()) for file in MODULES}

    assert [str(file) for file, count in lines.items() if count > 400] == []


def test_a_set_up_that_was_broken_off_begins_anew(tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).touch()

    make = ["make", "--dry-run", "--directory", tmp_path, "--file", ROOT / "Makefile", "demo"]
    told = subprocess.run(make, capture_output=True, text=True, check=True)

    assert "-m venv .venv" in told.stdout


def test_the_manifest_file_is_the_one_that_the_code_makes():
    assert json.loads((ROOT / "manifest.json").read_text()) == manifest()


def test_the_manifest_command_prints_json():
    printed = CliRunner().invoke(main, ["manifest", "--mode", "http", "--address", "https://a.b"])

    made = json.loads(printed.output)
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://a.b/slack/events"


def test_a_prefix_that_slack_would_not_take_is_refused():
    refused = CliRunner().invoke(main, ["manifest", "--prefix", "Bad Prefix!"])

    assert refused.exit_code == 2
    assert "begins with a letter" in refused.output


@pytest.mark.parametrize("address", ["http://a.b", "a.b", "https://", "https://a.b/?x=1"])
def test_an_address_that_slack_would_not_take_is_refused(address):
    refused = CliRunner().invoke(main, ["manifest", "--address", address])

    assert refused.exit_code == 2
    assert "https:// address" in refused.output


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_the_manifest_keeps_slacks_limits(mode):
    made = manifest(mode)
    about = made["display_information"]
    view = made["features"]["agent_view"]

    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(view["agent_description"]) <= 300
    assert len(view["suggested_prompts"]) <= 4
    assert made["settings"]["socket_mode_enabled"] is (mode == "socket")


def test_every_command_of_the_command_line_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text()

    for name in main.list_commands(Context(main)):
        assert re.search(rf"python -m bot .*\b{name}\b|\| {name}\b", readme), name


def test_the_locks_hold_no_addresses():
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text()


def test_links_in_the_documents_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def the_map() -> dict[str, str]:
    """Return what the map says of each folder itself, without what is in its folders."""
    block = (ROOT / "docs/architecture.md").read_text().split("```")[1]
    said: dict[str, str] = {}
    folders: list[tuple[int, str]] = []
    for line in block.splitlines():
        indent = len(line) - len(line.lstrip())
        while folders and folders[-1][0] >= indent:
            folders.pop()
        if label := re.match(r" *(\w+)/(?: |$)", line):
            folders.append((indent, label[1]))
        path = "/".join(name for _, name in folders)
        said[path] = f"{said.get(path, '')}\n{line}"
    return said


def test_the_map_names_every_room_and_in_these_every_module():
    said = the_map()

    for folder in (ROOT / "bot").iterdir():
        if folder.is_dir() and any(folder.glob("*.py")):
            assert f"bot/{folder.name}" in said
    for room in ("bot", "bot/chat", "bot/desk", "bot/slack", "bot/openai", "functions"):
        for module in (ROOT / room).glob("*.py" if room == "bot" else "**/*.py"):
            name = re.sub(r"_(request|objects)$", "(_\\1)?", module.stem)
            here = said[str(module.parent.relative_to(ROOT))]
            assert name in ("__init__", "file") or re.search(rf"\b{name}\b", here), module
