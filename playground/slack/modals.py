"""Modals and App Homes: full views as Slack keeps them, their stack and what was filled in."""

import uuid

from playground.slack.blocks import view_block_errors, with_ids
from playground.slack.records import View
from playground.slack.refusal import Json, Refusal
from playground.slack.shapes import fields, kinds, plain, string
from playground.slack.values import initial, stateful
from playground.slack.workspace import APP, BOT_ID, TEAM, Workspace

_DEPTH = 3
_TRIGGER_SECONDS = 3.0
_HOME = {
    "blocks": view_block_errors,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = {**_HOME, "title": plain(24), "submit": plain(24), "close": plain(24)}
_SHAPES = {"home": fields(_HOME, "blocks"), "modal": fields(_MODAL, "title", "blocks")}


def issue_trigger(workspace: Workspace, user: str) -> str:
    """Return a trigger id that opens one view within three seconds."""
    trigger = f"{workspace.ts()}.{TEAM}.{uuid.uuid4().hex}"
    workspace.triggers[trigger] = (user, workspace.clock())
    return trigger


def spend_trigger(workspace: Workspace, trigger: str) -> str:
    """Exchange a trigger id for the person it came from."""
    if trigger not in workspace.triggers:
        raise Refusal("invalid_trigger_id")
    user, issued = workspace.triggers[trigger]
    if not user:
        raise Refusal("exchanged_trigger_id")
    if workspace.clock() - issued > _TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id")
    workspace.triggers[trigger] = ("", issued)
    return user


def new_view(workspace: Workspace, given: Json, user: str, kind: str) -> View:
    """Check what the bot sent and complete it to what Slack keeps."""
    identifier = workspace.identifier("V")
    view = View({"id": identifier}, user)
    view.body.update(
        team_id=TEAM,
        app_id=APP,
        app_installed_team_id=TEAM,
        bot_id=BOT_ID,
        type=kind,
        root_view_id=identifier,
        previous_view_id=None,
    )
    fill_view(workspace, view, given)
    external = view.body["external_id"]
    if external and any(v.body["external_id"] == external for v in workspace.views.values()):
        raise Refusal("duplicate_external_id")
    workspace.views[identifier] = view
    return view


def fill_view(workspace: Workspace, view: View, given: Json) -> None:
    """Put the bot's content into a view; values of inputs that stay are kept."""
    _check(given, view.body["type"])
    view.body.update(
        blocks=with_ids(workspace, given["blocks"]),
        title=given.get("title"),
        submit=given.get("submit"),
        close=given.get("close"),
        private_metadata=given.get("private_metadata") or "",
        callback_id=given.get("callback_id") or "",
        external_id=given.get("external_id") or "",
        clear_on_close=bool(given.get("clear_on_close")),
        notify_on_close=bool(given.get("notify_on_close")),
        submit_disabled=bool(given.get("submit_disabled")),
        hash=f"{workspace.ts()}.{uuid.uuid4().hex[:8]}",
    )
    old, view.values = view.values, {}
    for block_id, _, element in stateful(view.body["blocks"]):
        action_id = element["action_id"]
        kept = old.get(block_id, {}).get(action_id)
        same = kept is not None and kept["type"] == element["type"]
        view.values.setdefault(block_id, {})[action_id] = (
            kept if same and kept else initial(element)
        )
    view.body["state"] = {"values": view.values}


def _check(given: Json, kind: str) -> None:
    errors = list(kinds({kind: _SHAPES[kind]})(given, "/view"))
    inputs = not errors and any(block["type"] == "input" for block in given["blocks"])
    if inputs and kind == "modal" and not given.get("submit"):
        errors = ["missing required field: submit [json-pointer:/view]"]
    if errors:
        raise Refusal("invalid_arguments", *errors)


def put_on_stack(workspace: Workspace, view: View, *, first: bool) -> None:
    """Show a modal, as the first one or on top of those that are open."""
    stack = [] if first else workspace.stacks.get(view.user, [])
    if len(stack) >= _DEPTH:
        workspace.views.pop(view.id, None)
        raise Refusal("push_limit_reached")
    if first:
        clear(workspace, view.user, tell=False)
    elif stack:
        view.body.update(root_view_id=stack[0].id, previous_view_id=stack[-1].id)
    workspace.stacks.setdefault(view.user, []).append(view)
    show(workspace, view.user)


def close(workspace: Workspace, view: View) -> None:
    """Take the top modal away."""
    stack = workspace.stacks.get(view.user, [])
    if view in stack:
        stack.remove(view)
    workspace.views.pop(view.id, None)
    show(workspace, view.user)


def clear(workspace: Workspace, user: str, *, tell: bool = True) -> None:
    """Take all modals of a person away."""
    for view in workspace.stacks.pop(user, []):
        workspace.views.pop(view.id, None)
    if tell:
        show(workspace, user)


def show(workspace: Workspace, user: str) -> None:
    """Tell which modal a person sees now."""
    workspace.tell("view", user=user)


def top(workspace: Workspace, user: str) -> View | None:
    """Return the modal that a person sees."""
    stack = workspace.stacks.get(user)
    return stack[-1] if stack else None
