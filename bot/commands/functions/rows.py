"""The rows of functions that admins added from Slack: written, and read back."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

from bot.desk.errors import Missing
from bot.desk.request import Request
from bot.desk.values import code, escape
from functions import DeclarationError, HttpFunction, McpFunction
from storage.records import Registration

Added = TypeVar("Added", HttpFunction, McpFunction)


async def save(request: Request, function: HttpFunction | McpFunction) -> None:
    """Write a function down; every process takes it up with its next turn."""
    row = Registration(
        team=request.invocation.team,
        name=function.name,
        kind=function.kind,
        body=function.dump(),
        user=request.asker.id,
    )
    await request.storage.registrations.save(row)


def loaded(kind: type[Added], row: Registration) -> Added:
    """Return the function that a row holds.

    Raises:
        Missing: this version cannot read it.
    """
    try:
        return kind.load(row.body)
    except DeclarationError as error:
        raise Missing(f"{code(row.name)} cannot be read any more: {escape(str(error))}") from error


def of_kind(kind: type[Added], rows: Iterable[Registration]) -> Iterator[Added]:
    """Go through the functions of one kind that there are."""
    for row in rows:
        if row.kind == kind.kind:
            with contextlib.suppress(DeclarationError):  # of a version that wrote it otherwise
                yield kind.load(row.body)
