"""The command line for functions: what an author sees without Slack and without a model."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main

TEXT = '''
from functions import Context, File, FunctionError, function

@function(effect="read")
async def greet(name: str, context: Context) -> str:
    """Greet somebody."""
    await context.progress("greeting")
    return f"Hello {name}, {context.secret('greeting')}"

@function(who="admins", approve="always", dry_run=True)
def launch(context: Context) -> list[File]:
    """Launch.

    Nothing else.
    """
    return "would launch" if context.dry_run else [File("a.txt", b"up")]

@function(effect="read")
async def choose(context: Context) -> str:
    """Choose."""
    return await context.ask("Which colour?", ["red", "blue"])

@function(effect="read")
def fail(context: Context) -> str:
    """Fail."""
    raise RuntimeError("broken in line " + context.secret("greeting"))
'''

HANG = """
import asyncio, time
from functions import function

@function(effect="read", timeout=0.1)
async def hang():
    await asyncio.to_thread(time.sleep, 60)
"""

HASTY = """
from functions import Context, function

@function(effect="read")
async def hasty(context: Context) -> str:
    context.progress("too fast")
    return "done"
"""

LOUD = """
from functions import function

@function(effect="read")
def loud() -> str:
    print("called")
    return "done"
"""

REFUND = """
from functions import Limit, function

@function(approve="always", limit=Limit(per_minute=2, at_once=1))
def refund(sum: int, reason: str = "kindness") -> str:
    return "done"
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/greet.py").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUNCTIONS", str(tmp_path / "ours"))
    monkeypatch.setenv("FUNCTION_SECRET_GREETING", "well met")
    monkeypatch.setattr(logging.root, "handlers", list(logging.root.handlers))
    monkeypatch.setattr(logging.root, "level", logging.root.level)

    def invoke(*words: str, answer: str = "") -> Result:
        return CliRunner().invoke(main, ["functions", *words], input=answer)

    return invoke


@pytest.mark.parametrize("words", [(), ("list",)])
def test_functions_are_listed_with_their_first_line(run, words):
    listed = run(*words)

    assert listed.exit_code == 0
    assert "greet: Greet somebody.\n" in listed.output
    assert "calculate: " in listed.output


@pytest.mark.parametrize("words", [("--json",), ("list", "--json")])
def test_the_list_as_json_is_what_the_model_is_sent(run, words, tmp_path):
    (tmp_path / "ours/loud.py").write_text("print('loading')")

    tools = json.loads(run(*words).stdout)

    assert "greet" in {tool["function"]["name"] for tool in tools}


def test_a_function_is_shown_with_its_rules(run):
    shown = run("show", "launch").stdout

    assert '"name": "launch"' in shown
    assert "who: admins\n" in shown
    assert "approve: always, by requester\n" in shown


def test_files_that_a_call_returns_are_saved_where_wanted(run, tmp_path):
    run("call", "launch", "--admin", "--yes", "--save", str(tmp_path))

    assert (tmp_path / "a.txt").read_bytes() == b"up"


def test_a_file_is_checked_alone(run, tmp_path):
    (tmp_path / "ours/other.py").write_text("broken(")

    checked = run("check", str(tmp_path / "ours/greet.py"))

    assert checked.exit_code == 0
    assert "4 loaded: choose, fail, greet, launch\n" in checked.stdout


def test_check_tells_of_a_file_that_offers_nothing(run, tmp_path):
    (tmp_path / "ours/bare.py").write_text("def forgotten(): ...")

    assert "bare.py: it offers nothing; @function on" in run("check", str(tmp_path / "ours")).stdout


def test_a_name_that_is_not_there_is_told(run):
    assert "There is no function grete" in run("show", "grete").output


def test_a_function_is_called_as_the_model_would(run):
    called = run("call", "greet", '{"name": "Ann"}')

    assert called.exit_code == 0
    assert called.stdout == "Hello Ann, [secret]\n"
    assert "... greeting" in called.stderr


def called_apart(name: str) -> subprocess.CompletedProcess[str]:
    """Call a function in a process of its own, as at a terminal."""
    return subprocess.run(
        (sys.executable, "-m", "bot", "functions", "call", name),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_function_that_never_ends_does_not_hold_the_terminal(run, tmp_path):
    (tmp_path / "ours/hang.py").write_text(HANG)

    ended = called_apart("hang")

    assert ended.stdout == "hang did not answer within 0.1 seconds.\n"
    assert (ended.returncode, ended.stderr) == (1, "timed out\n")


def test_a_python_that_leaves_out_what_describes_functions_is_refused():
    ended = subprocess.run(
        (sys.executable, "-OO", "-m", "bot", "functions", "list"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "leaves out docstrings" in ended.stderr


def test_wrong_arguments_are_told_and_fail(run):
    called = run("call", "greet", "{}")

    assert called.exit_code == 1
    assert "name is required" in called.stdout


def test_who_may_call_counts_here_too(run):
    assert "only admins" in run("call", "launch").stdout


def test_what_must_be_approved_is_asked_at_the_terminal(run):
    assert "did not approve" in run("call", "launch", "--admin", answer="n\n").stdout
    approved = run("call", "launch", "--admin", answer="y\n")
    assert "file: a.txt, text/plain, 2 bytes" in approved.stderr
    assert run("call", "launch", "--admin", "--yes").exit_code == 0


def test_where_nobody_sits_at_the_terminal_nothing_is_approved(run):
    unattended = run("call", "launch", "--admin", answer="")

    assert unattended.exit_code == 1
    assert "was not run: you did not approve it" in unattended.stdout
    assert "--yes" in unattended.stderr


def test_a_dry_run_asks_nobody(run):
    assert run("call", "launch", "--admin", "--dry-run").stdout == "would launch\n"


def test_check_tells_what_is_broken_and_what_the_model_is_not_told(run, tmp_path):
    (tmp_path / "ours/bad.py").write_text("import nowhere_at_all")

    checked = run("check", str(tmp_path / "ours"))

    assert checked.exit_code == 1
    assert "greet: the parameter name has no text" in checked.stdout
    assert "4 loaded: choose, fail, greet, launch\n" in checked.stdout
    assert "bad.py: It needs nowhere_at_all" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_check_tells_of_parameters_without_a_type(run, tmp_path):
    loose = "@function(dry_run=True)\ndef loose(context, count: int): ...\n"
    (tmp_path / "ours/loose.py").write_text(f"from functions import function\n\n{loose}")

    checked = run("check", str(tmp_path / "ours")).stdout

    assert "loose: the parameter context has no type, so the model may fill in" in checked
    assert "count has no type" not in checked
    assert "loose: dry_run=True needs a parameter `context: Context`" in checked


def test_a_call_that_is_not_awaited_is_told_at_the_terminal(run, tmp_path):
    (tmp_path / "ours/hasty.py").write_text(HASTY)

    assert "'Context.progress' was never awaited" in called_apart("hasty").stderr


def test_what_a_function_prints_is_no_result(run, tmp_path):
    (tmp_path / "ours/loud.py").write_text(LOUD)

    called = run("call", "loud")

    assert (called.stdout, called.stderr) == ("done\n", "called\n")


def test_what_is_asked_at_the_terminal_tells_the_defaults(run, tmp_path):
    (tmp_path / "ours/refund.py").write_text(REFUND)

    asked = run("call", "refund", '{"sum": 3}', answer="n\n").stderr

    assert 'Run refund with {"sum": 3}, by default {"reason": "kindness"}?' in asked
    assert "limit: 2 a minute, 1 at once\n" in run("show", "refund").stdout


def test_a_function_asks_back_at_the_terminal(run):
    assert run("call", "choose", answer="blue\n").stdout == "blue\n"
    assert "did not answer" in run("call", "choose", answer="").stdout


def test_an_unforeseen_failure_shows_its_author_the_line_without_secrets(run):
    failed = run("call", "fail")

    assert "failed unexpectedly (reference" in failed.stdout
    assert "RuntimeError: broken in line [secret]" in failed.stderr
