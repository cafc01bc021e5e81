"""The rows of functions that admins added from Slack: written, and read back."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

from bot.desk.request import Request
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


def of_kind(kind: type[Added], rows: Iterable[Registration]) -> Iterator[Added]:
    """Go through the functions of one kind that there are."""
    for row in rows:
        if row.kind == kind.kind:
            with contextlib.suppress(DeclarationError):  # of a version that wrote it otherwise
                yield kind.load(row.body)
