"""apps.*: what an app does by its own token."""

from playground.slack.arguments import Arguments
from playground.slack.methods.method import method
from playground.slack.refusal import Json
from playground.slack.workspace import Workspace


@method("apps.connections.open", tier=1, app=True)
def open_connection(workspace: Workspace, a: Arguments) -> Json:
    """Give the address of one websocket of Socket Mode."""
    return {"url": workspace.socket_url()}
