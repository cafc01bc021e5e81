"""views.*: modals and App Homes."""

from playground.slack.arguments import Arguments
from playground.slack.methods.method import method
from playground.slack.modals import (
    fill_view,
    new_view,
    put_on_stack,
    show,
    spend_trigger,
    top,
)
from playground.slack.records import View
from playground.slack.refusal import Json, Refusal
from playground.slack.workspace import Workspace


@method("views.open", tier=4)
def open_view(workspace: Workspace, a: Arguments) -> Json:
    """Open a modal."""
    return _opened(workspace, a, first=True)


@method("views.push", tier=4)
def push(workspace: Workspace, a: Arguments) -> Json:
    """Put a modal on top of an open one."""
    return _opened(workspace, a, first=False)


def _opened(workspace: Workspace, a: Arguments, *, first: bool) -> Json:
    given = a.need_object("view")
    pointer = a.text("interactivity_pointer") or a.need("trigger_id")
    user = spend_trigger(workspace, pointer)
    if not first and top(workspace, user) is None:
        raise Refusal("not_found")
    view = new_view(workspace, given, user, "modal")
    put_on_stack(workspace, view, first=first)
    return {"view": view.body}


@method("views.update", tier=4)
def update(workspace: Workspace, a: Arguments) -> Json:
    """Change a view, by view_id or external_id."""
    view = workspace.views.get(a.text("view_id"))
    if view is None and "external_id" in a:
        wanted = a.text("external_id")
        found = (v for v in workspace.views.values() if v.body["external_id"] == wanted)
        view = next(found, None)
    if view is None:
        raise Refusal("not_found")
    return _changed(workspace, view, a)


@method("views.publish", tier=4)
def publish(workspace: Workspace, a: Arguments) -> Json:
    """Publish a person's App Home, for the first time or anew."""
    user = workspace.user(a.need("user_id")).id
    if user in workspace.homes:
        return _changed(workspace, workspace.homes[user], a)
    view = new_view(workspace, a.need_object("view"), user, "home")
    workspace.homes[user] = view
    workspace.tell("home", user=user)
    return {"view": view.body}


def _changed(workspace: Workspace, view: View, a: Arguments) -> Json:
    """Fill a view anew; a stale hash is a conflict."""
    if "hash" in a and a.text("hash") != view.body["hash"]:
        raise Refusal("hash_conflict")
    fill_view(workspace, view, a.need_object("view"))
    if view.body["type"] == "home":
        workspace.tell("home", user=view.user)
    else:
        show(workspace, view.user)
    return {"view": view.body}
