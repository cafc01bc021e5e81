"""What a person does on the page, as the functions behind `POST /page/ACTION`."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from playground.slack.people import People
from playground.slack.refusal import Json, Refusal

Action = Callable[[str, Json], Awaitable[object]]


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

    def __init__(self, people: People) -> None:
        self.workspace = people.workspace
        self.people = people
        self._actions: dict[str, Action] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
            "react": lambda user, body: people.react(
                body["channel"], body["ts"], user, body["name"], remove=bool(body.get("remove"))
            ),
            "command": lambda user, body: people.command(body["text"], user, body["channel"]),
            "click": lambda user, body: people.click(**body),
            "submit": lambda user, body: people.submit(user, body.get("values"), body["view_id"]),
            "close": lambda user, body: people.close_view(user, body["view_id"]),
            "stop": lambda user, body: people.stop(body["channel"], body["thread_ts"], user),
            "shortcut": lambda user, body: people.shortcut(**body),
            "home": lambda user, body: people.open_tab(user, "home"),
            "open_im": lambda user, body: people.open_tab(user, "messages"),
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
        done = await action(user.id, body)
        return {"ts": done} if isinstance(done, str) else {}

    async def _say(self, user: str, body: Json) -> str:
        text, files = self.people.typed(body.get("text") or ""), body.get("files") or ()
        return await self.people.say(body["channel"], user, text, body.get("thread_ts"), files)

    async def _edit(self, user: str, body: Json) -> None:
        self._check_own(user, body, "cant_update_message")
        await self.people.edit(body["channel"], body["ts"], self.people.typed(body["text"]))

    async def _delete(self, user: str, body: Json) -> None:
        self._check_own(user, body, "cant_delete_message")
        await self.people.delete(body["channel"], body["ts"])

    def _check_own(self, user: str, body: Json, word: str) -> None:
        message = self.workspace.message(body["channel"], body["ts"])
        if message.get("user") != user and not self.workspace.users[user].is_admin:
            raise Refusal(word)

    async def _dismiss(self, user: str, body: Json) -> None:
        if hidden := self.workspace.ephemerals.get((user, body["ts"])):
            hidden["is_dismissed"] = True  # and it comes back if the bot replaces it
            self.workspace.tell(
                "ephemeral_deleted", user=user, channel=hidden["channel"], ts=body["ts"]
            )

    async def _model(self, user: str, body: Json) -> None:
        if self.model is None:
            raise Refusal("unknown_method")
        try:
            await (self.model.start() if body["on"] else self.model.close())
        except OSError as error:
            raise Refusal("model_not_started") from error
        finally:
            self.workspace.tell("model", on=self.model.is_on)

    async def _bot(self, user: str, body: Json) -> None:
        if self.bot is None:
            raise Refusal("unknown_method")
        await (self.bot.start() if body["on"] else self.bot.kill())
