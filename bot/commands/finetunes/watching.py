"""The door to following fine-tuning jobs: the watcher, with the board that shows them in Slack."""

from collections.abc import Mapping
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from bot.commands.finetunes.board import TuningBoard
from bot.finetuning.watcher import Watcher
from bot.openai.accounts import Accounts
from bot.slack.calls.budget import Budget
from bot.slack.calls.clock import LoopClock
from bot.slack.calls.send import Sender
from bot.slack.workspace.files import Files
from storage import Storage
from storage.engine import WallClock

__all__ = ["Watcher", "watcher"]


def watcher(
    client: AsyncWebClient,
    budget: Budget,
    storage: Storage,
    accounts: Accounts,
    prices: Mapping[str, float],
    clock: WallClock,
) -> Watcher:
    """Make the watcher; `prices` are dollars per million trained tokens, by base model."""
    sender = Sender(client, budget, LoopClock())
    board = TuningBoard(sender, Files(client), accounts, prices)
    return Watcher(storage.watches, partial(accounts.client, "files"), board, clock)
