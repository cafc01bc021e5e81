"""The whole bot with people who run commands: what they type and press in, what they see out."""

from collections.abc import Callable
from typing import Any

import pytest_asyncio

from bot.settings import Settings
from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from playground.slack.deliveries import Delivery
from tests.scenarios.conftest import ANN, HELP, MENTION, Desk, environment, model, slack

__all__ = ["environment", "model", "slack"]


class Counter(Desk):
    """A bot at work, and people at its commands."""

    async def run(self, text: str, user: str = ANN, channel: str = HELP) -> "Seen":
        """Type a slash command and wait for its answer."""
        before = len(self.slack.ephemerals(user))
        await self.slack.command(text, user, channel)
        await self.slack.wait(lambda _: len(self.slack.ephemerals(user)) > before)
        return Seen(self, user, self.slack.ephemerals(user)[-1])

    def last(self, user: str = ANN) -> "Seen":
        """Return the newest message that only this person sees."""
        return Seen(self, user, self.slack.ephemerals(user)[-1])

    async def write(
        self, text: str, thread_ts: str | None = None, user: str = ANN, **more: Any
    ) -> "Seen":
        """Write a message that is a command, and wait for its answer."""
        before = len(self.slack.ephemerals(user))
        said = text if thread_ts else f"{MENTION} {text}"
        await self.slack.say(more.pop("channel", HELP), user, said, thread_ts, **more)
        await self.slack.wait(lambda _: len(self.slack.ephemerals(user)) > before)
        return Seen(self, user, self.slack.ephemerals(user)[-1])


class Seen:
    """A message that only one person sees."""

    def __init__(self, counter: Counter, user: str, message: dict[str, Any]) -> None:
        self.counter = counter
        self.user = user
        self.message = message

    @property
    def text(self) -> str:
        """Return everything that is readable in it."""
        words = "\n".join(texts(self.message.get("blocks") or []))
        return words or str(self.message["text"])

    @property
    def buttons(self) -> list[str]:
        """Return the labels of its buttons."""
        return [button["text"]["text"] for button in self.buttons_shown()]

    def buttons_shown(self) -> list[dict[str, Any]]:
        blocks = [b for b in self.message.get("blocks") or [] if b["type"] == "actions"]
        elements = [element for block in blocks for element in block["elements"]]
        return [element for element in elements if element["type"] == "button"]

    async def press(self, label: str, user: str | None = None) -> Delivery:
        """Press a button."""
        button = next(b for b in self.buttons_shown() if b["text"]["text"] == label)
        return await self.counter.slack.click(
            user or self.user,
            button["action_id"],
            channel=self.message["channel"],
            message_ts=self.message["ts"],
        )

    async def pick(self, label: str) -> Delivery:
        """Choose from its menu."""
        blocks = [b for b in self.message["blocks"] if b["type"] == "actions"]
        menus = [e for b in blocks for e in b["elements"] if e["type"] == "static_select"]
        option = next(o for o in menus[0]["options"] if o["text"]["text"] == label)
        return await self.counter.slack.click(
            self.user,
            menus[0]["action_id"],
            channel=self.message["channel"],
            message_ts=self.message["ts"],
            selected_option=option,
        )

    async def becomes(self, *words: str) -> "Seen":
        """Wait until it says something."""
        await self.counter.slack.wait(lambda _: all(word in self.text for word in words))
        return self


def texts(node: Any) -> list[str]:
    """Return the texts inside blocks, in order."""
    if isinstance(node, dict):
        if node.get("type") == "button":
            return []
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        inside = [value for name, value in node.items() if name != "text" or not own]
        return own + [text for value in inside for text in texts(value)]
    return [text for item in node for text in texts(item)] if isinstance(node, list) else []


@pytest_asyncio.fixture
async def stage(slack: LocalSlack, model: LocalOpenAI, environment: Callable[..., Settings]):
    """Everything but the bot; the test starts it."""
    counter = Counter(slack, model, environment)
    yield counter
    await counter.leave()


@pytest_asyncio.fixture
async def counter(stage: Counter) -> Counter:
    """A running bot."""
    await stage.start()
    return stage


def direct(counter: Counter) -> str:
    """Return the channel of Ann's direct messages with the bot."""
    return next(
        c.id
        for c in counter.slack.workspace.channels.values()
        if c.kind == "im" and ANN in c.members
    )
