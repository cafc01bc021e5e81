"""Files that a function call has produced, kept until people have them.

They are written in one commit with the end of the call, so that no crash comes between the two, and
removed when they are in the thread. What Slack calls them is noted with the call before Slack is
asked to show them, so that after a crash they can be looked for.
"""

import json
from collections.abc import Iterable, Sequence

from storage.engine import Connection
from storage.records import Attachment


def keep(connection: Connection, call_id: str, files: Iterable[Attachment]) -> None:
    """Keep the files of a call."""
    for n, file in enumerate(files):
        connection.execute(
            """insert into attachment (call, n, event, name, mimetype, data)
            select id, $2, event, $3, $4, $5 from call where id = $1""",
            call_id,
            n,
            file.name,
            file.mimetype,
            file.data,
        )


def kept(connection: Connection, call_id: str) -> tuple[Attachment, ...]:
    """Return the files of a call that people may not have yet."""
    rows = connection.execute(
        "select name, mimetype, data from attachment where call = $1 order by n", call_id
    )
    return tuple(Attachment(*row) for row in rows)


def uploads(connection: Connection, call_id: str) -> list[str]:
    """Return what Slack calls the files of a call that were uploaded; they may be shown or not."""
    rows = connection.execute("select uploads from call where id = $1", call_id)
    found: list[str] = json.loads(rows[0][0]) if rows else []
    return found


def note_uploads(connection: Connection, call_id: str, found: Sequence[str]) -> None:
    """Note what Slack calls the files of a call; not beside their bytes, which it would rewrite."""
    connection.execute("update call set uploads = $2 where id = $1", call_id, json.dumps(found))


def drop(connection: Connection, call_id: str) -> None:
    """Remove the files of a call."""
    connection.execute("delete from attachment where call = $1", call_id)
    note_uploads(connection, call_id, [])


def drop_of_event(connection: Connection, event_id: str) -> None:
    """Remove the files of an event whose turn is over, posted or not."""
    connection.execute("delete from attachment where event = $1", event_id)
