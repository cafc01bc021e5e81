"""Who works on a thread, and how many events wait in it.

One owner at a time, told apart by a fence that grows with each.
"""

from storage.engine import Connection
from storage.errors import Lost
from storage.records import Ticket


def hold(connection: Connection, ticket: Ticket, now: int) -> None:
    """Make sure that this ticket still owns its thread until the transaction ends.

    It is an update, so that a database with many writers locks the row as well.
    """
    held = connection.execute(
        "update thread set touched = $4 where id = $1 and owner = $2 and fence = $3 returning id",
        ticket.thread,
        ticket.owner,
        ticket.fence,
        now,
    )
    if not held:
        raise _lost(ticket)


def _lost(ticket: Ticket) -> Lost:
    return Lost(f"Thread {ticket.thread} belongs to another owner now.")


def finish(connection: Connection, ticket: Ticket, ended: int, now: int) -> bool:
    """Count off events of this ticket's thread, if any, and leave the thread if no more wait.

    It is one statement, so no event slips between. Tells whether the thread was left.

    Raises:
        Lost: it belongs to another owner.
    """
    left = connection.execute(
        """update thread set pending = pending - $4, touched = $5,
            owner = case when pending > $4 then owner end
        where id = $1 and owner = $2 and fence = $3 returning pending""",
        ticket.thread,
        ticket.owner,
        ticket.fence,
        ended,
        now,
    )
    if not left:
        raise _lost(ticket)
    return bool(left[0][0] <= 0)


def begin(connection: Connection, thread: str, owner: str, now: int) -> Ticket | None:
    """Make a thread that has one thing to do, and take it; None if there is one already."""
    made = connection.execute(
        """insert into thread (id, pending, touched, owner, fence) values ($1, 1, $2, $3, 1)
        on conflict (id) do nothing returning fence""",
        thread,
        now,
        owner,
    )
    return Ticket(thread, owner, made[0][0]) if made else None


def add(connection: Connection, thread: str, owner: str, now: int) -> tuple[Ticket | None, bool]:
    """Note one more thing to do in a thread, and take it if it is free.

    Tells also whether nothing else waits in a thread that was taken.
    """
    taken = connection.execute(
        """update thread set pending = pending + 1, owner = $2, fence = fence + 1, touched = $3
        where id = $1 and owner is null returning fence, pending""",
        thread,
        owner,
        now,
    )
    if not taken:
        count_in(connection, thread, now)
        return None, False
    ((fence, pending),) = taken
    return Ticket(thread, owner, fence), pending == 1


def count_in(connection: Connection, thread: str, now: int) -> None:
    """Note one more thing to do in a thread, whoever works on it."""
    connection.execute(
        "update thread set pending = pending + 1, touched = $2 where id = $1", thread, now
    )


def count_off(connection: Connection, thread: str, ended: int = 1) -> None:
    """Note that events of a thread are out of the inbox, whoever works on it."""
    connection.execute("update thread set pending = pending - $2 where id = $1", thread, ended)


def take(connection: Connection, thread: str, owner: str, now: int) -> Ticket | None:
    """Take a thread that has something to do and no owner."""
    taken = connection.execute(
        """update thread set owner = $2, fence = fence + 1, touched = $3
        where id = $1 and owner is null and pending > 0 returning fence""",
        thread,
        owner,
        now,
    )
    return Ticket(thread, owner, taken[0][0]) if taken else None


def give_back(connection: Connection, ticket: Ticket | None) -> None:
    """Leave a thread as it is; if another owns it by now, there is nothing to leave."""
    if ticket is None:
        return
    connection.execute(
        "update thread set owner = null where id = $1 and owner = $2 and fence = $3",
        ticket.thread,
        ticket.owner,
        ticket.fence,
    )


def give_back_all(connection: Connection, owner: str) -> None:
    """Leave every thread of this owner."""
    connection.execute("update thread set owner = null where owner = $1", owner)


def bury(connection: Connection) -> None:
    """Free what is owned, for its owner is dead, and note which event each thread was on.

    Only an engine that is exclusive may do this, and only when it has just been opened.
    """
    freed = connection.execute(
        "update thread set owner = null where owner is not null returning id"
    )
    for (thread,) in freed:
        connection.execute(
            """update event set crashes = crashes + 1 where id = (select id from event
                where thread = $1 and state = 'new' order by ts, id limit 1)""",
            thread,
        )
    connection.execute("update watch set owner = null where owner is not null")
