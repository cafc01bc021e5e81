"""`python -m bot forget`: remove for good what a person, a thread or a whole team has left."""

import asyncio
import contextlib
import re

import click

from bot import environment

_TEAM = re.compile(r"[TE][A-Z0-9]{2,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_THREAD = re.compile(r"[CDG][A-Z0-9]{2,}:\d+\.\d+")


@click.command()
@click.argument("team")
@click.option("--person", metavar="U...", help="Only what this person wrote and was answered.")
@click.option("--thread", metavar="C...:TS", help="Only this thread: channel and its first ts.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def forget(team: str, person: str | None, thread: str | None, *, yes: bool) -> None:
    """Remove from the database, for good, everything of the workspace TEAM (T...).

    With --person or --thread only that. Slack keeps its own messages. Stop the bot first.
    """
    _check("TEAM", team, _TEAM, "T012ABCDE")
    if person and thread:
        raise click.UsageError("Give --person or --thread, not both.")
    if person:
        _check("--person", person, _PERSON, "U012ABCDE")
    if thread:
        _check("--thread", thread, _THREAD, "C012ABCDE:1700000000.000100")
    what = f"what {person} wrote" if person else f"the thread {thread}" if thread else "everything"
    url = environment.database_url()
    if not yes:
        click.confirm(f"Remove {what} of the workspace {team} from {url}, for good?", abort=True)
    asyncio.run(_forgotten(url, team, person, thread))
    click.echo(f"{what[0].upper()}{what[1:]} of the workspace {team} is removed.")


def _check(name: str, value: str, pattern: re.Pattern[str], example: str) -> None:
    if not pattern.fullmatch(value):
        raise click.UsageError(f"{name} must be an id of Slack such as {example}.")


async def _forgotten(url: str, team: str, person: str | None, thread: str | None) -> None:
    from storage import StorageError, look_into, open_storage

    try:
        async with contextlib.AsyncExitStack() as stack:
            await (await look_into(url)).close()  # one that is not there would be made
            storage = await open_storage(url, owner="forget")
            stack.push_async_callback(storage.close)
            if person:
                await storage.retention.forget_person(team, person)
            elif thread:
                await storage.retention.forget_thread(f"{team}:{thread}")
            else:
                await storage.retention.forget_team(team)
    except StorageError as error:
        raise click.ClickException(str(error)) from None
