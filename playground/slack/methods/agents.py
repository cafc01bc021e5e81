"""agents.sessions.* and the legacy assistant.threads.*: status, title, suggested prompts."""

from playground.slack.arguments import Arguments
from playground.slack.methods.method import method
from playground.slack.refusal import Json, Refusal
from playground.slack.sessions import lifecycle, set_status, set_text
from playground.slack.shapes import items, string
from playground.slack.workspace import Workspace

_TITLE = 200
_PROMPTS = 4
_LOADING = items(string(3000), 10)


@method("agents.sessions.setStatus", tier=3, scope="chat:write")
def sessions_set_status(workspace: Workspace, a: Arguments) -> Json:
    """Set a session's status; make the session where there is none."""
    status = lifecycle("status", a.need("status"))
    channel, thread_ts = _place(workspace, a)
    _check_title(a.text("title"))
    new = (channel, thread_ts) not in workspace.sessions
    session = workspace.session(channel, thread_ts)
    if new:
        session.title = a.text("title") or None
    set_status(workspace, session, status)
    return {"agent_status": status, "title": session.title or "", **_warning(workspace)}


def _warning(workspace: Workspace) -> Json:
    if workspace.subscribed({"type": "agent_session_stopped"}):
        return {}
    word = "missing_agent_session_stopped_event_subscription"
    return {"warning": word, "response_metadata": {"warnings": [word]}}


@method("agents.sessions.rename", tier=3, scope="chat:write")
def sessions_rename(workspace: Workspace, a: Arguments) -> Json:
    """Give a session another title."""
    title = a.need("title")
    _check_title(title)
    key = _place(workspace, a)
    if key not in workspace.sessions:
        raise Refusal("session_not_found")
    session = workspace.sessions[key]
    session.title = title
    workspace.session_changed(session)
    return {"title": title}


@method("assistant.threads.setStatus", scope="assistant:write")
def threads_set_status(workspace: Workspace, a: Arguments) -> Json:
    """Set the status to a free text; an empty one clears it."""
    channel, thread_ts = _place(workspace, a)
    if "status" not in a.values:
        raise Refusal("invalid_arguments", "missing required field: status")
    if errors := list(_LOADING(a.values.get("loading_messages") or [], "/loading_messages")):
        raise Refusal("invalid_arguments", *errors)
    set_text(workspace, workspace.session(channel, thread_ts), a.text("status"))
    return {}


@method("assistant.threads.setTitle", tier=3, scope="assistant:write")
def threads_set_title(workspace: Workspace, a: Arguments) -> Json:
    """Give a thread a title."""
    session = workspace.session(*_place(workspace, a))
    session.title = a.need("title")
    workspace.session_changed(session)
    return {}


@method("assistant.threads.setSuggestedPrompts", tier=3, scope="assistant:write")
def set_suggested_prompts(workspace: Workspace, a: Arguments) -> Json:
    """Suggest prompts, at most four."""
    channel = workspace.channel(a.need("channel_id"))
    prompts = a.need_items("prompts")
    if len(prompts) > _PROMPTS:
        raise Refusal("too_many_prompts", "no more than 4 items allowed [json-pointer:/prompts]")
    if not all(prompt.get("title") and prompt.get("message") for prompt in prompts):
        raise Refusal("invalid_arguments", "a prompt needs a title and a message")
    workspace.prompts[channel.id] = {"title": a.text("title"), "prompts": prompts}
    workspace.tell("prompts", channel=channel.id)
    return {}


def _place(workspace: Workspace, a: Arguments) -> tuple[str, str]:
    channel = workspace.channel(a.need("channel_id"), member=True)
    thread_ts = a.need("thread_ts")
    if thread_ts not in channel.messages:
        raise Refusal("thread_not_found")
    return channel.id, thread_ts


def _check_title(title: str) -> None:
    if len(title) > _TITLE:
        raise Refusal("invalid_arguments", "must be less than 201 characters [json-pointer:/title]")
