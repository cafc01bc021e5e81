"""Tells the state of the workspace in words, for a test that waited in vain."""

from collections.abc import Iterator, Sequence

from playground.slack.api import Call
from playground.slack.deliveries import Delivery
from playground.slack.workspace import Workspace

_LAST = 15
_WIDTH = 160


def describe(workspace: Workspace, calls: Sequence[Call], log: Sequence[Delivery]) -> str:
    """Describe what the bot was told, what it called and what is to be read."""
    lines = ["The condition did not come true. What there is:"]
    lines += ["", f"deliveries ({len(log)}):", *map(_delivery, log[-_LAST:])]
    lines += ["", f"calls ({len(calls)}):", *map(_call, calls[-_LAST:])]
    lines += ["", "messages:", *_messages(workspace)]
    lines += ["", "sessions:", *_sessions(workspace)]
    return "\n".join(lines)


def _delivery(delivery: Delivery) -> str:
    state = "acked" if delivery.acked else f"NOT acked {delivery.reasons}"
    what = delivery.event.get("type") or delivery.payload.get("command") or ""
    return f"  {delivery.kind} {what} x{delivery.attempts} {state}"


def _call(call: Call) -> str:
    state = "ok" if call.ok else f"{call.status} {call.error}"
    return f"  {call.method} {call.args} -> {state}"[:_WIDTH]


def _messages(workspace: Workspace) -> Iterator[str]:
    for channel in workspace.channels.values():
        for message in list(channel.messages.values())[-_LAST:]:
            thread = message.get("thread_ts", message["ts"])
            indent = "  " if thread == message["ts"] else "    "
            state = " (streaming)" if message.get("streaming") else ""
            line = f"{indent}{channel.id} {message['ts']} {message['user']}{state}: "
            yield (line + message["text"].replace("\n", "\\n"))[:_WIDTH]


def _sessions(workspace: Workspace) -> Iterator[str]:
    for (channel, thread), session in list(workspace.sessions.items())[-_LAST:]:
        yield f"  {channel} {thread} {session.status} {session.text or ''}"
