"""Log lines: one line each, with context, without secrets."""

import json
import logging
import subprocess
import sys
from urllib.parse import quote

import pytest

from bot import logs


def record(event: str, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("bot.test", logging.INFO, __file__, 1, event, (), None)
    made.__dict__.update(fields)
    return made


def test_fields_and_context_follow_the_event():
    with logs.bind(event_id="E1"):
        line = logs.Formatter("text").format(record("answer_failed", tries=2))

    assert line.endswith("info    answer_failed event_id=E1 tries=2")


def test_json_lines_parse():
    line = json.loads(logs.Formatter("json").format(record("ready", port=3000)))

    assert (line["event"], line["port"], line["level"]) == ("ready", 3000, "info")


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(
    "secret", ["xoxb-12345-abcdef", "xapp-1-A-b-c123", "sk-proj-abc123def", "my own secret"]
)
def test_secrets_are_struck_out(style, secret):
    formatter = logs.Formatter(style, secrets=("my own secret",))

    assert secret not in formatter.format(record("x", reason=f"bad token {secret}!"))


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("secret", ['pä"ss\\word', "--BEGIN--\nline one\nline two\n", "a b/c+d"])
def test_secrets_are_struck_out_however_they_are_written(style, secret):
    formatter = logs.Formatter(style, secrets=(secret,))

    line = formatter.format(record("x", reason=f"{secret} {quote(secret, safe='')}"))

    struck = json.loads(line)["reason"] if style == "json" else line
    assert not any(part in struck for part in ("pä", "p%C3", "line", "b/c", "b%2Fc"))


def test_secrets_in_a_traceback_are_struck_out():
    made = record("x")
    try:
        raise ValueError("Authorization: Bearer abc.def.ghi")
    except ValueError as error:
        made.exc_info = (type(error), error, error.__traceback__)

    assert "abc.def" not in logs.Formatter("text").format(made)


@pytest.mark.parametrize("whose", ["bot:hunter2", "ghp_hunter2", ":hunter2"])
def test_so_is_the_password_in_an_address(whose):
    line = logs.Formatter("text").format(record("x", reason=f"no postgres://{whose}@db:5432/bot"))

    assert "hunter2" not in line
    assert "postgres://[secret]@db:5432/bot" in line


def test_a_huge_error_is_cut_and_leaves_no_half_of_a_secret():
    secret = "my own secret " * 10
    formatter = logs.Formatter("text", secrets=(secret,))
    made = record("x")
    try:
        raise ValueError(secret * 100_000)
    except ValueError as error:
        made.exc_info = (ValueError, error, error.__traceback__)

    line = formatter.format(made)

    assert len(line) < 30_000
    assert "my own" not in line
    assert "characters left out" in line


def test_hostile_text_stays_on_one_line():
    line = logs.Formatter("text").format(record("x", reason="a\nfake line\x1b[31m\u2028b"))

    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


THREAD = "threading.Thread(target=fail).start()"
DELETED = "type('Gone', (), {'__del__': fail})()"
LINE = "logging.info('%s %s', 'my own secret')"


@pytest.mark.parametrize(
    ("failing", "event"),
    [
        (THREAD, "thread_failed"),
        (DELETED, "failure_not_raised"),
        (LINE, "line_not_written"),
        ("fail()", "process_failed"),
        ("warnings.warn('of my own secret')", "UserWarning: of [secret]"),
    ],
)
def test_what_python_would_write_itself_becomes_a_line_without_secrets(failing, event):
    script = f"""
import logging, threading, warnings
from bot import logs

def fail(*_):
    raise ValueError("my own secret")

logs.setup("INFO", "text", ("my own secret",))
{failing}
"""

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert event in ran.stderr
    assert "my own secret" not in ran.stderr
