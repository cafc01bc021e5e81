"""The door to following fine-tuning jobs: the watcher, with the board that shows them in Slack."""

from collections.abc import Mapping
from functools import partial

from bot.commands.finetunes.board import TuningBoard
from bot.finetuning.watcher import Watcher
from bot.openai.accounts import Accounts
from bot.slack.calls.send import Sender
from bot.slack.workspace.files import Files
from storage import Storage
from storage.engine import WallClock

__all__ = ["Watcher", "watcher"]


def watcher(
    sender: Sender,
    files: Files,
    storage: Storage,
    accounts: Accounts,
    prices: Mapping[str, float],
    clock: WallClock,
) -> Watcher:
    """Make the watcher; `prices` are dollars per million trained tokens, by base model."""
    board = TuningBoard(sender, files, accounts, prices)
    return Watcher(storage.watches, partial(accounts.client, "files"), board, clock)
