"""Which function calls there were: those of the ledger, and those that never ran."""

from dataclasses import dataclass

from storage.engine import Connection


@dataclass(frozen=True, slots=True)
class Called:
    """One call as people look back at it.

    `state` is that of the ledger, or of the approval where the call never ran; `approval` and
    `decided_by` are empty where nobody was asked. `thread` is the conversation.
    """

    id: str
    thread: str
    name: str
    arguments: str
    user: str
    state: str
    started: int
    ended: int | None
    approval: str = ""
    decided_by: str = ""


def recent(connection: Connection, team: str, name: str, limit: int) -> list[Called]:
    """Return a team's calls of a function, or of all where the name is empty, newest first."""
    rows = connection.execute(
        """select call.id, call.thread, call.name, call.arguments, call.user_id, call.state,
            call.started as began, call.ended, coalesce(approval.state, ''),
            coalesce(approval.decided_by, '')
        from call left join approval on approval.call = call.id
        where call.thread like $1 and ($2 = '' or call.name = $2)
        union all
        select call, thread, name, arguments, user_id, state, created, decided, state, decided_by
        from approval
        where team = $3 and ($2 = '' or name = $2)
            and not exists (select 1 from call where call.id = approval.call)
        order by began desc limit $4""",
        f"{team}:%",
        name,
        team,
        limit,
    )
    return [Called(*row) for row in rows]
