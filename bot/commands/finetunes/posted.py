"""What Slack shows already of a followed job: a process may die between a post and its note.

Every post of a job carries a key in its metadata and as its message id. Before one is made, the
place is looked through; where that is not allowed, the post is made and may then come twice.
"""

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import place
from bot.slack.calls.paging import told
from storage.records import Watch

_PAGES = 5
_SKEW_S = 120


def marks(watch: Watch, kind: str) -> dict[str, Any]:
    """Return what a post of a kind carries, to be found again."""
    return place.marks(_key(watch, kind))


def picture_name(watch: Watch) -> str:
    """Return the name of the picture that is shared at a job's end."""
    return f"{watch.job}.end.png"


def _key(watch: Watch, kind: str) -> str:
    return f"watch:{watch.id}:{watch.created}:{kind}"


async def posted(client: AsyncWebClient, watch: Watch, kind: str) -> str | None:
    """Return the ts of a job's post if it stands where it belongs."""
    wanted = place.metadata(_key(watch, kind))
    for message in await _messages(client, watch):
        if message.get("metadata") == wanted:
            return str(message["ts"])
    return None


async def shared(client: AsyncWebClient, watch: Watch) -> bool:
    """Tell whether the picture of a job's end stands there."""
    files = [file for one in await _messages(client, watch) for file in one.get("files") or ()]
    return any(file.get("name") == picture_name(watch) for file in files)


async def _messages(client: AsyncWebClient, watch: Watch) -> list[Mapping[str, Any]]:
    """Return what was written there since the job has been followed, as far as it can be read."""
    thread = watch.thread_ts or watch.message_ts
    where: dict[str, Any] = {"channel": watch.channel, **({"ts": thread} if thread else {})}
    read = client.conversations_replies if thread else client.conversations_history
    where["oldest"] = f"{watch.created / 1000 - _SKEW_S:.6f}"
    found, _ = await told(read, _PAGES, **where, include_all_metadata=True)
    return found
