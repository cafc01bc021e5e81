"""JSON Lines of pasted rows, of a table file, or of chosen threads.

What is made comes as a file in the person's direct messages; the buttons go on from that file
with `finetunes prepare`, so nothing has to be pasted or read twice.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from bot.commands.finetunes.report import reported
from bot.commands.material import linked_thread
from bot.desk.command import Command
from bot.desk.delivering import privately
from bot.desk.errors import CommandError, NeedsForm, UsageError
from bot.desk.parameters import FromFiles, Picks, Rest, Shown, ToTheEnd, Words, ids
from bot.desk.request import Request
from bot.desk.values import Button, Text, Value, Values, Verbatim, code, escape, plural
from bot.desk.words import quoted
from bot.finetuning import dataset
from bot.finetuning.options import Format, Options
from bot.finetuning.report import Report
from bot.finetuning.source import DatasetError, Source
from bot.slack.text.readable import LEADING, mentioned, readable
from bot.slack.workspace.files import SharedFile
from bot.slack.workspace.threads import Spoken

command = Command("ai")

_MOST = 50_000_000
_PREVIEW = 3
_PROSE = (
    "That is neither rows nor JSON, so I made nothing of it. Rows begin with a heading that names "
    "`prompt` and `completion`, separated as in the other rows:\n"
    "```\nprompt,completion\nHow do I reset it?,Hold the button.\n```\n"
    'Or write lines of JSON: `{"prompt": "How do I reset it?", "completion": "Hold the button."}`'
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What lines are made of: a name, the content, a note on what is not in it; pasted or not."""

    name: str
    content: bytes
    note: str = ""
    pasted: bool = False


@command.sub(
    examples=(
        'jsonl {"prompt": "How do I reset it?", "completion": "Hold the button."}',
        "jsonl",
        "jsonl --here --assistant U012ABCDEF",
        "jsonl --thread https://acme.slack.com/archives/C012ABC/p1700000000000100",
    ),
    words=("json lines", "training data", "convert", "paste", "threads", "dataset"),
)
async def jsonl(
    request: Request,
    rows: Rest = "",
    *,
    files: Annotated[tuple[SharedFile, ...], FromFiles(most=1)] = (),
    thread: Annotated[Words, Shown("LINK,...", label="Links to threads")] = None,
    here: bool = False,
    assistant: Annotated[
        Words,
        ids("UWB", "U012ABCDEF"),
        Picks("users"),
        Shown("USER,...", label="Who answers"),
    ] = None,
    system: Annotated[str, ToTheEnd(), Shown("TEXT")] = "",
    format: Literal["chat", "completion", "dpo", "reinforcement"] | None = None,
    ask: Literal["rows", "threads"] | None = None,
) -> Values:
    """Make a JSON Lines file for fine-tuning: of pasted rows, a table file, or threads.

    Args:
        rows: Pasted rows with a heading such as prompt,completion; or lines of JSON.
        files: A table; else the newest file of this thread.
        thread: Links to messages whose threads become one example each.
        here: Make an example of this thread.
        assistant: The people whose words count as answers; else only mine do.
        system: Instructions put before every example.
        format: What the lines are for; else the rows themselves say it.
        ask: Open the form for pasted rows or for threads.
    """
    if ask and not (rows or thread):
        raise _form(ask)
    given = await _given(request)
    if given is None:
        return _choose()
    options = Options(format=Format(format) if format else None, system=system)
    report, lines = await asyncio.to_thread(_lines, given, options)
    if given.pasted and report.kind == "txt":
        raise UsageError(_PROSE)
    if not lines:
        shown = reported(report, (0, 0), 0)
        return [*shown, Text(":x: No line could be made of this. " + given.note)]
    return await _handed(request, given, report, lines)


def _choose() -> Text:
    return Text(
        "*What shall the lines be made of?*",
        (
            Button("Pasted rows …", "ai jsonl --ask rows"),
            Button("Threads …", "ai jsonl --ask threads"),
            Button("A table file …", "finetunes prepare"),
        ),
    )


def _form(ask: Literal["rows", "threads"]) -> NeedsForm:
    if ask == "rows":
        return NeedsForm(
            "Rows to JSON Lines",
            fields=("rows", "system", "format"),
            required=("rows",),
            intro="Paste rows as they come from a spreadsheet, with their heading.",
        )
    return NeedsForm(
        "Threads to JSON Lines",
        fields=("thread", "assistant", "system"),
        required=("thread",),
        intro="Each thread becomes an example. In a message's menu, “Copy link” gives its link.",
    )


async def _given(request: Request) -> Rows | None:
    """Return what the person means: the most explicit counts."""
    given = request.given
    if given["thread"] or given["here"]:
        return await _of_threads(request)
    if given["rows"]:
        return Rows("rows", given["rows"].encode(), pasted=True)
    if given["files"]:
        [file] = given["files"]
        return Rows(file.name, await request.files.read(file, _MOST))
    return None


# Threads


async def _of_threads(request: Request) -> Rows:
    given, to = request.given, request.invocation
    links = " ".join(given["thread"] or ()).split()
    names = [await linked_thread(request, link) for link in links]
    if given["here"]:
        if not to.thread_ts:
            raise UsageError("`--here` means the thread that you write in; this is none.")
        names.append((to.channel, to.thread_ts))
    named = frozenset(given["assistant"] or ())
    answering = named or {request.equipment.house.user}
    lines: list[bytes] = []
    for channel, ts in dict.fromkeys(names):
        said = await request.equipment.threads.read(channel, ts)
        people = await request.names(user for one in said for user in mentioned(one.text, ""))
        if example := example_of(said, answering, people):
            lines.append(json.dumps(example, ensure_ascii=False).encode())
    left = len(set(names)) - len(lines)
    note = f"{plural(left, 'thread')} without an answer left out." if left else ""
    if not lines:
        raise CommandError(
            "No thread holds a question and an answer. Whose words are answers? Mine are; name "
            "other people with `--assistant @NAME`."
        )
    return Rows("threads.jsonl", b"\n".join(lines), note)


def example_of(
    said: Sequence[Spoken], answering: AbstractSet[str], names: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return a thread as an example: questions and answers in turn, ending with an answer."""
    messages: list[dict[str, str]] = []
    for one in said:
        role = "assistant" if one.user in answering else "user"
        called = LEADING.match(one.text)  # at the very start: that is no part of what is said
        text = readable(one.text, names, called[1] if called else "")
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += f"\n{text}"
        elif text and (messages or role == "user"):
            messages.append({"role": role, "content": text})
    if messages and messages[-1]["role"] == "user":
        messages.pop()
    return {"messages": messages} if messages else None


# What comes of it


def _lines(given: Rows, options: Options) -> tuple[Report, list[bytes]]:
    try:
        return dataset.lines_of(Source(given.name, given.content), options)
    except DatasetError as error:
        raise CommandError(escape(str(error))) from error


async def _handed(request: Request, given: Rows, report: Report, lines: list[bytes]) -> Values:
    """Send the file, and offer what to do with it."""
    name = f"{given.name.rpartition('.')[0] or given.name}.jsonl"
    content = b"\n".join(lines) + b"\n"
    comment = f"{plural(len(lines), 'example')} as JSON Lines"
    [file], where = await privately(request, ((name, content),), comment)
    shown = [line.decode() for line in lines[:_PREVIEW]]
    preview: list[Value] = [
        Verbatim(f"{plural(len(lines), 'line')}, the first of them", "\n".join(shown))
    ]
    if report.left_out:
        prices = request.equipment.house.training
        findings = reported(report, (len(lines), 0), report.tokens, None, prices)
        preview = [*findings, *preview]
    line = f"finetunes prepare --source {quoted(file)}"
    text = f"{code(name)} is {where}. {given.note}".strip()
    buttons = (Button("Upload to the model's server …", f"{line} --upload"), Button("Check", line))
    return [*preview, Text(text, buttons)]
