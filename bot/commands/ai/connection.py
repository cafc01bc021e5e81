"""What a model's server says of itself: who the key is, and which operations the host has.

Operations that cost are asked for with an empty body: a server that has one answers that something
is missing; one that lacks it answers 404, 405 or 501.
"""

import asyncio

from bot.desk.advice import of_account
from bot.desk.values import Text, code, escape, plural
from bot.openai.client import OpenAI
from bot.openai.errors import APIConnectionError, OpenAIError
from bot.openai.probe import Probed
from bot.slack import explain

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
