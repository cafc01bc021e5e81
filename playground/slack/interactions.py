"""Clicks, commands, shortcuts and submitted modals: their payloads and the bot's answers.

Each has a trigger id (three seconds, once) and a response_url (thirty minutes, five uses). What
the bot answers with its acknowledgement is carried out here: a command's message, a modal's
`response_action`.
"""

from typing import Any

from playground.slack import modals
from playground.slack.deliveries import Deliveries, Delivery
from playground.slack.messages import public
from playground.slack.records import Values, View
from playground.slack.refusal import Json, Refusal
from playground.slack.responses import new_response, respond
from playground.slack.text import named
from playground.slack.values import elements, empty, filled, is_stateful, stateful
from playground.slack.workspace import APP, TEAM, Workspace

_COMMANDS = "slash_commands"
_INTERACTIVE = "interactive"
_REQUIRED = "Please complete this required field."


class Interactions:
    """What a person does with the bot's own surfaces."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries) -> None:
        self.workspace = workspace
        self.deliveries = deliveries

    async def command(self, text: str, user: str, channel: str) -> Delivery:
        """Run a slash command as typed, such as `/ai help`; return what was delivered."""
        name, _, rest = text.strip().partition(" ")
        offered = self.workspace.manifest.commands
        if offered and name not in offered:
            raise Refusal("unknown_command")
        if offered.get(name, {}).get("should_escape"):
            rest = self.typed(rest)
        response = new_response(self.workspace, channel, user)
        payload = {
            "token": "unused-verification-token",
            "team_id": TEAM,
            "team_domain": "playground",
            "channel_id": channel,
            "channel_name": self._channel_name(channel),
            "user_id": user,
            "user_name": self.workspace.user(user).name,
            "command": name,
            "text": rest.strip(),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": response.url,
            "trigger_id": modals.issue_trigger(self.workspace, user),
        }
        delivery = await self._ask(_COMMANDS, payload, user, f"{name} did not answer in time.")
        if delivery.answer.get("text") or delivery.answer.get("blocks"):
            respond(self.workspace, response, delivery.answer)
        return delivery

    def typed(self, text: str) -> str:
        """Turn the names that somebody typed into Slack's tokens."""
        return named(text, self.workspace.users.values(), self.workspace.channels.values())

    def _channel_name(self, channel: str) -> str:
        place = self.workspace.channels[channel]
        return {"im": "directmessage", "mpim": "mpdm"}.get(place.kind, place.name)

    async def click(
        self,
        user: str,
        action_id: str,
        *,
        channel: str = "",
        message_ts: str = "",
        view_id: str = "",
        block_id: str = "",
        **given: Any,
    ) -> Delivery:
        """Press or choose something in a message, a modal or App Home.

        What was chosen is `value="..."` or Slack's own field (`selected_option={...}`).
        """
        payload = self._interaction("block_actions", user)
        if view_id:
            view = self._view(view_id)
            blocks, values = view.body["blocks"], view.values
            payload["container"] = {"type": "view", "view_id": view.id}
            payload["view"] = view.body
        else:
            hidden = self.workspace.ephemerals.get((user, message_ts))
            message = hidden or self.workspace.message(channel, message_ts)
            blocks = message_blocks(message)
            values = self.workspace.message_values.setdefault((channel, message_ts), {})
            payload |= self._in_message(user, channel, message, hidden=hidden is not None)
            payload["state"] = {"values": values}
        payload["actions"] = [self._action(blocks, values, action_id, block_id, given)]
        return await self._ask(_INTERACTIVE, payload, user, "The app did not answer the click.")

    def _in_message(self, user: str, channel: str, message: Json, *, hidden: bool) -> Json:
        """Tell where a click was made, and where it may be answered."""
        ts, thread_ts = message["ts"], message.get("thread_ts")
        response = new_response(self.workspace, channel, user, ts, thread_ts)
        place: Json = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": hidden,
        }
        return {
            "container": place | ({"thread_ts": thread_ts} if thread_ts else {}),
            "channel": {"id": channel, "name": self._channel_name(channel)},
            "response_url": response.url,
            **({} if hidden else {"message": public(message)}),
        }

    def _action(
        self, blocks: list[Json], values: Values, action_id: str, block_id: str, given: Json
    ) -> Json:
        """Tell what was pressed or chosen, and keep it where its element holds a value."""
        for block, element in elements(blocks):
            place = block.get("block_id", "")
            if element["action_id"] == action_id and block_id in ("", place):
                done = _pressed(element, given)
                if is_stateful(element):
                    values.setdefault(place, {})[action_id] = done
                at = {"action_id": action_id, "block_id": place, "action_ts": self.workspace.ts()}
                return done | at
        raise Refusal("element_not_found")

    async def submit(
        self, user: str, values: dict[str, dict[str, Any]] | None = None, view_id: str = ""
    ) -> Delivery:
        """Fill in a modal and submit it; required fields are checked first, as Slack does.

        It is the one on top unless another is named; values are plain texts or Slack's state.
        """
        view = self._view(view_id or self._top(user))
        values, missing = values or {}, {}
        for block_id, block, element in stateful(view.body["blocks"]):
            inputs = view.values[block_id]
            if element["action_id"] in values.get(block_id, {}):
                given = self._files(element, values[block_id][element["action_id"]])
                inputs[element["action_id"]] = filled(element, given)
            required = block["type"] == "input" and not block.get("optional")
            if required and empty(inputs[element["action_id"]]):
                missing[block_id] = _REQUIRED
        if missing:
            delivery = Delivery(_INTERACTIVE, {})
            self._errors(view, missing, delivery)
            return delivery
        payload = {
            **self._interaction("view_submission", user),
            "view": view.body,
            "response_urls": [],
        }
        delivery = await self._ask(_INTERACTIVE, payload, user, "We had some trouble connecting.")
        if delivery.acked:
            self._response_action(view, delivery)
        return delivery

    def _files(self, element: Json, given: Any) -> Any:
        if element["type"] != "file_input":
            return given
        chosen = given.get("files", []) if isinstance(given, dict) else given
        ids = [item["id"] if isinstance(item, dict) else item for item in chosen]
        return {"files": [self.workspace.files[identifier] for identifier in ids]}

    def _response_action(self, view: View, delivery: Delivery) -> None:
        """Do with the modal what the bot's acknowledgement says; nothing said closes it."""
        action = delivery.answer.get("response_action")
        if action == "errors":
            self._errors(view, delivery.answer.get("errors") or {}, delivery)
        elif action == "update":
            view.values.clear()
            modals.fill_view(self.workspace, view, delivery.answer["view"])
            modals.show(self.workspace, view.user)
        elif action == "push":
            pushed = modals.new_view(self.workspace, delivery.answer["view"], view.user, "modal")
            modals.put_on_stack(self.workspace, pushed, first=False)
        elif action == "clear":
            modals.clear(self.workspace, view.user)
        else:
            modals.close(self.workspace, view)

    def _errors(self, view: View, errors: Json, delivery: Delivery) -> None:
        delivery.answer = {"response_action": "errors", "errors": errors}
        self.workspace.tell("errors", user=view.user, view_id=view.id, errors=errors)

    async def close_view(self, user: str, view_id: str = "") -> None:
        """Close a modal by its cross, the one on top unless another is named."""
        view = self._view(view_id or self._top(user))
        modals.close(self.workspace, view)
        if view.body["notify_on_close"]:
            payload = {
                **self._interaction("view_closed", user),
                "view": view.body,
                "is_cleared": False,
            }
            await self._ask(_INTERACTIVE, payload, user, "")

    async def shortcut(
        self, user: str, callback_id: str, channel: str = "", message_ts: str = ""
    ) -> Delivery:
        """Run a global shortcut, or with a message a message shortcut."""
        if not message_ts:
            payload = {
                **self._interaction("shortcut", user),
                "callback_id": callback_id,
                "action_ts": self.workspace.ts(),
            }
            return await self._ask(_INTERACTIVE, payload, user, "The app did not answer.")
        message = self.workspace.message(channel, message_ts)
        # The first message of a thread stands in the channel, and so is the answer shown there.
        thread_ts = message.get("thread_ts") if message.get("thread_ts") != message_ts else None
        response = new_response(self.workspace, channel, user, message_ts, thread_ts)
        payload = {
            **self._interaction("message_action", user),
            "callback_id": callback_id,
            "action_ts": self.workspace.ts(),
            "message_ts": message_ts,
            "channel": {"id": channel, "name": self._channel_name(channel)},
            "message": public(message),
            "response_url": response.url,
        }
        return await self._ask(_INTERACTIVE, payload, user, "The app did not answer.")

    def _interaction(self, kind: str, user: str) -> Json:
        who = self.workspace.user(user)
        return {
            "type": kind,
            "token": "unused-verification-token",
            "user": {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team},
            "team": {"id": who.team, "domain": "playground" if who.team == TEAM else "elsewhere"},
            "enterprise": None,
            "is_enterprise_install": False,
            "api_app_id": APP,
            "trigger_id": modals.issue_trigger(self.workspace, user),
        }

    def _top(self, user: str) -> str:
        view = modals.top(self.workspace, user)
        return view.id if view else ""

    def _view(self, view_id: str) -> View:
        view = self.workspace.views.get(view_id)
        if view is None:
            raise Refusal("view_not_found")
        return view

    async def _ask(self, kind: str, payload: Json, user: str, complaint: str) -> Delivery:
        delivery = await self.deliveries.ask(kind, payload)
        if not delivery.acked and complaint:
            self.workspace.tell("notice", user=user, text=complaint)
        return delivery


def message_blocks(message: Json) -> list[Json]:
    """Return all blocks of a message, those inside a stream too."""
    found = list(message.get("blocks") or [])
    for part in message.get("parts") or []:
        found += [block for block in part.get("blocks", []) if block not in found]
    return found


def _pressed(element: Json, given: Json) -> Json:
    kind = element["type"]
    if kind in ("button", "icon_button"):
        kept: Json = {name: element[name] for name in ("text", "value", "style") if name in element}
        return {"type": kind, **kept}
    if kind == "feedback_buttons":
        return {"type": kind, "value": given.get("value")}
    # What was chosen comes as a bare value, or in Slack's own fields.
    return filled(element, given["value"] if set(given) == {"value"} else given)
