"""Events that wait for a person's decision: taken out of the inbox, and put back when it is there.

A parked event is `waiting`: it counts no more among what is pending, so its thread is free for
whatever else is said in it. `wake` makes it `new` again and counts it, in the same transaction as
the decision, so no decision is stored without its turn going on.
"""

import json
from typing import Any

from storage import ownership
from storage.engine import Connection


def park(connection: Connection, event_id: str, asked: int, body: dict[str, Any]) -> None:
    """Park an event that waits for `asked` decisions, unless one of them is there by now.

    Its body is kept either way; an event that a person has stopped meanwhile is not parked.
    """
    connection.execute(
        "update event set body = $2 where id = $1 and state = 'new'",
        event_id,
        json.dumps(body, ensure_ascii=False),
    )
    parked = connection.execute(
        """update event set state = 'waiting' where id = $1 and state = 'new' and stopped = 0
            and (select count(*) from approval where event = $1 and state = 'pending') = $2
        returning thread""",
        event_id,
        asked,
    )
    for (thread,) in parked:
        ownership.count_off(connection, thread)


def wake(connection: Connection, event_id: str, now: int) -> str | None:
    """Put a parked event back into the inbox; return its thread, or None if it was not parked."""
    woken = connection.execute(
        "update event set state = 'new' where id = $1 and state = 'waiting' returning thread",
        event_id,
    )
    for (thread,) in woken:
        ownership.count_in(connection, thread, now)
    return str(woken[0][0]) if woken else None
