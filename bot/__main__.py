"""The command line: `python -m bot` (installed as `callboard`).

Commands import what they need when they run: most of the start is imports, and `run` must be able
to heed a signal before them.
"""

import asyncio
import gc
import json
import logging
import os
import re
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from bot import __version__
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.findings import Finding
    from bot.settings import Settings


_WITHOUT_DOCSTRINGS = (
    "Python leaves out docstrings (-OO, or PYTHONOPTIMIZE=2), which tell the model what functions "
    "do. Start it without."
)
_GONE = "The folder in which this was called is gone. Go to one that is there, and call it again."
_ELSEWHERE = ("backup", "dataset", "forget", "functions")  # each in its file in bot/cli/


class _Main(click.Group):
    """All commands; those of other files are imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, for the help."""
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name."""
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(f"bot.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure that has a sentence for a person ends with it."""
        if sys.flags.optimize > 1:
            raise click.ClickException(_WITHOUT_DOCSTRINGS)
        try:
            Path.cwd()
        except FileNotFoundError:
            raise click.ClickException(_GONE) from None
        try:
            return super().invoke(ctx)
        except BotError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callboard")
def main() -> None:
    """Run Callboard, a chat bot for Slack whose model may call your own Python functions."""


@main.command()
def run() -> None:
    """Run the bot until it is told to leave (SIGTERM or Ctrl-C)."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # while there is nothing to end yet
    gc.disable()  # what is imported stays; to search it for garbage is a tenth of the start
    from bot import environment

    loaded = environment.load()
    from bot.process import run as run_bot

    with asyncio.Runner() as runner:
        runner.run(run_bot(loaded))
        logging.shutdown()
        os._exit(0)  # a function that does not stop would be waited for, for ever


@main.command()
def doctor() -> None:
    """Check settings, tokens, scopes, model, database and functions; say what to do."""
    from bot import environment, logs

    loaded = environment.load()
    logs.setup("CRITICAL", loaded.log_format, loaded.secrets)
    bad = asyncio.run(_examine(loaded))
    if bad:
        raise click.ClickException(f"{bad} finding{'s' * (bad > 1)} to look at")
    click.echo("All is well.")


async def _examine(loaded: "Settings") -> int:
    from bot.doctor import examine

    bad = 0
    async for finding in examine(loaded):
        _show(finding)
        bad += not finding.ok
    return bad


def _show(finding: "Finding") -> None:
    mark = click.style("ok  ", fg="green") if finding.ok else click.style("FIX ", fg="red")
    click.echo(f"{mark} {finding.subject}: {finding.text}")


def _prefix(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Refuse what Slack would not take as the beginning of a command."""
    from bot.settings import PREFIX

    if not re.fullmatch(PREFIX, value):
        raise click.BadParameter("it takes up to 20 of a-z, 0-9 and _, and begins with a letter.")
    return value


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Refuse what Slack would not take as the beginning of a request URL."""
    if not re.fullmatch(r"https://[\w.-]+(:\d+)?(/[\w./-]*)?", value):
        raise click.BadParameter("it takes the https:// address of your server, without a query.")
    return value


def _prefix_set() -> str:
    from bot import environment

    return environment.command_prefix()


@main.command()
@click.option(
    "--mode",
    type=click.Choice(["socket", "http"]),
    default="socket",
    show_default=True,
    help="How Slack shall reach the bot.",
)
@click.option(
    "--address",
    default="https://YOUR-HOST",
    show_default=True,
    callback=_address,
    help="Where Slack reaches the bot in HTTP mode.",
)
@click.option(
    "--prefix",
    default=_prefix_set,
    callback=_prefix,
    help="First word of the slash commands; COMMAND_PREFIX where it is set.",
)
def manifest(mode: str, address: str, prefix: str) -> None:
    """Print the Slack app manifest, to paste when creating the app."""
    chosen: Literal["socket", "http"] = "http" if mode == "http" else "socket"
    from bot.manifest import manifest as make_manifest

    made = make_manifest(chosen, address=address, prefix=prefix)
    click.echo(json.dumps(made, indent=2))


@main.command()
def commands() -> None:
    """Print the reference of the slash commands, in Markdown."""
    from bot.commands.documented import page

    click.echo(page(), nl=False)


@main.command()
def migrate() -> None:
    """Bring the database up to date (`run` does so too)."""
    from bot import environment
    from storage import StorageError, open_storage

    async def open_and_close(url: str) -> str:
        storage = await open_storage(url, owner="migrate")
        await storage.close()
        return storage.engine.version

    url = environment.database_url()
    try:
        version = asyncio.run(open_and_close(url))
    except StorageError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{url} is up to date ({version}).")


if __name__ == "__main__":
    main()
