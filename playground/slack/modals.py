"""Modals and App Homes: full views as Slack keeps them, their stack and what was filled in."""

import uuid

from playground.slack.blocks import view_block_errors, with_ids
from playground.slack.elements import too_long
from playground.slack.records import View
from playground.slack.refusal import Json, Refusal
from playground.slack.values import initial, stateful
from playground.slack.workspace import APP, BOT_ID, TEAM, Workspace

_DEPTH = 3
_TRIGGER_SECONDS = 3.0
_TEXT_LIMITS = {"title": 24, "submit": 24, "close": 24}
_LIMITS = {"private_metadata": 3000, "callback_id": 255, "external_id": 255}


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
    external = given.get("external_id") or ""
    if external and any(v.body["external_id"] == external for v in workspace.views.values()):
        raise Refusal("duplicate_external_id")
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
    errors: list[str] = []
    if given.get("type") != kind:
        errors.append(f"must be {kind} [json-pointer:/view/type]")
    blocks = given.get("blocks")
    if not isinstance(blocks, list) or not blocks:
        errors.append("missing required field: blocks [json-pointer:/view]")
    else:
        errors += view_block_errors(blocks)
    if kind == "modal":
        errors += _modal_errors(given)
    for name, most in _LIMITS.items():
        if len(given.get(name) or "") > most:
            errors.append(f"must be less than {most + 1} characters [json-pointer:/view/{name}]")
    if errors:
        raise Refusal("invalid_arguments", *errors)


def _modal_errors(given: Json) -> list[str]:
    errors: list[str] = []
    if not given.get("title"):
        errors.append("missing required field: title [json-pointer:/view]")
    for name, most in _TEXT_LIMITS.items():
        errors += too_long(given.get(name), most, f"/view/{name}")
    inputs = any(block.get("type") == "input" for block in given.get("blocks") or [])
    if inputs and not given.get("submit"):
        errors.append("missing required field: submit [json-pointer:/view]")
    return errors


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
