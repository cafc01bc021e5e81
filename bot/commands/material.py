"""What a command is about when it is about words: given, of a message, of a file, of a thread.

Also how long ones are cut, and what files about them are called.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bot.desk.errors import CommandError
from bot.desk.request import Request
from bot.desk.values import code
from bot.slack.text.readable import mentioned, readable
from bot.slack.text.shown import text_of
from bot.slack.workspace.files import SharedFile
from bot.slack.workspace.threads import Spoken, linked

_LARGEST = 10_000_000
_LONGEST = 40

_SENTENCE = r"(?<=[.!?…])\s+|(?<=[。！？][」』）”])|(?<=[。！？])(?![」』）”])"
_ENDS = (r"\n\s*\n", r"\n", _SENTENCE, r"\s+|(?<=[、，；])")


@dataclass(frozen=True, slots=True)
class Material:
    """A text, and what to call it in a confirmation."""

    text: str
    name: str


async def material(request: Request, given: str, files: Sequence[SharedFile]) -> Material | None:
    """Return the text that is meant: given, else the message's, the file's, or the one above."""
    if given.strip():
        return Material(given, "the text that you gave")
    if request.order.message_text.strip():
        return Material(await _readable(request, request.order.message_text), "this message")
    if files:
        return Material(await content_of(request, files[0]), code(files[0].name))
    if request.thread_ts:
        spoken = await request.equipment.threads.read(request.invocation.channel, request.thread_ts)
        if spoken:
            text = await _readable(request, spoken[-1].text)
            return Material(text, "the newest message of this thread")
    return None


async def content_of(request: Request, file: SharedFile, most: int = _LARGEST) -> str:
    """Return what is written in a file.

    Raises:
        CommandError: it is empty, or no text.
        FileError: it has more than `most` bytes, or Slack does not hand it out.
    """
    text = text_of(await request.files.read(file, most))
    if text is None:
        raise CommandError(f"{code(file.name)} is no plain text, so I cannot read it.")
    if not text.strip():
        raise CommandError(f"{code(file.name)} is empty.")
    return text


async def transcript(request: Request, spoken: Sequence[Spoken]) -> str:
    """Return a thread as lines with the names of those who spoke."""
    users = {one.user for one in spoken if one.user}
    users |= {user for one in spoken for user in mentioned(one.text, "")}
    names = await request.names(sorted(users))
    return "\n".join(
        f"{names.get(one.user, one.name)}: {readable(one.text, names, '')}" for one in spoken
    )


async def linked_thread(request: Request, link: str) -> tuple[str, str]:
    """Return channel and ts of the thread to which a link leads, for who may read it.

    Raises:
        CommandError: it is no such link, or not for them.
    """
    found = linked(link)
    if found is None:
        raise CommandError(
            f"{code(link[:80])} is no link to a message; copy one from the message's menu."
        )
    channel, threads = found[0], request.equipment.threads
    mine = channel == request.invocation.channel
    if not mine and not await threads.may_read(channel, request.asker.id):
        raise CommandError("You or I cannot read the channel of that thread, so I leave it alone.")
    return found


async def _readable(request: Request, text: str) -> str:
    """Return Slack's text as people see it."""
    return readable(text, await request.names(mentioned(text, "")), "")


def stem(name: str) -> str:
    """Return a file's name without its ending."""
    return PurePath(name).stem or name


def called(words: str, otherwise: str) -> str:
    """Return a name for files about these words: `a-red-fox`; `otherwise` where they give none."""
    slug = re.sub("-+", "-", "".join(map(_in_a_name, words.casefold()))).strip("-_")
    if len(slug) > _LONGEST:
        slug = slug[:_LONGEST].rpartition("-")[0] or slug[:_LONGEST]
    return slug or otherwise


def _in_a_name(sign: str) -> str:
    """Return a sign as names of files have it: letters with all that stands above and below."""
    is_mark = unicodedata.category(sign) in ("Mn", "Mc") and not "\ufe00" <= sign <= "\ufe0f"
    return sign if sign.isalnum() or sign == "_" or is_mark else "-"


def parts(text: str, most: int) -> list[str]:
    """Return a text in parts of at most `most` characters, cut where it reads best.

    Paragraphs are kept whole where they fit, then lines, sentences, words.
    """
    found: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        at = _cut(rest, most)
        found.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*found, rest] if rest else found


def _cut(text: str, most: int) -> int:
    """Return the best place to cut, not too near to the start."""
    for pattern in _ENDS:
        places = [found.start() for found in re.finditer(pattern, text[: most + 1])]
        if places and places[-1] > most // 3:
            return places[-1]
    return most
