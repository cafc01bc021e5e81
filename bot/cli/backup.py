"""`python -m bot backup`: write a copy of the database to a file, also while the bot runs."""

import asyncio
from pathlib import Path

import click

from bot import environment


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a copy of the database to FILE, a new one; the bot may go on meanwhile."""
    url = environment.database_url()
    asyncio.run(_copied(url, file))
    click.echo(f"{file} is a copy of {url}. To go back to it, let DATABASE_URL name it.")


async def _copied(url: str, file: Path) -> None:
    from storage import StorageError, look_into

    try:
        storage = await look_into(url)
        try:
            await storage.backup(file)
        finally:
            await storage.close()
    except StorageError as error:
        raise click.ClickException(str(error)) from None
