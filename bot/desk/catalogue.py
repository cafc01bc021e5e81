"""All commands, and which of them a line means.

`/ai-files list` and `/ai files list`, as a message `!files list` or `!ai-files list`: the same. The
sub-commands of `/ai` itself need no name in a message: `!status`. A sub-command's name may have two
words (`image edit`) and goes before one of one word (`image`).
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import cached_property

from bot.desk.command import Command, Sub
from bot.desk.errors import UsageError
from bot.desk.reading import near
from bot.desk.request import ROOT
from bot.desk.values import code
from bot.desk.words import first

_EVERYBODYS = frozenset({"help", "status", "test", "audit"})


class Catalogue:
    """The commands of a bot; `load` is called when one is asked for first."""

    def __init__(self, load: Callable[[], Iterable[Command]], prefix: str = ROOT) -> None:
        self._load = load
        self.prefix = prefix

    @cached_property
    def commands(self) -> dict[str, Command]:
        """Return the commands by name; those of one name are joined."""
        commands: dict[str, Command] = {}
        for one in self._load():
            known = commands.get(one.name)
            commands[one.name] = known.joined(one) if known else one
        return commands

    async def ready(self) -> None:
        """Load the commands beside the event loop, which their imports would hold up."""
        if "commands" not in self.__dict__:
            await asyncio.to_thread(lambda: self.commands)

    @property
    def root(self) -> Command:
        """Return the command that has no name but the prefix."""
        return self.commands[ROOT]

    def find(self, line: str) -> tuple[Sub, str]:
        """Return the sub-command with which a line begins, and the rest of the line.

        A line without one wants help. A slash command's name stands at its beginning; in a message
        the root's need not.

        Raises:
            UsageError: no command or sub-command is called so.
        """
        rest, command = line.strip(), None
        while command in (None, self.root):  # whose name may stand before another
            word, behind = first(rest)
            named = self._named(word)
            if named is None:
                break
            command, rest = named, behind
        if command is None and self.root.find(rest) is None:
            raise self._unknown(word)
        return self._sub(command or self.root, rest)

    def names(self, text: str) -> bool:
        """Tell whether a message begins with a command's name, and names a sub-command or nothing.

        The root's own sub-commands stand for themselves (`image a fox`), but for the words that
        people and other bots use as well.
        """
        if self._named(first(text)[0]) is None:
            found = self.root.find(text)
            return found is not None and found[0].name not in _EVERYBODYS
        try:
            return bool(self.find(text))
        except UsageError:
            return False

    def _named(self, word: str) -> Command | None:
        name = word.lower().lstrip("/")
        if name == self.prefix:
            return self.root
        return self.commands.get(name.removeprefix(f"{self.prefix}-"))

    def _sub(self, command: Command, rest: str) -> tuple[Sub, str]:
        word, behind = first(rest)
        if not word or (word.startswith("--") and word != "--help"):
            return self._help(command, "")
        if word.lower() == "--help" or (word.lower() == "help" and "help" not in command.subs):
            return self._help(command, behind)
        found = command.find(rest)
        if found is None:
            raise self._no_sub(command, word, behind)
        return found

    def _help(self, command: Command, behind: str) -> tuple[Sub, str]:
        name = "" if command is self.root else command.name
        return self.root.subs["help"], f"{name} {behind}".strip()

    def _unknown(self, word: str) -> UsageError:
        known = [*self.commands, *self.root.subs]
        meant = near(word.removeprefix(f"{self.prefix}-"), known)
        hint = f"; did you mean `{meant}`?" if meant else "."
        return UsageError(
            f"There is no command {code(word)}{hint} A message to me that starts with `!` is "
            "a command; put another character before it if it was meant for the model.",
            fix=(f"{ROOT} {meant}" if meant in self.root.subs else meant) if meant else "",
            usage=f"{ROOT} help",
        )

    def _no_sub(self, command: Command, word: str, behind: str) -> UsageError:
        known = command.choices
        usage = f"{command.name} {'|'.join(known)}"
        second = [name.partition(" ")[2] for name in command.subs if name.startswith(f"{word} ")]
        if second:
            two, rest = first(behind)
            meant = near(two, second)
            line = f"{command.name} {word} {meant or second[0]} {rest if meant else behind}"
            named = " or ".join(f"`{one}`" for one in second)
            text = f"Behind `{word}` comes {named}."
            return UsageError(text, fix=line.strip(), usage=usage)
        meant = near(word, [*known, *(self.commands if command is self.root else ())])
        hint = f"; did you mean `{meant}`?" if meant else "."
        line = f"{'' if meant in self.commands else command.name} {meant} {behind}".strip()
        text = f"There is no {code(word)} here{hint}"
        return UsageError(text, fix=line if meant else "", usage=usage)
