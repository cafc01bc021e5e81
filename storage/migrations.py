"""Bringing the schema up to date: numbered steps, all that are missing in one transaction.

A step that was released is never changed, only followed; each has a file in `storage/schema/`.
sqlite-utils takes the steps and notes them. It is imported only when one is missing: that is a
twentieth of a start, and some MiB of the process.
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from storage.errors import SchemaError
from storage.schema import (
    approvals,
    attachments,
    commands,
    conversations,
    inquiries,
    registrations,
    rewritten,
    search,
    search_groups,
    search_later,
    shown,
    uploads,
    waiting,
    watches,
)

if TYPE_CHECKING:
    from storage.light import Database

SET = "callboard"  # what sqlite-utils calls all steps together


def steps() -> "dict[str, Callable[[Database], None]]":
    """Return all steps in order, by name."""
    statements = {
        "0001_conversations": conversations.STATEMENTS,
        "0002_search": search.STATEMENTS,
        "0003_commands": commands.STATEMENTS,
        "0004_registrations": registrations.STATEMENTS,
        "0005_watches": watches.STATEMENTS,
        "0006_approvals": approvals.STATEMENTS,
        "0007_inquiries": inquiries.STATEMENTS,
        "0008_attachments": attachments.STATEMENTS,
        "0009_search_groups": search_groups.STATEMENTS,
        "0010_uploads": uploads.STATEMENTS,
        "0011_rewritten": rewritten.STATEMENTS,
        "0012_waiting": waiting.STATEMENTS,
        "0013_shown": shown.STATEMENTS,
        "0014_search_later": search_later.STATEMENTS,
    }
    return {name: partial(_run, statements=one) for name, one in statements.items()}


def _run(database: "Database", statements: Iterable[str]) -> None:
    for statement in statements:
        database.execute(statement)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date in one transaction, or refuse a schema from the future."""
    taken = _taken(connection)
    if unknown := taken - steps().keys():
        raise SchemaError(
            f"The database was written by a newer Callboard (step {max(unknown)} is unknown to"
            " this version). Start that version again, or restore a backup from before it."
        )
    if steps().keys() - taken:
        _take(connection)


def _taken(connection: sqlite3.Connection) -> set[str]:
    """Return the steps that sqlite-utils has noted."""
    table = "select 1 from sqlite_master where name = '_sqlite_migrations'"
    if connection.execute(table).fetchone() is None:
        return set()
    noted = "select name from _sqlite_migrations where migration_set = ?"
    return {name for (name,) in connection.execute(noted, (SET,))}


def _take(connection: sqlite3.Connection) -> None:
    from storage.light import Database, Migrations

    database = Database(connection, execute_plugins=False)
    migrations = Migrations(SET)
    for name, step in steps().items():
        migrations(name=name)(step)
    connection.execute("begin immediate")
    try:
        migrations.apply(database)
        connection.execute("commit")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("rollback")
        if isinstance(error, sqlite3.OperationalError) and "already exists" in str(error):
            raise SchemaError(
                f"The database holds tables of another program ({error}). Let DATABASE_URL name a"
                " file of its own."
            ) from error
        raise
