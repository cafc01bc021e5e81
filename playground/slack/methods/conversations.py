"""conversations.*: what is in a channel and who is in it."""

from collections.abc import Sequence

from playground.slack.arguments import Arguments
from playground.slack.messages import public
from playground.slack.methods.method import method
from playground.slack.methods.paging import page, paged
from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import BOT_USER, Workspace

_USUAL = 100
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


@method("conversations.replies", tier=3, scope="*:history")
def replies(workspace: Workspace, a: Arguments) -> Json:
    """Give a thread, oldest first."""
    channel = workspace.channel(a.need("channel"), member=True)
    ts = a.need("ts")
    if ts not in channel.messages:
        raise Refusal("thread_not_found")
    times = [ts, *_between(channel.replies.get(ts, []), a)]
    return _answer(channel, *page(times, a))


@method("conversations.history", tier=3, scope="*:history")
def history(workspace: Workspace, a: Arguments) -> Json:
    """Give the channel itself, newest first."""
    channel = workspace.channel(a.need("channel"), member=True)
    return _answer(channel, *page(_between(channel.tops, a)[::-1], a, _USUAL))


def _between(times: list[str], a: Arguments) -> list[str]:
    low, high = _moment(a, "oldest", 0.0), _moment(a, "latest", 1e10)
    if low == 0 and "latest" not in a:
        return times
    inclusive = a.flag("inclusive")
    return [
        time
        for time in times
        if low < float(time) < high or (inclusive and float(time) in (low, high))
    ]


def _moment(a: Arguments, name: str, usual: float) -> float:
    try:
        return float(a.text(name) or usual)
    except ValueError as error:
        raise Refusal(f"invalid_ts_{name}") from error


def _answer(channel: Channel, times: Sequence[str], cursor: str) -> Json:
    answer: Json = {
        "messages": [public(channel.messages[ts]) for ts in times if ts in channel.messages],
        "has_more": bool(cursor),
    }
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


@method("conversations.info", tier=3, scope="*:read")
def info(workspace: Workspace, a: Arguments) -> Json:
    """Describe a channel."""
    return {"channel": channel_body(workspace.channel(a.need("channel")))}


def channel_body(channel: Channel) -> Json:
    """Return a channel as Slack describes it."""
    body: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_member": BOT_USER in channel.members,
        "is_archived": False,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    if channel.user:
        body["user"] = channel.user
    return body


@method("conversations.list", tier=2)
def list_channels(workspace: Workspace, a: Arguments) -> Json:
    """Describe the channels of some types."""
    kinds = [_TYPES.get(name.strip()) for name in a.text("types", "public_channel").split(",")]
    if None in kinds:
        raise Refusal("invalid_types")
    found = [
        channel_body(channel)
        for channel in workspace.channels.values()
        if channel.kind in kinds and (channel.kind == "channel" or BOT_USER in channel.members)
    ]
    return paged("channels", found, a, _USUAL)


@method("conversations.members", tier=4, scope="*:read")
def members(workspace: Workspace, a: Arguments) -> Json:
    """Tell who is in a channel."""
    return paged("members", workspace.channel(a.need("channel")).members, a, _USUAL)


@method("conversations.open", tier=3, scope="*:write")
def open_conversation(workspace: Workspace, a: Arguments) -> Json:
    """Open the direct message with one person, or a group's."""
    people = [user for user in a.text("users").split(",") if user]
    if "channel" in a:
        channel = workspace.channel(a.text("channel"))
    elif len(people) == 1:
        channel = workspace.im(workspace.user(people[0]).id)
    elif people:
        channel = _group(workspace, people)
    else:
        raise Refusal("users_list_not_supplied")
    body = channel_body(channel) if a.flag("return_im") else {"id": channel.id}
    return {"channel": body}


def _group(workspace: Workspace, people: list[str]) -> Channel:
    wanted = {workspace.user(user).id for user in people} | {BOT_USER}
    for channel in workspace.channels.values():
        if channel.kind == "mpim" and set(channel.members) == wanted:
            return channel
    made = Channel(workspace.identifier("G"), "mpdm", "mpim", members=sorted(wanted))
    workspace.channels[made.id] = made
    return made
