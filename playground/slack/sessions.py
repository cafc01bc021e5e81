"""Agent sessions: the status line, title and Stop button of a thread.

Two methods write one slot, the last one wins: `agents.sessions.setStatus` (a lifecycle word) and
the legacy `assistant.threads.setStatus` (free text, gone after two minutes or with a reply).
"""

from typing import cast, get_args

from playground.slack.records import Session, Status
from playground.slack.refusal import Refusal
from playground.slack.workspace import Workspace

_LEGACY_SECONDS = 120
_SECONDS = 3600


def lifecycle(name: str, word: str) -> Status:
    """Return a word for a session's status, given as the argument `name`, or refuse."""
    words = get_args(Status)
    if word not in words:
        raise Refusal("invalid_arguments", f"{name} must be one of {', '.join(words)}")
    return cast(Status, word)


def set_status(workspace: Workspace, session: Session, status: Status) -> None:
    """Set a session's lifecycle status; free text of the legacy status goes away."""
    session.status, session.text, session.legacy = status, None, False
    session.since = workspace.clock()
    workspace.session_changed(session)


def set_text(workspace: Workspace, session: Session, text: str) -> None:
    """Set or clear the legacy status text."""
    session.status = "processing" if text else "active"
    session.text, session.legacy = text or None, True
    session.since = workspace.clock()
    workspace.session_changed(session)


def replied(workspace: Workspace, channel: str, thread_ts: str) -> None:
    """Clear the legacy status, for the bot has posted into the thread."""
    session = workspace.sessions.get((channel, thread_ts))
    if session is not None and session.legacy and session.text:
        set_text(workspace, session, "")


def current(workspace: Workspace, session: Session) -> Session:
    """Return the session after letting an old status time out, as Slack does by itself."""
    age = workspace.clock() - session.since
    if session.legacy and session.text and age >= _LEGACY_SECONDS:
        set_text(workspace, session, "")
    elif session.status == "processing" and age >= _SECONDS:
        set_status(workspace, session, "active")
    return session


def stoppable(workspace: Workspace, session: Session) -> bool:
    """Tell whether people see a Stop button: the agent works and listens to the event."""
    return session.status == "processing" and workspace.subscribed(
        {"type": "agent_session_stopped"}
    )
