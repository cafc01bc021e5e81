"""chat.*: post, update and delete messages (streams have their own file)."""

from playground.slack.arguments import Arguments
from playground.slack.blocks import stored_blocks
from playground.slack.messages import announce, announce_delete, announce_edit, bot_message, public
from playground.slack.methods.method import method
from playground.slack.records import Channel
from playground.slack.refusal import Json, Refusal
from playground.slack.sessions import replied
from playground.slack.workspace import BOT_USER, Workspace

_POST_CHARACTERS = 40_000
_UPDATE_CHARACTERS = 4_000
MARKDOWN_CHARACTERS = 12_000


@method("chat.postMessage", scope="chat:write")
def post_message(workspace: Workspace, a: Arguments) -> Json:
    """Post a message."""
    channel = workspace.channel(a.need("channel"), member=True)
    content = content_of(workspace, a)
    thread_ts = thread_of(channel, a)
    message = bot_message(workspace, "", thread_ts)
    message.update(content)
    message["text"] = message["text"][:_POST_CHARACTERS]
    if thread_ts and a.flag("reply_broadcast"):
        message["subtype"] = "thread_broadcast"
    post(workspace, channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": public(message)}


def post(workspace: Workspace, channel: Channel, message: Json) -> None:
    """Put a message of the bot into a channel or a thread, whose free status goes with it."""
    workspace.add(channel, message)
    if thread_ts := message.get("thread_ts"):
        replied(workspace, channel.id, thread_ts)
    announce(workspace, channel, message)


@method("chat.postEphemeral", tier=4, scope="chat:write")
def post_ephemeral(workspace: Workspace, a: Arguments) -> Json:
    """Post for one person only; nothing is stored."""
    channel = workspace.channel(a.need("channel"), member=True)
    user = a.need("user")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    content = content_of(workspace, a)
    message = bot_message(workspace, "", thread_of(channel, a))
    message.update(content, channel=channel.id)
    show_ephemeral(workspace, user, message)
    return {"message_ts": message["ts"]}


def show_ephemeral(workspace: Workspace, user: str, message: Json) -> None:
    """Show a message to one person only; in a thread only where somebody has replied already."""
    message["is_ephemeral"] = True
    thread_ts = message.get("thread_ts")
    if thread_ts and len(workspace.channels[message["channel"]].thread(thread_ts)) < 2:
        return
    workspace.ephemerals[(user, message["ts"])] = message
    workspace.tell("ephemeral", user=user, message=message)


@method("chat.update", tier=3, scope="chat:write")
def update(workspace: Workspace, a: Arguments) -> Json:
    """Change a message, which must be our own and not streaming."""
    channel = workspace.channel(a.need("channel"))
    message = _own(workspace, channel, a.need("ts"), "cant_update_message")
    stream = workspace.streams.get((channel.id, message["ts"]))
    if stream is not None and stream.streaming(workspace.clock()):
        raise Refusal("streaming_state_conflict")
    if len(a.text("text")) > _UPDATE_CHARACTERS:
        raise Refusal("msg_too_long")
    content = content_of(workspace, a)
    old = public(message)
    revise(workspace, message, content, "text" in a, "blocks" in a)
    workspace.changed(channel.id, message)
    announce_edit(workspace, channel, message, old)
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": public(message),
    }


def revise(workspace: Workspace, message: Json, content: Json, text: bool, blocks: bool) -> None:
    """Put new content into a message: text alone takes the blocks away, as Slack does."""
    for name in ("parts", "streaming", "markdown"):
        message.pop(name, None)
    if not blocks:
        message.pop("blocks", None)
    if not text and "markdown" not in content:
        content.pop("text", None)
    else:
        message["edited"] = {"user": BOT_USER, "ts": workspace.ts()}
    message.update(content)


@method("chat.delete", tier=3, scope="chat:write")
def delete(workspace: Workspace, a: Arguments) -> Json:
    """Delete a message of our own."""
    channel = workspace.channel(a.need("channel"))
    message = _own(workspace, channel, a.need("ts"), "cant_delete_message")
    old = workspace.remove(channel, message["ts"])
    workspace.streams.pop((channel.id, old["ts"]), None)
    if workspace.own_events:
        announce_delete(workspace, channel, old)
    return {"channel": channel.id, "ts": old["ts"]}


@method("chat.getPermalink")
def get_permalink(workspace: Workspace, a: Arguments) -> Json:
    """Give a message's address."""
    channel = workspace.channel(a.need("channel"))
    message = workspace.message(channel.id, a.need("message_ts"))
    link = f"{workspace.url}/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    thread = message.get("thread_ts")
    if thread not in (None, message["ts"]):
        link += f"?thread_ts={thread}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _own(workspace: Workspace, channel: Channel, ts: str, word: str) -> Json:
    message = workspace.message(channel.id, ts)
    if message.get("user") != BOT_USER:
        raise Refusal(word)
    return message


def thread_of(channel: Channel, a: Arguments) -> str | None:
    """Return the thread to post into: that of a reply where one is named."""
    thread_ts = a.text("thread_ts")
    return channel.root(thread_ts) if thread_ts else None


def content_of(workspace: Workspace, a: Arguments) -> Json:
    """Return what a message is to hold; refuse one that would hold nothing."""
    text, markdown = a.text("text"), a.text("markdown_text")
    blocks, attachments, metadata = a.items("blocks"), a.items("attachments"), a.object("metadata")
    if markdown and ("text" in a or "blocks" in a):
        raise Refusal("markdown_text_conflict")
    if len(markdown) > MARKDOWN_CHARACTERS:
        raise Refusal("msg_too_long")
    if not (text or markdown or blocks or attachments):
        raise Refusal("no_text")
    content: Json = {"text": markdown or text}
    if markdown:
        content["markdown"] = markdown
    if blocks:
        content["blocks"] = stored_blocks(workspace, blocks)
    if attachments:
        content["attachments"] = attachments
    if metadata:
        content["metadata"] = metadata
    return content
