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
    given = _given(a)
    trigger = a.text("trigger_id") or a.text("interactivity_pointer")
    if not trigger:
        raise Refusal("invalid_arguments", "missing required field: trigger_id")
    user = spend_trigger(workspace, trigger)
    if not first and top(workspace, user) is None:
        raise Refusal("not_found")
    view = new_view(workspace, given, user, "modal")
    put_on_stack(workspace, view, first=first)
    return {"view": view.body}


@method("views.update", tier=4)
def update(workspace: Workspace, a: Arguments) -> Json:
    """Change a view, by view_id or external_id; a stale hash is a conflict."""
    view = _find(workspace, a)
    if "hash" in a and a.text("hash") != view.body["hash"]:
        raise Refusal("hash_conflict")
    fill_view(workspace, view, _given(a))
    if view.body["type"] == "home":
        workspace.tell("home", user=view.user)
    else:
        show(workspace, view.user)
    return {"view": view.body}


def _find(workspace: Workspace, a: Arguments) -> View:
    view = workspace.views.get(a.text("view_id"))
    if view is None and "external_id" in a:
        wanted = a.text("external_id")
        found = (v for v in workspace.views.values() if v.body["external_id"] == wanted)
        view = next(found, None)
    if view is None:
        raise Refusal("not_found")
    return view


@method("views.publish", tier=4)
def publish(workspace: Workspace, a: Arguments) -> Json:
    """Publish a person's App Home."""
    user = workspace.user(a.need("user_id"))
    given = _given(a)
    view = workspace.homes.get(user.id)
    if view is None:
        view = new_view(workspace, given, user.id, "home")
        workspace.homes[user.id] = view
    else:
        if "hash" in a and a.text("hash") != view.body["hash"]:
            raise Refusal("hash_conflict")
        fill_view(workspace, view, given)
    workspace.tell("home", user=user.id)
    return {"view": view.body}


def _given(a: Arguments) -> Json:
    view = a.object("view")
    if view is None:
        raise Refusal("invalid_arguments", "missing required field: view")
    return view
