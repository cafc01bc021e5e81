"""Which of Slack's files a run is about: those of its form, its message, or its thread."""

import re
from collections.abc import Sequence

from bot.desk.command import Sub
from bot.desk.parameters import FromFiles
from bot.desk.request import Request
from bot.slack.workspace.files import SharedFile

_CHOICES = 100  # of which a form's menu lets people choose


async def attached(sub: Sub, request: Request) -> dict[str, tuple[SharedFile, ...]]:
    """Return the files for each parameter that takes files."""
    files, order = request.files, request.order
    wanted = {one.name: one.files for one in sub.parameters if one.files}
    if not wanted:
        return {}
    common = [await files.find(file) for file in order.files]
    from_thread = not common and not any(order.values.get(name) for name in wanted)
    if from_thread and order.thread:
        common = await files.of_thread(request.invocation.channel, order.thread)
    names = [asked.named for asked in wanted.values() if asked.named]
    found: dict[str, tuple[SharedFile, ...]] = {}
    for name, asked in wanted.items():
        if ids := order.values.get(name):
            found[name] = tuple([await files.find(str(file)) for file in ids])
            continue
        fitting = [file for file in common if _fits(file, asked, names)]
        most = asked.most if not from_thread else _CHOICES if asked.choose else 1
        found[name] = tuple(fitting[:most])
    return found


def _fits(file: SharedFile, asked: FromFiles, names: Sequence[str]) -> bool:
    """Tell whether a file is of the right kind, and is not named for another parameter."""
    found = next((name for name in names if _is_named(file, name)), "")
    return found == asked.named and (not asked.kinds or file.kind in asked.kinds)


def _is_named(file: SharedFile, word: str) -> bool:
    return word in re.findall("[a-z]+", file.name.lower())
