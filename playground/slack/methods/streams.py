"""chat.startStream, appendStream and stopStream: messages that grow before people's eyes.

A stream is open for five minutes from its start, however much is appended. It speaks either
plain `markdown_text` or `chunks`, never both. Once a person pressed Stop, it takes nothing more.
"""

from playground.slack.arguments import Arguments
from playground.slack.blocks import stored_blocks, with_ids
from playground.slack.chunks import add_chunks, add_text, check_chunks
from playground.slack.messages import announce, bot_message, public
from playground.slack.methods.chat import MARKDOWN_CHARACTERS
from playground.slack.methods.method import method
from playground.slack.records import Channel, Stream
from playground.slack.refusal import Json, Refusal
from playground.slack.sessions import lifecycle, set_status
from playground.slack.workspace import Workspace

_DISPLAY_MODES = ("", "timeline", "plan", "dense")


@method("chat.startStream", tier=2, scope="chat:write")
def start(workspace: Workspace, a: Arguments) -> Json:
    """Open a reply in a thread and set its session to processing."""
    channel = workspace.channel(a.need("channel"), member=True)
    thread_ts = channel.root(a.need("thread_ts"))
    _check_recipient(workspace, channel, a)
    if a.text("task_display_mode") not in _DISPLAY_MODES:
        raise Refusal("invalid_arguments", "unknown task_display_mode")
    mode = _check_content(a)
    message = bot_message(workspace, "", thread_ts)
    message.update(streaming=True, parts=[])
    stream = Stream(channel.id, message["ts"], thread_ts, mode, workspace.clock())
    workspace.streams[(channel.id, message["ts"])] = stream
    workspace.open_streams.setdefault((channel.id, thread_ts), []).append(stream)
    _write(workspace, message, stream, a)
    workspace.add(channel, message)
    set_status(workspace, workspace.session(channel.id, thread_ts), "processing")
    announce(workspace, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.appendStream", tier=4, scope="chat:write")
def append(workspace: Workspace, a: Arguments) -> Json:
    """Add text, tasks or blocks."""
    channel = workspace.channel(a.need("channel"), member=True)
    stream, message = _open(workspace, channel, a.need("ts"))
    mode = _check_content(a, stream.mode)
    if mode is None:
        raise Refusal("no_text")
    stream.mode = mode
    _write(workspace, message, stream, a)
    session = workspace.session(channel.id, stream.thread_ts)
    if session.legacy:
        set_status(workspace, session, "processing")
    workspace.changed(channel.id, message)
    return {"channel": channel.id, "ts": stream.ts}


@method("chat.stopStream", tier=2, scope="chat:write")
def stop(workspace: Workspace, a: Arguments) -> Json:
    """Take the last words, final blocks, metadata and the session's next status."""
    channel = workspace.channel(a.need("channel"), member=True)
    stream, message = _open(workspace, channel, a.need("ts"))
    status = lifecycle("session_status", a.text("session_status", "active"))
    _check_content(a, stream.mode)
    blocks = stored_blocks(workspace, a.items("blocks") or [])
    _write(workspace, message, stream, a)
    if blocks:
        message["blocks"] = blocks
        message["parts"].append({"type": "blocks", "blocks": blocks})
    if a.object("metadata"):
        message["metadata"] = a.object("metadata")
    close(workspace, stream)
    session = workspace.session(channel.id, stream.thread_ts)
    set_status(workspace, session, status)
    workspace.changed(channel.id, message)
    return {"channel": channel.id, "ts": stream.ts, "message": public(message)}


def close(workspace: Workspace, stream: Stream) -> None:
    """Mark a stream as no longer streaming."""
    stream.open = False
    waiting = workspace.open_streams.get((stream.channel, stream.thread_ts), [])
    if stream in waiting:
        waiting.remove(stream)
    if not waiting:
        workspace.open_streams.pop((stream.channel, stream.thread_ts), None)
    message = workspace.channels[stream.channel].messages.get(stream.ts)
    if message is not None:
        message["streaming"] = False


def _check_recipient(workspace: Workspace, channel: Channel, a: Arguments) -> None:
    if channel.kind == "im":
        return
    for name in ("recipient_user_id", "recipient_team_id"):
        if name not in a:
            raise Refusal(f"missing_{name}")
    if a.text("recipient_user_id") not in workspace.users:
        raise Refusal("user_not_found")


def _open(workspace: Workspace, channel: Channel, ts: str) -> tuple[Stream, Json]:
    message = workspace.message(channel.id, ts)
    stream = workspace.streams.get((channel.id, ts))
    if stream is not None and stream.stopped_by_user:
        raise Refusal("stopped_by_user")
    if stream is None or not stream.streaming(workspace.clock()):
        if stream is not None and stream.open:
            close(workspace, stream)
            workspace.changed(channel.id, message)
        raise Refusal("message_not_in_streaming_state")
    return stream, message


def _check_content(a: Arguments, mode: str | None = None) -> str | None:
    """Refuse bad words or chunks; return in which mode the stream is written, None for no words."""
    chunks = a.items("chunks")
    if chunks is not None and "markdown_text" in a:
        raise Refusal("cannot_provide_both_markdown_text_and_chunks")
    if len(a.text("markdown_text")) > MARKDOWN_CHARACTERS:
        raise Refusal("msg_too_long")
    if chunks is not None:
        check_chunks(chunks)
    given = "chunks" if chunks is not None else "markdown_text" if "markdown_text" in a else None
    if given and mode and given != mode:
        raise Refusal("streaming_mode_mismatch")
    return given


def _write(workspace: Workspace, message: Json, stream: Stream, a: Arguments) -> None:
    chunks = a.items("chunks")
    if chunks is not None:
        named = [
            {**chunk, "blocks": with_ids(workspace, chunk["blocks"])}
            if "blocks" in chunk
            else chunk
            for chunk in chunks
        ]
        stream.blocks = add_chunks(message, named, stream.blocks)
    elif "markdown_text" in a:
        add_text(message, a.text("markdown_text"))
