"""What Slack shows already of a followed job: a process may die between a post and its note.

Every post of a job carries a key. Before one is made, the place is looked through; where that is
not allowed, the post is made and may then come twice.
"""

from collections.abc import Mapping
from typing import Any

from bot.slack.calls import posting
from bot.slack.calls.send import FateUnknown, Sender
from bot.slack.text.payload import parts
from storage.records import Watch

_SKEW_S = 120


def key(watch: Watch, kind: str) -> str:
    """Return the key of a kind of post."""
    return f"watch:{watch.id}:{watch.created}:{kind}"


def picture_name(watch: Watch) -> str:
    """Return the name of the picture that is shared at a job's end."""
    return f"{watch.job}.end.png"


async def posted(sender: Sender, watch: Watch, kind: str) -> str | None:
    """Return the ts of a job's post if it stands where it belongs."""
    try:
        return await posting.find(sender, _since(watch), key(watch, kind))
    except FateUnknown:
        return None


async def shared(sender: Sender, watch: Watch) -> bool:
    """Tell whether the picture of a job's end stands there."""
    try:
        found: list[Mapping[str, Any]] = await posting.read(sender, _since(watch))
    except FateUnknown:
        return False
    files = [file for message in found for file in parts(message, "files")]
    return any(file.get("name") == picture_name(watch) for file in files)


def _since(watch: Watch) -> dict[str, str]:
    """Return where a job is followed, and since when."""
    thread = watch.thread_ts or watch.message_ts
    oldest = f"{watch.created / 1000 - _SKEW_S:.6f}"
    return {"channel": watch.channel, "oldest": oldest, **({"ts": thread} if thread else {})}
