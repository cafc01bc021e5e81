"""Find your way, and ask for pictures, transcripts, speech, edits, summaries and vectors.

Here: help, how the bot is doing, what its servers can do, and who did what.
"""

import asyncio
import re

from bot.commands.pricing import tokens
from bot.desk.advice import of_account
from bot.desk.command import Command
from bot.desk.parameters import Age, Rest, UserId
from bot.desk.request import Request
from bot.desk.values import Cell, Fields, Table, Text, Values, ago, code, escape, moment, plural
from bot.openai.client import OpenAI
from bot.openai.errors import APIConnectionError, OpenAIError
from bot.openai.probe import Probed
from bot.slack import explain
from bot.slack.text.readable import nameless, readable
from storage.choices import MODEL
from storage.records import Act

command = Command("ai", __doc__)

_ACTS = 1_000
_MONTH = 30  # days
_MARKS = {"*": "", "`": "", ":warning:": "⚠"}
_ASKED = re.compile(r"(?<=, asked for by )\w+$")  # in what the audit has of an approval
_STATES = {"started": "running, or interrupted", "done": "done", "failed": "failed"}

_SECONDS = 15.0
_HAS = ":white_check_mark:"
_LACKS = ":x:"
_OPERATIONS = (  # method, path, and what it is in plain words
    ("POST", "chat/completions", "answer in a conversation"),
    ("POST", "completions", "go on with a prompt (completions)"),
    ("GET", "files", "keep files"),
    ("GET", "fine_tuning/jobs", "fine-tune models"),
    ("POST", "uploads", "take large files in parts"),
    ("POST", "images/generations", "make images"),
    ("POST", "images/edits", "edit images"),
    ("POST", "images/variations", "vary images"),
    ("POST", "audio/transcriptions", "write down speech"),
    ("POST", "audio/translations", "translate speech"),
    ("POST", "audio/speech", "speak"),
    ("POST", "embeddings", "make embeddings"),
    ("POST", "moderations", "moderate"),
)
_OTHERS = (
    "Another server can do that for me: an admin adds it to OPENAI_CREDENTIALS, named `files`, "
    "`images`, `audio`, `embeddings` or `moderation` to be used for it always, or otherwise for "
    "`--as NAME`."
)


@command.sub(who="everyone", examples=("help", "help image", "help files"), words=("commands",))
async def help_(request: Request, words: Rest = "") -> Text:
    """Tell what you can ask for, or what has to do with some words.

    Args:
        words: What to look for; a command's name gives its help.
    """
    return request.equipment.help(words, request.slash)


@command.sub(examples=("status",), words=("health", "version", "model"))
async def status(request: Request) -> Fields:
    """Show how the bot is doing: its model, its servers, its functions, what its answers took."""
    house, team = request.equipment.house, request.invocation.team
    chosen = await request.storage.choices.all(team, MODEL)
    accounts, running = request.equipment.accounts, request.now - house.started / 1000
    hosts = (f"{name} ({accounts.client('chat', name).host})" for name in accounts.names)
    pairs = [
        ("Bot", f"{house.name} {house.version}, {house.mode} mode"),
        ("Running for", "less than a minute" if running < 60 else ago(running)),
        ("Default model", chosen.pop(team, None) or house.model),
        ("Database", request.storage.engine.version),
        ("Credentials", ", ".join(hosts)),
        ("You are", f"{request.asker.name} ({request.asker.standing})"),
        ("Functions", ", ".join(sorted(request.equipment.registry.of(team))) or "none"),
    ]
    if chosen:
        own = [
            f"{await request.named([scope.partition(':')[2]])}: {model}"
            for scope, model in sorted(chosen.items())
        ]
        pairs.append(("Channels with a model of their own", ", ".join(own)))
    return Fields("Status", [*pairs, *await _taken(request)])


@command.sub(
    name="test",
    examples=("test", "test --as files"),
    words=("connection", "who am i", "organization", "host", "key", "check"),
)
async def test_(request: Request) -> Values:
    """Test the connection: who the key is, which organization it is of, what the host can do.

    Only free requests are made: lists are read, and operations are asked for with nothing in them,
    which a server that has them refuses.
    """
    names = request.equipment.accounts.names
    accounts = (request.account_of(),) if request.account or len(names) == 1 else names
    return [
        await examined(request.equipment.accounts.client("chat", name), name) for name in accounts
    ]


@command.sub(
    who="admins",
    examples=("audit", "audit files --newer-than 7d", "audit --failed"),
    words=("history", "log", "deleted", "who"),
)
async def audit(
    request: Request,
    search: Rest = "",
    *,
    user: UserId = "",
    newer_than: Age | None = None,
    failed: bool = False,
) -> Table:
    """Show what was done that costs, changes or deletes something: by whom, and how it ended.

    Args:
        search: A part of the command or of its effect.
        user: Only what this person did.
        newer_than: Only what is newer than this, such as 7d.
        failed: Only what failed or was interrupted.
    """
    acts = await request.storage.audit.recent(request.invocation.team, _ACTS)
    since = (request.now - newer_than.total_seconds()) * 1000 if newer_than else 0
    kept = [
        act
        for act in acts
        if search.lower() in f"{act.command} {act.effect}".lower()
        and user in ("", act.user)
        and act.started >= since
        and not (failed and act.state == "done")
    ]
    asked = (who for act in kept for who in _ASKED.findall(act.detail))
    named = (one for act in kept for one in nameless(act.effect, ""))
    names = await request.names([*(act.user for act in kept), *asked, *named])
    return Table(
        title="Audit",
        columns=("When", "Who", "Command", "Effect", "How it ended", "Credentials"),
        rows=[_row(act, names, request.asker.tz) for act in kept],
        note=f"Looked through the newest {_ACTS:,} acts." if len(acts) == _ACTS else "",
        page_size=8,
        wrap=True,
        empty="Nothing was done so far." if not acts else "Nothing fits.",
    )


async def _taken(request: Request) -> list[tuple[str, str]]:
    """Return the tokens that answers took lately, as names and values."""
    usage, team = request.storage.usage, request.invocation.team
    day, month = (int((request.now - days * 86_400) * 1000) for days in (1, _MONTH))
    _, today = tokens(*await usage.total(team, day))
    name, all_of_it = tokens(*await usage.total(team, month))
    _, own = tokens(*await usage.total(team, month, request.asker.id))
    return [
        (f"{name} of answers, last 24 hours", today),
        (f"{name} of answers, last {_MONTH} days", f"{all_of_it}; for you {own}"),
    ]


def _row(act: Act, names: dict[str, str], tz: str) -> tuple[Cell, ...]:
    who = names.get(act.user, act.user)
    effect = _bare(act.effect, names).replace("?", ".", 1)
    return moment(act.started / 1000, tz), who, act.command, effect, _ended(act, names), act.account


def _ended(act: Act, names: dict[str, str]) -> str:
    """Say how an act ended; a decision about a call is its own end, whatever became of the call."""
    if _ASKED.search(act.detail):
        return _ASKED.sub(lambda who: names.get(who[0], who[0]), act.detail)
    return _bare(_STATES[act.state] + (f": {act.detail}" if act.detail else ""), names)


def _bare(text: str, names: dict[str, str]) -> str:
    """Return mrkdwn as it reads where there is no markup."""
    for mark, instead in _MARKS.items():
        text = text.replace(mark, instead)
    return readable(text, names, "")


async def examined(client: OpenAI, name: str) -> Text:
    """Return what a server can do, in plain words."""
    head = f"*Credentials {code(name)}* at {code(client.host)}"
    try:
        async with asyncio.timeout(_SECONDS):
            models = await client.probe.ask("GET", "models")
    except (OpenAIError, TimeoutError) as error:
        return Text(f"{head}\n{_LACKS} {of_account(explain.advice(error, ''), name)}")
    if models.status == 401:
        told = of_account("The server does not accept this key: check OPENAI_API_KEY.", name)
        return Text(f"{head}\n{_LACKS} {told}")
    found = await asyncio.gather(*(_lack(client, how, path) for how, path, _ in _OPERATIONS))
    return Text("\n".join([head, *_identity(models), *_told(found)]))


async def _lack(client: OpenAI, method: str, path: str) -> str | None:
    """Return why an operation cannot be used, "" where the host has none; None if it can."""
    try:
        async with asyncio.timeout(_SECONDS):
            probed = await client.probe.ask(method, *path.split("/"))
    except APIConnectionError:
        return " (not reached)"
    except (OpenAIError, TimeoutError):
        return " (no answer)"
    if probed.status in (404, 405, 501):
        return ""
    if probed.status in (401, 403):
        return " (not allowed for this key)"
    if method == "GET" and probed.status >= 500:
        return " (it fails)"
    return None


def _identity(models: Probed) -> list[str]:
    lines = []
    if organization := models.headers.get("openai-organization"):
        lines.append(f"Organization: {code(organization)}")
    if project := models.headers.get("openai-project"):
        lines.append(f"Project: {code(project)}")
    if models.count is not None:
        are = "is" if models.count == 1 else "are"
        lines.append(f"The key is good; {plural(models.count, 'model')} {are} on offer.")
    elif models.status == 200:
        lines.append("The key is good.")
    else:
        lines.append("The server does not list its models.")
    lines.append(f"It answered in {models.milliseconds:,} ms.")
    return lines


def _told(found: list[str | None]) -> list[str]:
    tried = [(words, lack) for (_, _, words), lack in zip(_OPERATIONS, found, strict=True)]
    has = [words for words, lack in tried if lack is None]
    lacks = [words + lack for words, lack in tried if lack is not None]
    lines = [""]
    if has:
        lines.append(f"{_HAS} It can {escape(', '.join(has))}.")
    if lacks:
        lines.append(f"{_LACKS} It cannot {escape(', '.join(lacks))}.")
        lines.append(_OTHERS)
    return lines
