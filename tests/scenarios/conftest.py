"""The whole bot between a local Slack and a local model: a person's event in, Slack's calls out."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import Sleep, running
from bot.environment import load
from bot.running import Running
from bot.settings import Settings
from playground.openai import LocalOpenAI
from playground.slack import LocalSlack
from storage import milliseconds

HELP = "C0HELP"
ANN = "U0ANN"
BEN = "U0BEN"
MENTION = f"<@{LocalSlack.bot_user}>"


class Ahead:
    """The bot's clock, which a test may put forward."""

    def __init__(self) -> None:
        self.by = 0

    def __call__(self) -> int:
        return milliseconds() + self.by


class Desk:
    """A bot at work, and what people do with it."""

    def __init__(
        self, slack: LocalSlack, model: LocalOpenAI, environment: Callable[..., Settings]
    ) -> None:
        self.slack = slack
        self.model = model
        self.bot: Running
        self.clock = Ahead()
        self.sleep: Sleep = asyncio.sleep
        self._environment = environment
        self._stack = AsyncExitStack()

    async def start(self, **settings: str) -> None:
        """Start the bot with further settings."""
        environment = self._environment(**settings)
        self.bot = await self._stack.enter_async_context(
            running(environment, self.clock, self.sleep)
        )
        self.model.requests.clear()  # of the look at the model
        if self.bot.port:
            self.slack.deliver_to(f"http://127.0.0.1:{self.bot.port}/slack/events")

    async def leave(self) -> None:
        """Let the bot leave as after SIGTERM."""
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    async def ask(
        self, text: str, user: str = ANN, channel: str = HELP, thread_ts: str | None = None
    ) -> str:
        """Mention the bot, or reply in a thread; return the message's ts."""
        if thread_ts is None and channel == HELP:
            text = f"{MENTION} {text}"
        return await self.slack.say(channel, user, text, thread_ts)

    async def answered(
        self, thread_ts: str, count: int = 1, channel: str = HELP, timeout: float = 60
    ) -> list[str]:
        """Wait until the bot has finished `count` messages in a thread and is at rest."""
        await self.slack.wait(lambda _: self._at_rest(channel, thread_ts, count), timeout)
        return self.said(thread_ts, channel)

    async def answer(self, text: str, **where: Any) -> str:
        """Ask, wait, and return the answer."""
        ts = await self.ask(text, **where)
        channel = where.get("channel", HELP)
        return (await self.answered(where.get("thread_ts") or ts, channel=channel))[-1]

    def replies(self, thread_ts: str, channel: str = HELP) -> list[dict[str, Any]]:
        """Return the bot's messages in a thread."""
        thread = self.slack.messages(channel, thread_ts)
        return [message for message in thread if message.get("user") == self.slack.bot_user]

    def said(self, thread_ts: str, channel: str = HELP) -> list[str]:
        """Return the texts of the bot's messages in a thread."""
        return [shown(message) for message in self.replies(thread_ts, channel)]

    def asked(self) -> list[list[dict[str, Any]]]:
        """Return the messages of each request to the model."""
        return [request.json["messages"] for request in self.model.requests if request.json]

    def _at_rest(self, channel: str, thread_ts: str, count: int) -> bool:
        replies = self.replies(thread_ts, channel)
        session = self.slack.session(channel, thread_ts)
        busy = session is not None and session.status == "processing"
        return len(replies) >= count and not busy and not any(r.get("streaming") for r in replies)


def shown(message: dict[str, Any]) -> str:
    """Return a message's words as people see them."""
    if "parts" in message:
        return "".join(part["text"] for part in message["parts"] if part["type"] == "text")
    for block in message.get("blocks") or ():
        if block["type"] == "markdown":
            return str(block["text"])
    return str(message.get("markdown") or message["text"])


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as server:
        yield server


@pytest_asyncio.fixture
async def model() -> AsyncIterator[LocalOpenAI]:
    async with LocalOpenAI() as server:
        yield server


@pytest.fixture
def environment(
    slack: LocalSlack,
    model: LocalOpenAI,
    tmp_path: Path,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Settings]:
    shutil.copy(empty_database, tmp_path)

    def settings(**more: str) -> Settings:
        values = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": model.key,
            "CHAT_MODEL": "stand-in",
            "DATABASE_URL": f"sqlite:///{tmp_path}/callboard.db",
            "ADMINS": ANN,
        }
        for name, value in {**values, **more}.items():
            monkeypatch.setenv(name, value)
        return load(tmp_path / ".env")

    return settings


@pytest_asyncio.fixture
async def stage(
    slack: LocalSlack, model: LocalOpenAI, environment: Callable[..., Settings]
) -> AsyncIterator[Desk]:
    """Everything but the bot; the test starts it."""
    desk = Desk(slack, model, environment)
    yield desk
    await desk.leave()


@pytest.fixture
def brisk(stage: Desk) -> None:
    """Let the bot wait a twentieth of each pause: for a file in which it makes many."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 20)

    stage.sleep = sleep


@pytest.fixture
def mode() -> str:
    """The way in; a file that is about what Slack delivers tries both."""
    return "socket"


@pytest_asyncio.fixture
async def desk(stage: Desk, mode: str) -> Desk:
    """A running bot."""
    if mode == "http":
        await stage.start(
            SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=stage.slack.signing_secret, PORT="0"
        )
    else:
        await stage.start()
    return stage


@pytest.fixture
def gate() -> asyncio.Event:
    """Holds an answer until it is set."""
    return asyncio.Event()


def results(desk: Desk) -> list[str]:
    """Return the results of calls in the last request to the model."""
    return [m["content"] for m in desk.asked()[-1] if m["role"] == "tool"]


async def called(desk: Desk, name: str, text: str = "Done.", **where: Any) -> str:
    """Have the model call a function, and return the thread."""
    desk.model.enqueue(calls=[(name, {})])
    desk.model.enqueue(text)
    return await desk.ask("please", **where)


async def told(desk: Desk, user: str) -> str:
    """Wait until only this person is told something, and return it."""
    await desk.slack.wait(lambda s: s.ephemerals(user))
    return str(desk.slack.ephemerals(user)[-1]["text"])
