"""What a person does on the page, as the functions behind `POST /page/ACTION`."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from playground.slack import people
from playground.slack.interactions import Interactions
from playground.slack.refusal import Json, Refusal
from playground.slack.text import named
from playground.slack.workspace import Workspace

_NOT_STATE = {"user", "channel", "message_ts", "view_id", "block_id", "action_id"}

Action = Callable[[str, Json], Awaitable[Json]]


class Server(Protocol):
    """Another server that people may stop and start on the page."""

    @property
    def is_on(self) -> bool:
        """Tell whether it serves."""

    async def start(self) -> None:
        """Serve, at the same address as before."""

    async def close(self) -> None:
        """Cut what is being answered, and close the port."""


class Mortal(Protocol):
    """A bot that people may kill and start again on the page."""

    async def start(self) -> None:
        """Run it, unless it runs."""

    async def kill(self) -> None:
        """End it at once, as a crash would."""


class PageActions:
    """Carries out the page's requests; each takes the acting user and the request's body."""

    model: Server | None = None
    bot: Mortal | None = None

    def __init__(self, workspace: Workspace, interactions: Interactions) -> None:
        self.workspace = workspace
        self.interactions = interactions
        self._actions: dict[str, Action] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
            "react": self._react,
            "command": self._command,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "stop": self._stop,
            "shortcut": self._shortcut,
            "home": self._home,
            "open_im": self._open_im,
            "model": self._model,
            "bot": self._bot,
        }

    async def act(self, name: str, body: Json) -> Json:
        """Carry out one action."""
        action = self._actions.get(name)
        if action is None:
            raise Refusal("unknown_method")
        user = self.workspace.user(str(body["user"]))
        if user.is_bot:
            raise Refusal("user_not_found")
        return await action(user.id, body)

    def _typed(self, text: str) -> str:
        return named(text, self.workspace.users.values())

    async def _say(self, user: str, body: Json) -> Json:
        ts = people.say(
            self.workspace,
            body["channel"],
            user,
            self._typed(body.get("text") or ""),
            body.get("thread_ts"),
            body.get("files") or (),
        )
        return {"ts": ts}

    async def _edit(self, user: str, body: Json) -> Json:
        self._check_own(user, body, "cant_update_message")
        people.edit(self.workspace, body["channel"], body["ts"], self._typed(body["text"]))
        return {}

    async def _delete(self, user: str, body: Json) -> Json:
        self._check_own(user, body, "cant_delete_message")
        people.delete(self.workspace, body["channel"], body["ts"])
        return {}

    async def _dismiss(self, user: str, body: Json) -> Json:
        if hidden := self.workspace.ephemerals.get((user, body["ts"])):
            hidden["is_dismissed"] = True  # and it comes back if the bot replaces it
            self.workspace.tell(
                "ephemeral_deleted", user=user, channel=hidden["channel"], ts=body["ts"]
            )
        return {}

    def _check_own(self, user: str, body: Json, word: str) -> None:
        message = self.workspace.message(body["channel"], body["ts"])
        if message.get("user") != user and not self.workspace.users[user].is_admin:
            raise Refusal(word)

    async def _react(self, user: str, body: Json) -> Json:
        remove = bool(body.get("remove"))
        people.add_reaction(
            self.workspace, body["channel"], body["ts"], user, body["name"], remove=remove
        )
        return {}

    async def _command(self, user: str, body: Json) -> Json:
        delivery = await self.interactions.command(user, body["channel"], body["text"])
        return {"acknowledged": delivery.acked}

    async def _click(self, user: str, body: Json) -> Json:
        given = {name: value for name, value in body.items() if name not in _NOT_STATE}
        action_id, block_id = body["action_id"], body.get("block_id") or ""
        if body.get("view_id"):
            delivery = await self.interactions.click_view(
                user, body["view_id"], action_id, block_id, given
            )
        else:
            delivery = await self.interactions.click_message(
                user, body["channel"], body["message_ts"], action_id, block_id, given
            )
        return {"acknowledged": delivery.acked}

    async def _submit(self, user: str, body: Json) -> Json:
        delivery = await self.interactions.submit(user, body["view_id"], body.get("values") or {})
        return {"acknowledged": delivery.acked}

    async def _close(self, user: str, body: Json) -> Json:
        await self.interactions.close_view(user, body["view_id"])
        return {}

    async def _stop(self, user: str, body: Json) -> Json:
        people.stop(self.workspace, body["channel"], body["thread_ts"], user)
        return {}

    async def _shortcut(self, user: str, body: Json) -> Json:
        delivery = await self.interactions.shortcut(
            user, body["callback_id"], body.get("channel") or "", body.get("message_ts") or ""
        )
        return {"acknowledged": delivery.acked}

    async def _home(self, user: str, body: Json) -> Json:
        people.open_tab(self.workspace, user, "home")
        return {}

    async def _open_im(self, user: str, body: Json) -> Json:
        people.open_tab(self.workspace, user, "messages")
        return {"channel": self.workspace.im(user).id}

    async def _model(self, user: str, body: Json) -> Json:
        if self.model is None:
            raise Refusal("unknown_method")
        try:
            await (self.model.start() if body["on"] else self.model.close())
        except OSError as error:
            raise Refusal("model_not_started") from error
        finally:
            self.workspace.tell("model", on=self.model.is_on)
        return {}

    async def _bot(self, user: str, body: Json) -> Json:
        if self.bot is None:
            raise Refusal("unknown_method")
        await (self.bot.start() if body["on"] else self.bot.kill())
        return {}
