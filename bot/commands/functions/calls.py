"""Looking back at the calls of functions: who, what, when, how it ended, and who approved."""

import json
from collections.abc import Mapping, Sequence

from bot.commands.functions.known import Known
from bot.desk.request import Request
from bot.desk.values import Cell, Table, moment
from functions import Entry, redacted
from storage.calls import Called

_TRIED = ":!"  # in the thread of a command
_OUTCOMES = {
    "started": "running, or interrupted",
    "pending": "waits for approval",
    "approved": "approved, not run",
    "denied": "denied",
    "expired": "not approved in time",
    "cancelled": "given up",
}


async def table(request: Request, known: Known, calls: Sequence[Called], title: str) -> Table:
    """Return calls as they are shown, their arguments without secrets and long texts."""
    people = [one.user for one in calls] + [one.decided_by for one in calls if one.decided_by]
    names = await request.names(people)
    rows = [_row(one, known.entries.get(one.name), names, request.asker.tz) for one in calls]
    return Table(
        title=title,
        columns=("When", "Function", "Who", "Arguments", "Outcome", "Took", "Approved by"),
        rows=rows,
        empty="Nothing was called so far.",
    )


def _row(one: Called, entry: Entry | None, names: Mapping[str, str], tz: str) -> tuple[Cell, ...]:
    approved = names.get(one.decided_by, "") if one.approval == "approved" else ""
    outcome = _OUTCOMES.get(one.state, one.state)
    if one.state == "denied" and one.decided_by:  # who decided may be forgotten
        outcome = f"denied by {names.get(one.decided_by, one.decided_by)}"
    return (
        moment(one.started / 1000, tz),
        f"{one.name} (tried)" if _TRIED in one.thread else one.name,
        names.get(one.user, one.user),
        _arguments(one.arguments, entry),
        outcome,
        _took(one),
        approved,
    )


def _arguments(text: str, entry: Entry | None) -> str:
    parameters = entry.tool["function"]["parameters"] if entry else {}
    try:
        given = json.loads(text or "{}")
    except ValueError:
        return "not readable"
    return redacted(given, parameters) if isinstance(given, dict) else "not readable"


def _took(one: Called) -> str:
    ran = one.state in ("done", "failed", "unknown") and one.ended is not None
    return f"{max((one.ended or 0) - one.started, 0):,} ms" if ran else ""
