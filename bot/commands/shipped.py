"""The commands that come with the bot.

They are imported when the first one is asked for: with all that only they need they are a tenth of
what the bot takes to start, and 3 MiB that a bot without commands keeps free.
"""

from collections.abc import Iterable

from bot.desk.catalogue import ROOT, Catalogue
from bot.desk.command import Command

# Message shortcuts: the line that one runs, its name in Slack's menu, and what it does.
SHORTCUTS: tuple[tuple[str, str, str], ...] = (
    ("files upload", "Upload to the model", "Send this message's files to the model's server."),
    ("finetunes prepare", "Prepare training data", "Check this message's table for fine-tuning."),
    ("ai transcribe", "Write down the clip", "Write down what is said in this message's clip."),
    ("ai summarize", "Summarize the thread", "Summarize this message's thread, or its text file."),
    ("ai edit", "Change the text", "Correct or rewrite this message's text by your words."),
    ("ai moderate", "Check for harm", "Judge how harmful this message's text or picture is."),
    ("ai image edit", "Change the picture", "Change this message's picture by your words."),
)


def catalogue(prefix: str = ROOT) -> Catalogue:
    """Return all commands; `prefix` is the first word of their names."""
    return Catalogue(_commands, prefix)


def _commands() -> Iterable[Command]:
    from bot.commands import (
        ai,
        audio,
        embedding,
        files,
        finetunes,
        functions,
        graders,
        image,
        jsonl,
        models,
        moderation,
        permissions,
        words,
    )

    of_root = (
        ai.command,
        image.command,
        audio.command,
        words.command,
        embedding.command,
        moderation.command,
        jsonl.command,
    )
    of_tuning = (finetunes.command, permissions.command, graders.command)
    return (*of_root, files.command, models.command, *of_tuning, functions.command)
