"""A bot whose functions people must approve, and what they see of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.commands.conftest import texts
from tests.scenarios.conftest import ANN, HELP, Desk

PAY = {"amount": 12, "to": "Ben <!channel> *b*"}
FUNCTIONS = """\
from pathlib import Path

from pydantic import SecretStr

from functions import function

PAID = Path(__file__).parent.parent / "paid"


@function(approve="always", title="Pay out")
def pay(amount: int, to: str, currency: str = "EUR") -> str:
    \"\"\"Pay somebody.\"\"\"
    with PAID.open("a") as file:
        file.write(f"{amount} {currency} {to}\\n")
    return "paid"


@function(approve=lambda given: given["amount"] > 100)
def lend(amount: int, days: int = 3) -> str:
    \"\"\"Lend some money.\"\"\"
    return f"lent for {days} days"


@function(approve="always", approvers=["U0BEN"])
def fire(who: str) -> str:
    \"\"\"Set somebody free.\"\"\"
    return "gone"


@function(approve="always", approvers="admins")
def close(door: str) -> str:
    \"\"\"Close a door.\"\"\"
    return "closed"


@function(approve="always")
def sign_in(name: str, code: SecretStr, password: str, note: str = "") -> str:
    \"\"\"Sign in.\"\"\"
    return "in"
"""


class Bank(Desk):
    """A bot whose functions need approval."""

    paid: Path

    @property
    def payments(self) -> str:
        return self.paid.read_text() if self.paid.exists() else ""

    @property
    def idle(self) -> bool:
        """Tell whether no thread is being worked on."""
        return self.bot.metrics()["threads"] == 0

    def cards(self, ts: str, channel: str = HELP) -> list[dict[str, Any]]:
        """Return the messages of a thread that ask or asked for approval."""
        return [m for m in self.replies(ts, channel) if card_text(m)]

    async def card(self, ts: str, count: int = 1, channel: str = HELP) -> dict[str, Any]:
        """Wait until the turn is at rest behind its card."""
        await self.slack.wait(lambda _: len(self.cards(ts, channel)) >= count)
        await self.slack.wait(lambda _: self.status(ts, channel) == "suspended")
        return self.cards(ts, channel)[-1]

    def status(self, ts: str, channel: str = HELP) -> str:
        session = self.slack.session(channel, ts)
        return session.status if session else ""

    async def press(
        self, card: dict[str, Any], verb: str, user: str = ANN, channel: str = HELP
    ) -> None:
        await self.slack.click(user, f"approval.{verb}", channel=channel, message_ts=card["ts"])

    async def shows(self, ts: str, *words: str) -> str:
        """Wait until the newest card says something, and has no buttons."""
        await self.slack.wait(
            lambda _: all(word in card_text(self.cards(ts)[-1]) for word in words)
        )
        assert buttons(self.cards(ts)[-1]) == []
        return card_text(self.cards(ts)[-1])

    async def told(self, user: str) -> str:
        """Wait for what only this person sees."""
        await self.slack.wait(lambda s: s.ephemerals(user))
        return str(self.slack.ephemerals(user)[-1]["text"])

    async def asks(self, name: str = "pay", arguments: dict[str, Any] | None = None) -> str:
        """Have the model ask for a call; return the thread when the card is there."""
        self.model.enqueue(calls=[(name, PAY if arguments is None else arguments)])
        ts = await self.ask("please")
        await self.card(ts)
        return ts

    async def answer_after(self, ts: str, text: str) -> None:
        await self.slack.wait(lambda _: text in self.said(ts) and self.status(ts) == "active")

    def results(self, request: int = -1) -> list[str]:
        return [m["content"] for m in self.asked()[request] if m["role"] == "tool"]


def card_text(message: dict[str, Any]) -> str:
    """Return what stands on an approval card; nothing for other messages."""
    blocks = message.get("blocks") or []
    if not any(block["type"] == "rich_text" for block in blocks):
        return ""
    return "\n".join(texts(blocks))


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [element for row in rows for element in row["elements"]]


@pytest_asyncio.fixture
async def stage(slack, model, environment, tmp_path) -> AsyncIterator[Bank]:
    bank = Bank(slack, model, environment)
    bank.paid = tmp_path / "paid"
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "money.py").write_text(FUNCTIONS)
    yield bank
    await bank.leave()


@pytest_asyncio.fixture
async def bank(stage: Bank, tmp_path: Path) -> Bank:
    await stage.start(FUNCTIONS=str(tmp_path / "ours"))
    return stage
