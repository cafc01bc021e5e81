"""The commands that come with the bot.

They are imported when the first one is asked for: with all that only they need they are a tenth of
what the bot takes to start, and 3 MiB that a bot without commands keeps free.
"""

from collections.abc import Iterable

from bot.desk.catalogue import Catalogue
from bot.desk.command import Command
from bot.desk.request import ROOT

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
    from bot.commands import ai, embeddings, moderation, texts
    from bot.commands.audio import command as audio
    from bot.commands.files import command as files
    from bot.commands.finetunes import command as finetunes
    from bot.commands.finetunes import creating, graders, jsonl, permissions, preparing
    from bot.commands.functions import adding, importing, mcp, rules, trying
    from bot.commands.functions import command as functions
    from bot.commands.images import command as images
    from bot.commands.models import command as models

    of_root = (ai, images, audio, texts, embeddings, moderation, jsonl)
    of_finetunes = (preparing, creating, finetunes, permissions, graders)
    of_functions = (functions, trying, adding, importing, mcp, rules)
    every = (*of_root, files, models, *of_finetunes, *of_functions)
    return tuple(one.command for one in every)
