"""What the playground says at its start, in the terminal and on the page."""

import shlex
import textwrap
from collections.abc import Mapping
from typing import Any

from playground.answers import Answers

REAL_MODEL = (
    "OPENAI_BASE_URL=https://api.openai.com/v1 OPENAI_API_KEY=sk-... "
    "CHAT_MODEL=gpt-6-luna make demo"
)
PLUG_MODEL = (
    "To talk to a real model, start it like this:\n{command}\n"
    "Any OpenAI-compatible server will do, a local one too."
)
PLUG_SLACK = (
    "To connect a real Slack: create an app from manifest.json at https://api.slack.com/apps, copy "
    "its tokens into .env and run `make run`. The README has the five steps."
)

_WIDE = 88  # columns of the terminal that are written to

TROUBLE = """Say one of these to the bot, alone or after a question:

- `be slow`: it takes its time before each word; Stop ends it
- `fail 2 times with 503`: its server is in trouble for a moment, and the bot tries again
- `fail with 429 insufficient_quota`: there is no credit left
- `fail with 401 invalid_api_key`: the key is not known
- `stream 200 words and cut the stream`: the answer breaks off in the middle

Or stop the model's server, or kill the bot in the middle of an answer: started again, it goes on \
with what it was doing."""


def notices(answers: Answers) -> list[dict[str, Any]]:
    """Give what the page must say plainly."""
    model = {
        "title": "The model" if answers.is_real else "Use a real model",
        "text": who(answers),
        "help": model_help(answers, f"```sh\n{REAL_MODEL}\n```"),
        "link": "Use a real Slack" if answers.is_real else "Use a real model or Slack",
    }
    slack = {
        "title": "Use a real Slack",
        "text": "This is a local Slack. Nothing leaves your machine through it.",
        "help": PLUG_SLACK,
    }
    trouble = {
        "title": "Try some trouble",
        "text": "Models and their servers fail now and then. See how the bot takes it.",
        "help": TROUBLE,
        "trouble": True,
    }
    return [model, slack] if answers.is_real else [model, slack, trouble]


def who(answers: Answers) -> str:
    """Say who answers."""
    if answers.is_real:
        return f"Answers come from the model {answers.model} at {answers.base_url}."
    return "Answers come from a rule-based stand-in, not a model."


def model_help(answers: Answers, command: str) -> str:
    """Say how to change who answers, with the command as it is to be shown."""
    if answers.is_real:
        return "Start without OPENAI_BASE_URL to get the rule-based stand-in."
    return PLUG_MODEL.format(command=command)


def banner(page: str, answers: Answers, database: str) -> str:
    """Give the lines for the terminal."""
    file = database.removeprefix("sqlite:///")
    change = model_help(answers, f"\n  {REAL_MODEL}\n")
    lines = (
        f"\nCallboard's playground is at {page}\n",
        f"{who(answers)} {change}\n",
        f"{PLUG_SLACK}\n",
        f"Conversations are kept in {file} until you press Ctrl-C.\n",
    )
    return "\n".join(_wrapped(line) for line in "\n".join(lines).split("\n"))


def _wrapped(line: str) -> str:
    """Break a line for a terminal, but not a command that is to be copied."""
    if line.startswith(" "):
        return f"  {line}"
    return textwrap.fill(line, _WIDE, initial_indent="  ", subsequent_indent="  ")


def by_hand(environment: Mapping[str, str]) -> str:
    """Say how to start a bot for these servers oneself."""
    listed = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    return f"No bot was started. To start one: {listed} python -m bot run"
