"""`python -m playground`: a local Slack, a local model and the bot, until Ctrl-C."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from playground.answers import Answers, choose
from playground.child import BotProcess, ending, manifest
from playground.folder import database_folder
from playground.openai import LocalOpenAI
from playground.openai.pace import Pace
from playground.slack import LocalSlack, Tokens
from playground.welcome import banner, by_hand, notices

HOUSE = Path(__file__).parent.parent
HOST = "127.0.0.1"
PORT = 8010
PORTS_TRIED = 50
LAST_PORT = 65535
ADMIN = "U0ANN"
SPEECH = Pace(first=0.3, gap=0.025)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command(help=__doc__)
@click.option(
    "--port",
    type=click.IntRange(0, LAST_PORT),
    default=PORT,
    show_default=True,
    help="Port of the page; 0 takes any.",
)
@click.option("--no-bot", is_flag=True, help="Start the servers only, and say how to start a bot.")
@click.option("--http", is_flag=True, help="Deliver by signed HTTP instead of Socket Mode.")
def main(port: int, *, no_bot: bool, http: bool) -> None:
    """Start everything, wait for Ctrl-C, end everything."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        raise SystemExit(asyncio.run(run(port, with_bot=not no_bot, http=http)))
    except ChildProcessError as error:
        raise click.ClickException(str(error)) from error


async def run(port: int, *, with_bot: bool, http: bool) -> int:
    """Run the playground; give the exit code."""
    async with AsyncExitStack() as stack:
        stop = stack.enter_context(stop_signal())
        folder = stack.enter_context(database_folder())
        app = await manifest(HOUSE)
        local = LocalSlack(free_port(port), manifest=app, tokens=Tokens.made_anew())
        slack = await stack.enter_async_context(local)
        speech = LocalOpenAI(free_port(slack.port + 1), pace=SPEECH)
        model = await stack.enter_async_context(speech)
        if port and slack.port != port:
            click.echo(f"Port {port} is taken; {slack.port} is used.")
        answers = choose(os.environ, model.url)
        environment = settings(slack, answers, folder)
        if http:
            environment |= http_settings(slack)
        slack.notices.extend(notices(answers))
        if not answers.is_real:
            slack.let_stop(model)
        click.echo(banner(slack.url, answers, environment["DATABASE_URL"]))
        if not with_bot:
            click.echo(by_hand(environment))
            await stop.wait()
            return 0
        bot = await stack.enter_async_context(running(environment))
        slack.let_crash(bot)
        return await watch(bot, slack, stop)


async def watch(bot: BotProcess, slack: LocalSlack, stop: asyncio.Event) -> int:
    """Wait for Ctrl-C; say it when the bot ends by itself, and when the page starts it again."""
    while (code := await unless(stop, bot.ended())) is not None:
        how = ending(code)
        slack.bot_ended(f"{how}. {bot.last_words}".strip())
        click.echo(f"The bot {how}. The page can start it again; Ctrl-C ends everything.", err=True)
        if await unless(stop, bot.started()) is None:
            return 1
        slack.bot_started()
    click.echo("Stopping.")
    return 0


async def unless(stop: asyncio.Event, waiting: Coroutine[Any, Any, int]) -> int | None:
    """Wait for something, and give None when Ctrl-C comes first."""
    awaited = asyncio.create_task(waiting, name="wait for the bot")
    stopped = asyncio.create_task(stop.wait(), name="wait for Ctrl-C")
    try:
        await asyncio.wait((stopped, awaited), return_when=asyncio.FIRST_COMPLETED)
        return None if stopped.done() else awaited.result()
    finally:
        stopped.cancel()
        awaited.cancel()


def settings(slack: LocalSlack, answers: Answers, folder: Path) -> dict[str, str]:
    """Give the bot's settings; everything else is handed on from our own environment."""
    return {
        "SLACK_MODE": "socket",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        **answers.environment,
        "DATABASE_URL": f"sqlite:///{folder / 'playground.db'}",
        "ADMINS": os.environ.get("ADMINS") or ADMIN,
        "PORT": "0",  # any free one: that of .env may be taken by the bot of a real Slack
    }


def http_settings(slack: LocalSlack) -> dict[str, str]:
    """Give the settings of HTTP mode, and tell Slack where the bot will listen."""
    port = free_port(slack.port + 2)
    slack.deliver_to(f"http://{HOST}:{port}/slack/events")
    return {
        "SLACK_MODE": "http",
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "PORT": str(port),
        "LISTEN_HOST": HOST,
    }


def free_port(first: int) -> int:
    """Give the first free port from here on; 0 leaves the choice to the system."""
    for port in range(first, min(first + PORTS_TRIED, LAST_PORT + 1)) if first else ():
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    return 0


@asynccontextmanager
async def running(environment: dict[str, str]) -> AsyncIterator[BotProcess]:
    """Start the bot, and end it before the servers."""
    bot = BotProcess(environment, HOUSE)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.close()


@contextmanager
def stop_signal() -> Iterator[asyncio.Event]:
    """Turn Ctrl-C and its kin into an event."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


if __name__ == "__main__":
    main()
